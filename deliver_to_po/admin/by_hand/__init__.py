"""Parcels that a clerk ships with other software: cards, exported files, numbers typed back."""
