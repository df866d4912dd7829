"""How fast the hot paths are: ``make bench``."""
