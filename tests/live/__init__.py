"""Canada Post itself; deselected unless the environment holds credentials."""
