"""Where a shipping system calls back: it reports tracking number, label or failure of a parcel that it has."""
