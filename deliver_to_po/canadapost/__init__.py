"""Canada Post as Python: typed requests and answers, one interface, no Django."""
