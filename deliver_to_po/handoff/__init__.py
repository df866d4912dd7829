"""Giving shipments to a shipping system: release, hold, sending, looking up, labels."""
