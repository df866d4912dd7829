"""Who picks the parcel up: the form, what is asked back, and what is kept."""
