"""Registers what the hand-off has to do with the outbox."""

from deliver_to_po.handoff.manifests import MANIFESTS
from deliver_to_po.handoff.queue import SHIPMENTS
from deliver_to_po.handoff.repair import HOUSEKEEPING
from deliver_to_po.outbox.jobs import registry


def register() -> None:
    """Register the jobs that hand shipments off and transmit them, and what makes good what the shop missed."""
    registry.add(SHIPMENTS, MANIFESTS, *HOUSEKEEPING)
