"""Deliver to Post Office: let buyers of a Django shop pick a parcel up at the Canada Post office they choose."""

__version__ = "0.1.0"
