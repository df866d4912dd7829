"""A small bilingual shop that uses Deliver to Post Office as any shop would."""
