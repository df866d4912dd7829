"""Registers what the hand-off has to do with the outbox."""

from deliver_to_po.handoff import last_gate
from deliver_to_po.handoff.by_hand import finding_numbers, unreported
from deliver_to_po.handoff.day_end import reconciling
from deliver_to_po.handoff.day_end.manifests import MANIFESTS
from deliver_to_po.handoff.printing import print_jobs
from deliver_to_po.handoff.releasing import missed_calls, nightly_check
from deliver_to_po.handoff.sending.next_step import SHIPMENTS
from deliver_to_po.outbox.jobs import registry


def register() -> None:
    """Register the jobs of the hand-off, what makes good what the shop missed, and what is done now and then."""
    registry.add(SHIPMENTS, MANIFESTS, *missed_calls.HOUSEKEEPING, *nightly_check.HOUSEKEEPING)
    registry.add(*unreported.HOUSEKEEPING, *print_jobs.HOUSEKEEPING, *last_gate.HOUSEKEEPING)
    registry.add(*reconciling.HOUSEKEEPING, *finding_numbers.HOUSEKEEPING)
