"""Registers what the hand-off has to do with the outbox."""

from deliver_to_po.handoff import nightly, print_jobs, reminding, repair
from deliver_to_po.handoff.manifests import MANIFESTS
from deliver_to_po.handoff.queue import SHIPMENTS
from deliver_to_po.outbox.jobs import registry


def register() -> None:
    """Register the jobs of the hand-off, what makes good what the shop missed, and what is done now and then."""
    registry.add(SHIPMENTS, MANIFESTS, *repair.HOUSEKEEPING, *nightly.HOUSEKEEPING)
    registry.add(*reminding.HOUSEKEEPING, *print_jobs.HOUSEKEEPING)
