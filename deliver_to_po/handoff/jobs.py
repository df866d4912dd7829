"""Registers what the hand-off has to do with the outbox."""

from deliver_to_po.handoff.queue import SHIPMENTS
from deliver_to_po.handoff.repair import HOUSEKEEPING
from deliver_to_po.outbox.jobs import registry


def register() -> None:
    """Register the job that hands shipments off, and what makes good what the shop missed."""
    registry.add(SHIPMENTS, *HOUSEKEEPING)
