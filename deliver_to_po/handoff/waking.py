"""Waking the hand-off after a commit. A lost wake-up loses nothing: the sweep finds every due row."""

from collections.abc import Sequence

from deliver_to_po.core.background import send_after_commit
from deliver_to_po.outbox.tasks import do_due

# The name of the job, by which a worker finds it.
SHIPMENTS = "shipments"


def wake_after_commit(shipment_pks: Sequence[int]) -> None:
    """Tell workers, once the transaction has committed, that shipments are due."""
    for pk in shipment_pks:
        send_after_commit(do_due, SHIPMENTS, pk)
