"""What must not linger, and what a person may ask: erase, export, expire."""
