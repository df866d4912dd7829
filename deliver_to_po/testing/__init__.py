"""For the tests of shops that use the app: a Canada Post of their own, and pytest fixtures that start it."""
