"""From 0.1.0 on: what a shop has in its tables and its settings then, today's code still reads."""
