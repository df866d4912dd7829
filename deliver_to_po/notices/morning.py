"""The morning mail: once a day it tells the clerks what waits for a person. If nothing waits, none is sent.

Each day has one row, whichever worker writes it; a lease lets one of them send it. It names references of orders and no
person.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, NamedTuple

from django.core.mail import EmailMessage
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from deliver_to_po.core.choices import DeliveryState, Doubt, Reason, ShipmentState
from deliver_to_po.core.choices.states import READY
from deliver_to_po.core.choices.tracking import OUT_OF_REACH
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import shop_language
from deliver_to_po.core.shop_time import begin_of, shop_day, shop_time
from deliver_to_po.models import Delivery, MorningMail, Shipment, Tracking
from deliver_to_po.models.manifest_moves import left_to_a_person
from deliver_to_po.models.moves import needing_a_person, of_sendable
from deliver_to_po.models.shipment import mailed_before
from deliver_to_po.models.tracking import ASTRAY
from deliver_to_po.notices.about import GOES_ON, KNOWN
from deliver_to_po.notices.mailing import Mailed, desk_url, end, message_of, put_off, send
from deliver_to_po.offer.days import working_days_ago
from deliver_to_po.shipping.registry import name_of_system

RETRY_AFTER_SECONDS = (60.0, 300.0, 1800.0, 3600.0)
# How many it lists; the rest is counted.
NAMED_AT_MOST = 20
KEPT = timedelta(days=30)


class WaitingLine(NamedTuple):
    """One thing that waits: the order's reference, why, and where it is seen (``""`` without SITE_URL)."""

    reference: str
    why: str
    url: str


class Waiting(NamedTuple):
    """What waits under one heading: the first few, and how many more."""

    lines: Sequence[WaitingLine]
    more: int

    def __bool__(self) -> bool:
        return bool(self.lines)


def write_morning_mail() -> int:
    """Write today's row once its time has come, and delete rows that are long over; return how many were written."""
    now, at = shop_time(), app_settings.morning_mail_at
    if at is None or not app_settings.clerks or now.time() < at:
        return 0
    today = now.date()
    if MorningMail.objects.filter(day=today).exists():
        return 0
    # A day to come was written by a clock that ran ahead, and is to have its mail.
    MorningMail.objects.exclude(day__range=(today - KEPT, today)).delete()
    MorningMail.objects.bulk_create([MorningMail(day=today, due_at=timezone.now())], ignore_conflicts=True)
    return 1


def to_send() -> QuerySet[MorningMail]:
    """Return the mails that have not ended, due or not."""
    return MorningMail.objects.filter(ended_at=None)


def send_morning_mail(mail: MorningMail) -> bool:
    """Send a day's mail that this worker has under lease, or end it without; return False, since one step is all."""
    message = None
    # Yesterday's says nothing that today's does not.
    if mail.day == shop_day() and app_settings.clerks and not mail.begun:
        with override(shop_language()):
            message = _message()
    if message is None:
        end(mail, ended_at=timezone.now(), sent=False)
    elif (mailed := send(mail, message)) == Mailed.NOT_SENT:
        put_off(mail, RETRY_AFTER_SECONDS)
    elif mailed != Mailed.NOT_OURS:
        end(mail, ended_at=timezone.now(), sent=mailed == Mailed.SENT)
    return False


def _message() -> EmailMessage | None:
    """Return today's mail in the active language, or None if nothing waits."""
    # A delivery stands under one heading: the first of them comes first.
    named = set[Any]()
    waits = {"persons": _for_a_person(named), "choices": _without_choice(named), "late": _not_transmitted(named)}
    if not any(waits.values()):
        return None
    total = sum(len(each.lines) + each.more for each in waits.values())
    context = {**waits, "total": total, "test": not app_settings.canada_post.live, "desk": desk_url("changelist")}
    return message_of("morning", context, app_settings.clerks)


