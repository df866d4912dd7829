"""The made-up country: places, offices, and the search for them."""
