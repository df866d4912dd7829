"""One round of the sweep, for tests."""

from collections.abc import Callable

from deliver_to_po.outbox.sweep import Sweep


def hand_off_due(limit: int | None = None, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Do every step that is due, at most ``limit``; return how many there were."""
    return Sweep().round(limit=limit, stop=stop).steps.total()
