"""Breaks the code in small ways, one at a time, and says which of them no test notices."""
