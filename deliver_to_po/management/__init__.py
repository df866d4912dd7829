"""Commands: the sweep, the doctor, filling the directory of post offices."""
