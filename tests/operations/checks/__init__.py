"""``manage.py check``, one module for each module of checks."""
