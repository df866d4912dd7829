"""The packing table: scan a number, do the next thing with its parcel."""
