"""The day's end: what waits is transmitted, group by group, and its manifest fetched."""
