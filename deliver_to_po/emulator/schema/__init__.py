"""What requests must look like: one table for both APIs, which each of them reads in its own spelling."""
