"""Registers what the hand-off has to do with the outbox."""

from deliver_to_po.handoff import nightly, repair
from deliver_to_po.handoff.queue import SHIPMENTS
from deliver_to_po.outbox.jobs import registry


def register() -> None:
    """Register the job that hands shipments off, what makes good what the shop missed, and the check at night."""
    registry.add(SHIPMENTS, *repair.HOUSEKEEPING, *nightly.HOUSEKEEPING)
