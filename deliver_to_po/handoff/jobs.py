"""Registers what the hand-off has to do with the outbox."""

from deliver_to_po.handoff import nightly, print_jobs, repair
from deliver_to_po.handoff.manifests import MANIFESTS
from deliver_to_po.handoff.queue import SHIPMENTS
from deliver_to_po.outbox.jobs import registry


def register() -> None:
    """Register the jobs of the hand-off, what makes good what the shop missed, the check at night, old print jobs."""
    registry.add(SHIPMENTS, MANIFESTS, *repair.HOUSEKEEPING, *nightly.HOUSEKEEPING, *print_jobs.HOUSEKEEPING)
