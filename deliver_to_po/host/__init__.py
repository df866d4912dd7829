"""The shop's adapter: every question to it, and what its answers must be."""
