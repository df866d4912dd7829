"""The morning mail: once a day the clerks are told what waits for a person, or nothing where nothing does.

Each day has one row, whoever of the workers writes it; a lease lets one of them send it. It names references of
orders and no person.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import override

from deliver_to_po.choices import DeliveryState, ManifestState, Reason, ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.language import language_of
from deliver_to_po.models import Delivery, Manifest, MorningMail, Shipment
from deliver_to_po.models.manifest_moves import READY
from deliver_to_po.models.shipment import newest_revision
from deliver_to_po.outbox.claiming import after, nth_wait

log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = (60.0, 300.0, 1800.0, 3600.0)
MOST_BEGUN = 2
# The rest is counted: a mail is no list.
NAMED_AT_MOST = 20
KEPT = timedelta(days=30)
BY_A_PERSON = (ShipmentState.ATTENTION, ShipmentState.SUSPENDED, ShipmentState.REFUSED)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that waits: the order's reference, why, and where it is seen (``""`` without SITE_URL)."""

    reference: str
    why: str
    url: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits under one heading: the first few, and how many more."""

    lines: Sequence[Line]
    more: int

    def __bool__(self) -> bool:
        return bool(self.lines)


def write_morning_mail() -> int:
    """Write today's row once its time has come, and delete rows that are long over; return how many were written."""
    now, at = timezone.localtime(), app_settings.morning_mail_at
    if at is None or not app_settings.clerks or now.time() < at:
        return 0
    if MorningMail.objects.filter(day=now.date()).exists():
        return 0
    MorningMail.objects.filter(day__lt=now.date() - KEPT).delete()
    MorningMail.objects.bulk_create([MorningMail(day=now.date(), due_at=timezone.now())], ignore_conflicts=True)
    return 1


def to_send() -> QuerySet[MorningMail]:
    """Return the mails that have not ended, due or not."""
    return MorningMail.objects.filter(ended_at=None)


def send_morning_mail(mail: MorningMail) -> bool:
    """Send a day's mail that this worker has under lease, or end it without; return False, since one step is all."""
    if mail.day != timezone.localdate() or not app_settings.clerks or mail.begun >= MOST_BEGUN:
        # Yesterday's says nothing that today's does not. One that was begun twice has probably arrived.
        _end(mail, sent=False)
        return False
    with override(language_of(settings.LANGUAGE_CODE)):
        message = _message()
    if message is None:
        _end(mail, sent=False)
    else:
        _send(mail, message)
    return False


def _message() -> EmailMessage | None:
    """Return today's mail in the active language, None where nothing waits."""
    waits = {"persons": _for_a_person(), "choices": _without_choice(), "late": _not_transmitted()}
    if not any(waits.values()):
        return None
    total = sum(len(each.lines) + each.more for each in waits.values())
    context = {**waits, "total": total, "test": not app_settings.canada_post.live, "desk": _url("changelist")}
    subject = " ".join(render_to_string("deliver_to_po/notices/morning_subject.txt", context).split())
    body = render_to_string("deliver_to_po/notices/morning.txt", context)
    return EmailMessage(subject, body, to=list(app_settings.clerks))


def _for_a_person() -> Waiting:
    stands = _ours("delivery__") & ~Q(delivery__state=DeliveryState.CANCELLED)
    shipments = Shipment.objects.filter(stands, newest_revision(), state__in=BY_A_PERSON)
    held = Delivery.objects.filter(_ours(), state=DeliveryState.HELD)
    manifests = Manifest.objects.filter(state=ManifestState.ATTENTION, live=app_settings.canada_post.live)
    rows = [
        *(
            (row.delivery.reference, row.reason, row.delivery_id)
            for row in shipments.select_related("delivery").order_by("created_at")
        ),
        *((row.reference, row.reason, row.pk) for row in held.order_by("placed_at")),
    ]
    lines = [Line(reference, _why(reason), _url("change", pk)) for reference, reason, pk in rows[:NAMED_AT_MOST]]
    lines.extend(
        Line(str(manifest), _why(manifest.reason), _url("change", manifest.pk, model="manifest"))
        for manifest in manifests[:NAMED_AT_MOST]
    )
    return Waiting(lines, max(len(rows) - NAMED_AT_MOST, 0))


def _without_choice() -> Waiting:
    rows = Delivery.objects.filter(_ours(), state=DeliveryState.NEEDS_CHOICE).order_by("placed_at")
    return _waiting([(row.reference, row.reason, row.pk) for row in rows])


def _not_transmitted() -> Waiting:
    """Return what was made before today, lies in a group, and has not been transmitted."""
    rows = Shipment.objects.filter(
        _ours("delivery__"), state__in=READY, transmitted_at=None, manifest=None, made_at__lt=_midnight()
    ).exclude(group="")
    named = rows.select_related("delivery").order_by("made_at")
    return _waiting([(row.delivery.reference, Reason.NONE, row.delivery_id) for row in named])


def _waiting(rows: Sequence[tuple[str, str, Any]]) -> Waiting:
    lines = [Line(reference, _why(reason), _url("change", pk)) for reference, reason, pk in rows[:NAMED_AT_MOST]]
    return Waiting(lines, max(len(rows) - NAMED_AT_MOST, 0))


def _ours(prefix: str = "") -> Q:
    """Return the condition that a delivery is of the mode that the shop is in, and is not to be cancelled."""
    return Q(**{f"{prefix}live": app_settings.canada_post.live, f"{prefix}stop_asked_at": None})


def _midnight() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _why(reason: str) -> str:
    return Reason(reason).why()


def _url(page: str, *args: Any, model: str = "delivery") -> str:
    """Return the address of one of the desk's pages, ``""`` where there is none."""
    with suppress(NoReverseMatch):
        path = reverse(f"admin:deliver_to_po_{model}_{page}", args=args)
        return f"{app_settings.site_url}{path}" if app_settings.site_url else ""
    return ""


def _send(mail: MorningMail, message: EmailMessage) -> None:
    if not _leased(mail).update(begun=F("begun") + 1):
        return
    try:
        message.send()
    except Exception as error:
        # Its text may hold an address.
        log.warning("Morning mail of %s: %s", mail.day, type(error).__name__)
        wait = nth_wait(RETRY_AFTER_SECONDS, mail.tries)
        # The mail server said no, so nothing was sent.
        _leased(mail).update(due_at=after(wait), lease=None, tries=F("tries") + 1, begun=0)
    else:
        _end(mail, sent=True)


def _end(mail: MorningMail, *, sent: bool) -> None:
    _leased(mail).update(ended_at=timezone.now(), sent=sent, due_at=None, lease=None)


def _leased(mail: MorningMail) -> QuerySet[MorningMail]:
    return MorningMail.objects.filter(pk=mail.pk, lease=mail.lease, ended_at=None)
