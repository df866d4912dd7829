"""A delivery that needs a post office, and sweeping what is to be written about it."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from deliver_to_po.core.choices import Change, DeliveryState, NoticeKind, NoticeOutcome, Reason
from deliver_to_po.models import Delivery, Notice
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.notices.jobs import NOTICES
from deliver_to_po.notices.occasions import write_notices
from tests.factories import make_delivery
from tests.rounds import do_job

# When the clock of these tests stands still.
START = datetime(2026, 11, 26, 15, 0, tzinfo=timezone.get_default_timezone())


def needing(language: str = "en", **fields: Any) -> Delivery:
    """Return a delivery whose post office has just been found closed."""
    delivery = make_delivery(state=DeliveryState.PLACED, language=language, office_name="Counter & Sons", **fields)
    assert move_delivery(delivery, Change.NEED_CHOICE, reason=Reason.OFFICE_NO_LONGER)
    return delivery


def sweep() -> None:
    """Write and send what is due."""
    write_notices()
    do_job(NOTICES)


def kinds_sent() -> list[str]:
    """Return the kinds of the notices that were sent, the first first."""
    return list(Notice.objects.filter(outcome=NoticeOutcome.SENT).order_by("sent_at").values_list("kind", flat=True))


def notice(kind: NoticeKind, delivery: Delivery) -> Notice:
    return Notice.objects.get(kind=kind, delivery=delivery)
