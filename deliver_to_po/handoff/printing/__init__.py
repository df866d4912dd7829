"""Print jobs: who takes which labels, their file, and which label must not be used."""
