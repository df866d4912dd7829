"""What a buyer types: places, streets, crossings, names of offices, and the buyer's own city."""
