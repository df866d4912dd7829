"""Waking the hand-off after a commit. A lost wake-up loses nothing: the sweep finds every due row."""

from collections.abc import Sequence

from deliver_to_po.background import send_after_commit, task, works_in_background


@task
def hand_off_shipment(shipment_pk: int) -> None:
    """Do what is due for one shipment."""
    from deliver_to_po.handoff.queue import hand_off

    hand_off(shipment_pk)


def wakes_workers() -> bool:
    """Say whether a worker is woken; where not, ``manage.py d2po_handoff --loop`` does the work."""
    return works_in_background()


def wake_after_commit(shipment_pks: Sequence[int]) -> None:
    """Tell workers, once the transaction has committed, that shipments are due."""
    for pk in shipment_pks:
        send_after_commit(hand_off_shipment, pk)
