"""Registers with the outbox what is to be written and what is to be sent."""

from deliver_to_po.conf import app_settings
from deliver_to_po.notices.sending import RETRY_AFTER_SECONDS, crashed, send_due, to_send
from deliver_to_po.notices.writing import AT_A_TIME, write_notices
from deliver_to_po.outbox.jobs import Housekeeping, Job, registry

EVERY_SECONDS = 10.0

NOTICES = Job(
    name="notices",
    rows=to_send,
    step=send_due,
    lease_seconds=lambda: app_settings.handoff.lease_seconds,
    wait_seconds=lambda: RETRY_AFTER_SECONDS[-1],
    crashed=crashed,
)


def register() -> None:
    """Register the job that sends notices, and what writes them for deliveries that need a choice."""
    registry.add(NOTICES, Housekeeping("notices written", write_notices, AT_A_TIME, EVERY_SECONDS))
