"""The list of deliveries, and the page of one."""
