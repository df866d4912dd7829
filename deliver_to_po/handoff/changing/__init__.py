"""Every change of a delivery that has an order, cancelling included, and what it leads to."""
