"""What a person or a test may change: faults, offices, parcels; by page or by call."""
