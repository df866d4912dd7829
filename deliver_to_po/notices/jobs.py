"""Registers with the outbox what is to be written and what is to be sent."""

from datetime import timedelta

from deliver_to_po.core.conf import app_settings
from deliver_to_po.notices import morning
from deliver_to_po.notices.occasions import AT_A_TIME, write_notices
from deliver_to_po.notices.sending import RETRY_AFTER_SECONDS, crashed, send_due, to_send
from deliver_to_po.outbox.jobs import Housekeeping, Job, registry

EVERY_SECONDS = 10.0

NOTICES = Job(
    name="notices",
    rows=to_send,
    step=send_due,
    lease_seconds=lambda: app_settings.handoff.lease_seconds,
    wait_seconds=lambda: RETRY_AFTER_SECONDS[-1],
    crashed=crashed,
    # A parcel's last days come so much later, where Canada Post holds it for long.
    longest=timedelta(days=90),
)

MORNING_MAIL = Job(
    name="morning mail",
    rows=morning.to_send,
    step=morning.send_morning_mail,
    lease_seconds=lambda: app_settings.handoff.lease_seconds,
    wait_seconds=lambda: morning.RETRY_AFTER_SECONDS[-1],
)


def register() -> None:
    """Register the jobs that send notices and the morning mail, and what writes their rows."""
    registry.add(NOTICES, Housekeeping("notices written", write_notices, AT_A_TIME, EVERY_SECONDS))
    # One row a day at most, so that it never asks to be done again at once.
    registry.add(MORNING_MAIL, Housekeeping("morning mail written", morning.write_morning_mail, 2))
