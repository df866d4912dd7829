"""What works and what waits, for commands and the desk: doctor and health."""
