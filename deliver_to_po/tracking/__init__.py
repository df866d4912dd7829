"""Where a parcel is: asks for its events, keeps each once, and decides what they say."""
