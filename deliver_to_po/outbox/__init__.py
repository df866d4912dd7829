"""The one machine for whatever is due: rooms above register their jobs and their housekeeping."""
