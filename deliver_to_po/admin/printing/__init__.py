"""Printing labels: the queue, a job's page and file, and the papers beside the labels."""