def _for_a_person(named: set[Any]) -> Waiting:
    stands = _ours("delivery__") & ~Q(delivery__state=DeliveryState.CANCELLED)
    shipments = needing_a_person().filter(stands)
    astray = Tracking.objects.filter(ASTRAY, _ours("shipment__delivery__"))
    # Nobody exported these on a whole working day.
    since = begin_of(working_days_ago(1, shop_day()))
    waiting = Shipment.objects.filter(of_sendable(), _ours("delivery__"), state=ShipmentState.WAITING)
    unexported = waiting.filter(reason=Reason.TO_EXPORT, created_at__lt=since)
    held = Delivery.objects.filter(_ours(), ~GOES_ON, state=DeliveryState.HELD, erased_at=None)
    rows = [
        *(
            (row.delivery.reference, _why(row.reason, row.system), row.delivery_id)
            for rows in (shipments, unexported)
            for row in rows.select_related("delivery").order_by("created_at")
        ),
        *(
            (row.shipment.delivery.reference, str(Doubt(row.doubt).label), row.shipment.delivery_id)
            for row in (astray.select_related("shipment__delivery") if app_settings.tracking else ())
        ),
        *((row.reference, _why(row.wished or row.reason), row.pk) for row in held.order_by("placed_at")),
        *((row.reference, _("Its refund is asked for, but Canada Post has scanned it."), row.pk) for row in _scanned()),
    ]
    parcels = _waiting(rows, named)
    manifests = [(str(row), _why(row.reason, row.system), row.pk) for row in left_to_a_person()]
    papers = _waiting(manifests, set(), "manifest")
    return Waiting([*parcels.lines, *papers.lines], parcels.more + papers.more)


def _scanned() -> QuerySet[Delivery]:
    """Return the deliveries with a parcel that has come on since yesterday though its refund is asked for."""
    news = {"state__in": OUT_OF_REACH, "news_at__gte": timezone.now() - timedelta(days=1)}
    rows = Tracking.objects.filter(**news, shipment__state=ShipmentState.REFUND_ASKED)
    live, shown = app_settings.canada_post.live, rows if app_settings.tracking else rows.none()
    return Delivery.objects.filter(live=live, erased_at=None, pk__in=shown.values("shipment__delivery"))


def _without_choice(named: set[Any]) -> Waiting:
    rows = Delivery.objects.filter(KNOWN, _ours(), state=DeliveryState.NEEDS_CHOICE).order_by("placed_at")
    return _waiting([(row.reference, _why(row.wished or row.reason), row.pk) for row in rows], named)


def _not_transmitted(named: set[Any]) -> Waiting:
    """Return what was to be mailed before today, lies in a group, is not on hold, and has not been transmitted."""
    rows = Shipment.objects.filter(
        mailed_before(shop_day()),
        _ours("delivery__"),
        state__in=READY,
        transmitted_at=None,
        manifest=None,
        delivery__state=DeliveryState.RELEASED,
        delivery__erased_at=None,
    ).exclude(group="")
    late = rows.select_related("delivery").order_by("made_at")
    return _waiting([(row.delivery.reference, "", row.delivery_id) for row in late], named)


def _waiting(rows: Sequence[tuple[str, str, Any]], named: set[Any], model: str = "delivery") -> Waiting:
    """Return each once that is not ``named`` yet, with the first of its reasons, and name it."""
    found: dict[Any, tuple[str, str]] = {}
    for reference, why, pk in rows:
        if pk not in named:
            found.setdefault(pk, (reference, why))
    named.update(found)
    shown = islice(found.items(), NAMED_AT_MOST)
    lines = [WaitingLine(*words, desk_url("change", pk, model=model)) for pk, words in shown]
    return Waiting(lines, len(found) - len(lines))


def _ours(prefix: str = "") -> Q:
    """Return the condition that a delivery is of the mode that the shop is in, and is not to be cancelled."""
    return Q(**{f"{prefix}live": app_settings.canada_post.live, f"{prefix}stop_asked_at": None})


def _why(reason: str, system: str = "") -> str:
    return Reason(reason).why(name_of_system(system) if system else "")
