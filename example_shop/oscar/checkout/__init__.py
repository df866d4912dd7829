"""A fork of Oscar's checkout, as ``manage.py oscar_fork_app`` makes it."""
