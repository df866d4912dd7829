"""Registers what the hand-off has to do with the outbox."""

from deliver_to_po.handoff import nightly, reminding, repair
from deliver_to_po.handoff.manifests import MANIFESTS
from deliver_to_po.handoff.queue import SHIPMENTS
from deliver_to_po.outbox.jobs import registry


def register() -> None:
    """Register the jobs of the hand-off, what makes good what the shop missed, and the check at night."""
    registry.add(SHIPMENTS, MANIFESTS, *repair.HOUSEKEEPING, *nightly.HOUSEKEEPING, *reminding.HOUSEKEEPING)
