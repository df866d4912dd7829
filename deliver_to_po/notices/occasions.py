"""Which notices there are: of each occasion, its rows are written once.

Nothing calls this room: the sweep looks for deliveries that have no notice of their occasion yet. If the sweep was down
for an hour, it finds them an hour later, and none is lost.
"""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from deliver_to_po.core.choices import NoticeKind, NoticeOutcome, NoticeProblem
from deliver_to_po.host import asking
from deliver_to_po.models import Delivery, Notice, Shipment
from deliver_to_po.models.only import only
from deliver_to_po.notices.about import about_parcel, needing_choice
from deliver_to_po.notices.kinds import KINDS, Kind

AT_A_TIME = 200


def write_notices() -> int:
    """Write the notices of deliveries that have none of their occasion yet; return how many occasions there were."""
    return max(_write_all(name, kind) for name, kind in KINDS.items())


def _write_all(name: str, kind: Kind) -> int:
    if not kind.is_on:
        return 0
    written = Notice.objects.filter(delivery=OuterRef("pk"), kind=name, occasion=OuterRef("occasion"))
    found = kind.about(lately=True).filter(~Exists(written)).order_by("placed_at", "pk")[:AT_A_TIME]
    for delivery in found:
        _write(name, kind, delivery)
    return len(found)


def _write(name: str, kind: Kind, delivery: Delivery) -> None:
    """Write the row of one occasion; another sweep that does the same at the same moment writes none twice."""
    occasion: int = getattr(delivery, "occasion")  # noqa: B009  # annotated
    due_at = timezone.now() + timedelta(days=kind.in_days)
    row = Notice(delivery=delivery, kind=name, occasion=occasion, due_at=due_at)
    Notice.objects.bulk_create([row], ignore_conflicts=True)


def ask_again(delivery: Delivery) -> bool:
    """Make the e-mail that asks the buyer for a post office due now, whether or not it was sent before.

    False when the delivery needs no choice, or when the shop says plainly that its order goes elsewhere.
    """
    waiting = only(needing_choice().filter(pk=delivery.pk))
    if waiting is None or asking.surely_goes_elsewhere(waiting.order):
        return False
    for name, kind in KINDS.items():
        if not kind.of_parcel:
            _write(name, kind, waiting)
    return send_again(Notice.objects.get(delivery=waiting, occasion=waiting.occasion, kind=NoticeKind.CHOOSE))


def is_still_so(notice: Notice) -> bool:
    """Say whether what a notice is about is still so, and the shop still wants it told."""
    kind = KINDS[notice.kind]
    return kind.is_on and bool(kind.about().filter(pk=notice.delivery_id, occasion=notice.occasion).exists())


def tell_after_all(shipment: Shipment) -> None:
    """Look again at e-mails about a parcel that were not needed while a person was mistaken about where it is."""
    rows = about_parcel(shipment).filter(outcome=NoticeOutcome.NOT_NEEDED, lease=None)
    rows.update(outcome=NoticeOutcome.TO_SEND, due_at=timezone.now(), tries=0)


def send_again(notice: Notice) -> bool:
    """Make an e-mail due now, whether or not it was sent before; False when it is no longer so, or is being sent."""
    rows = Notice.objects.filter(pk=notice.pk, lease=None)
    return is_still_so(notice) and bool(
        rows.update(
            outcome=NoticeOutcome.TO_SEND,
            problem=NoticeProblem.NONE,
            sent_at=None,
            due_at=timezone.now(),
            tries=0,
            begun=False,
        )
    )
