"""Release and hold: an order may ship, so its parcels become shipments that are due."""
