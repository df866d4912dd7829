"""A fork of Oscar's partner, as ``manage.py oscar_fork_app`` makes it."""
