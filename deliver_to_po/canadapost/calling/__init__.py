"""One call: its connection, deadline, throttle and breaker, and what must not be logged of it."""
