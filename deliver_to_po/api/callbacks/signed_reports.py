"""Taking a signed report: each message id once, about a shipment of the system that signed it."""

import hashlib
from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from deliver_to_po.handoff.by_hand.report import Reported, note_not_taken, report_lost, report_made
from deliver_to_po.models import Shipment, WebhookMessage
from deliver_to_po.outbox.jobs import Housekeeping, registry
from deliver_to_po.shipping.reports import Report, read_report, type_of
from deliver_to_po.shipping.seen import TYPE as SEEN
from deliver_to_po.shipping.seen import Seen, read_seen
from deliver_to_po.tracking.following import hear

# Longer than a signature is believed, and than a sender tries again soon.
REMEMBERED_FOR = timedelta(days=1)
AT_A_TIME = 1000
TAKEN = (Reported.TAKEN, Reported.SAME_AGAIN, Reported.ERASED)


class NotFollowed(Exception):
    """Events of a parcel came that the shop does not follow."""


class NoSuchShipment(Exception):
    """The system has no shipment under this request id."""


class AnotherMessage(Exception):
    """Another message was taken under this id."""


class Answered(NamedTuple):
    """The result of a message, and whether that was said before."""

    reported: Reported
    repeated: bool = False


def take(alias: str, message_id: str, body: bytes) -> Answered:
    """Take a message that the system ``alias`` has signed, and return the result.

    The same message again changes nothing and is answered alike. A message that was not taken is not remembered, so
    that it may come again. Raises AnotherMessage, CannotBeRead, NoSuchShipment and NotFollowed.
    """
    digest = hashlib.sha256(body).hexdigest()
    if (known := WebhookMessage.objects.filter(system=alias, message_id=message_id).first()) is not None:
        if known.digest != digest:
            raise AnotherMessage
        return Answered(Reported(known.result), repeated=True)
    said = read_seen(body) if type_of(body) == SEEN else read_report(body)
    shipment = Shipment.objects.filter(system=alias, request_id=said.request_id).values("pk").first()
    if shipment is None:
        raise NoSuchShipment
    reported = _hear(shipment["pk"], said) if isinstance(said, Seen) else _report(shipment["pk"], said)
    if reported in TAKEN:
        # Last: until then the same message does the rest, should this process stop.
        fields = {"digest": digest, "result": reported}
        WebhookMessage.objects.get_or_create(system=alias, message_id=message_id, defaults=fields)
    else:
        note_not_taken(shipment["pk"], reported)
    return Answered(reported)


def _hear(shipment_pk: int, seen: Seen) -> Reported:
    if not hear(shipment_pk, seen.told):
        raise NotFollowed
    return Reported.TAKEN


def _report(shipment_pk: int, report: Report) -> Reported:
    if report.made is None:
        return report_lost(shipment_pk, said=report.said)
    return report_made(shipment_pk, report.made, label=report.label)


def forget_messages() -> int:
    """Delete messages that are older than REMEMBERED_FOR; return how many."""
    old = WebhookMessage.objects.filter(received_at__lt=timezone.now() - REMEMBERED_FOR)
    pks = list(old.order_by("pk").values_list("pk", flat=True)[:AT_A_TIME])
    return WebhookMessage.objects.filter(pk__in=pks).delete()[0]


def register() -> None:
    registry.add(Housekeeping("messages of webhooks", forget_messages, AT_A_TIME, for_good=True))
