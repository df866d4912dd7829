"""The example shop under gunicorn, with views beside it that do the barest of the same."""
