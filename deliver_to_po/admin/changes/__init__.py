"""Everything that a clerk can do to a delivery or to one shipment: a button and a page that asks first."""
