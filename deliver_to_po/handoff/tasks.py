"""Waking the hand-off after a commit. A lost wake-up loses nothing: the sweep finds every due row."""

from collections.abc import Sequence
from functools import partial

from django.db import transaction

from deliver_to_po.background import send, task, works_in_background


@task
def hand_off_shipment(shipment_pk: int) -> None:
    """Do what is due for one shipment."""
    from deliver_to_po.handoff.outbox import hand_off

    hand_off(shipment_pk)


def wakes_workers() -> bool:
    """Say whether a worker is woken; where not, ``manage.py d2po_handoff --loop`` does the work."""
    return works_in_background()


def wake(shipment_pk: int) -> bool:
    """Tell a worker that a shipment is due; say whether one was told."""
    return send(hand_off_shipment, shipment_pk)


def wake_after_commit(shipment_pks: Sequence[int]) -> None:
    """Wake for each shipment once the transaction has committed; a broken task backend breaks no commit."""
    for pk in shipment_pks:
        transaction.on_commit(partial(wake, pk), robust=True)
