"""The person who picks the parcel up: the form, its doubts, and what is kept."""
