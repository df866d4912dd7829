"""How fast the hot paths are, each against the barest way to do the same: ``make bench``."""
