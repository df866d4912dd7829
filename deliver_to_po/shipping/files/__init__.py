"""Tables that other programs write and read: parcels for them, tracking numbers from them."""
