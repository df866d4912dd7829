"""What the desk's lists share: filters, bounds, warnings, rows that were selected, what cannot be edited."""
