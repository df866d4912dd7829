"""What whoever runs a shop is told before it starts: the system checks."""
