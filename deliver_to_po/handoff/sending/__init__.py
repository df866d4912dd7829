"""One shipment's way: asked for, looked up, its label fetched."""
