"""What people are told by e-mail: the buyer what to choose and where the parcel is, the clerks what waits."""
