"""For programs: the step as JSON, and where a shipping system calls back."""
