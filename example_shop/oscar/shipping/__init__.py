"""A fork of Oscar's shipping, as ``manage.py oscar_fork_app`` makes it."""
