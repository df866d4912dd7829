"""May this cart go to a post office, by which service, from which day and for how much."""
