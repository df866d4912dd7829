"""Parcels that another program labels: exported, reported back, entered by a clerk."""
