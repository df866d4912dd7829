"""For programs: where a shipping system calls back."""
