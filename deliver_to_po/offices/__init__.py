"""Which post offices: what was typed, Canada Post's answers, cache, directory, hours, the check of one office."""
