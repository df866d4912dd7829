"""The tables; see `models` for what they hold."""
