"""The day's end: what waits to be transmitted, the manifests, the day in figures."""
