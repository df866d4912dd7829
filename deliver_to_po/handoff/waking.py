"""Waking the hand-off after a commit. A lost wake-up loses nothing: the sweep finds every due row."""

from collections.abc import Sequence

from deliver_to_po.core.background import send_after_commit, works_in_background
from deliver_to_po.outbox.tasks import do_due

# The name of the job, by which a worker finds it.
SHIPMENTS = "shipments"


def wakes_workers() -> bool:
    """Say whether a worker is woken; if not, ``manage.py d2po_handoff --loop`` does the work."""
    return works_in_background()


def wake_after_commit(shipment_pks: Sequence[int]) -> None:
    """Tell workers, once the transaction has committed, that shipments are due."""
    for pk in shipment_pks:
        send_after_commit(do_due, SHIPMENTS, pk)
