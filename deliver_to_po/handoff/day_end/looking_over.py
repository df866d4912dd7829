"""The day's end asks of each parcel once more whether it goes. What fails stays, with its reason; the rest goes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from deliver_to_po.core.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.handoff.changing.as_asked import is_scanned
from deliver_to_po.handoff.day_end.reconciling import compare_groups
from deliver_to_po.handoff.day_end.transmitting import chosen_groups, transmit, waiting_with_label
from deliver_to_po.handoff.last_gate import has_other_parcels, keep_back, shop_keeps_back
from deliver_to_po.handoff.office_check import OFFICE_ASKED_AGAIN_AFTER, OfficesAsked
from deliver_to_po.handoff.releasing.release import Stays
from deliver_to_po.host.answered import ShopError
from deliver_to_po.models import Comparison, Manifest, Shipment
from deliver_to_po.models.shipment import newest_revision

# How long the shop and Canada Post are asked while somebody waits for a page; a command has more time.
SECONDS, SECONDS_OF_A_COMMAND = 15.0, 600.0
# What a group holds is asked for again after this, before it is transmitted; one that is begun is finished.
COMPARED_AGAIN_AFTER = timedelta(minutes=1)
# How much of the time comparing may take: a page has its answer soon, and a command asks for every group.
TO_COMPARE = 1 / 3


class Question(StrEnum):
    """What is asked of each parcel, in the order in which the page tells it."""

    WANTED = "wanted"
    OFFICE = "office"
    NOT_HELD = "not held"
    WHOLE = "whole"
    PRINTED = "printed"


class Staying(NamedTuple):
    """A parcel that does not go: which question it failed, why, and what the shop said of it, if anything."""

    shipment: Shipment
    question: Question
    reason: Reason
    said: str = ""


class LookedOver(NamedTuple):
    """The parcels that go and those that stay, in the order in which their labels were made; asked at ``at``.

    ``compared`` are their groups, as far as the shipping system could be asked what it holds in them.
    """

    goes: Sequence[Shipment]
    stays: Sequence[Staying]
    at: datetime
    compared: Sequence[Comparison]

    @property
    def weight_kg(self) -> Decimal:
        return sum((shipment.weight_kg for shipment in self.goes), Decimal(0))

    def failed(self, question: Question) -> int:
        return sum(one.question == question for one in self.stays)


class Ended(NamedTuple):
    """The result of a day's end: the manifests, and the parcels that stayed."""

    manifests: Sequence[Manifest]
    stays: Sequence[Staying]


def look_over(
    groups: Collection[str] | None = None,
    *,
    unprinted: bool = False,
    seconds: float = SECONDS,
    office_asked_again_after: timedelta = OFFICE_ASKED_AGAIN_AFTER,
    compared_after: datetime | None = None,
) -> LookedOver:
    """Ask of each parcel with a label in ``groups``, or every group of the shop's own, whether it goes.

    Is its order still paid and wanted, does it go to a post office, has it still the same parcels, does its office take
    parcels, does nobody hold it, and is its label printed? ``unprinted`` says that labels are printed elsewhere. What
    could not be asked within ``seconds`` stays. A group that was not compared after ``compared_after`` is compared with
    what the shipping system holds. Nothing is put on hold or transmitted. Raises TransmissionRefused for a group that
    does not wait.
    """
    since = compared_after or timezone.now() - COMPARED_AGAIN_AFTER
    keys = [(group.system, group.api, group.name) for group in chosen_groups(groups)]
    compared = compare_groups(keys, since=since, seconds=seconds * TO_COMPARE)
    every = waiting_with_label().select_related("delivery__order", "tracking").order_by("made_at", "pk")
    rows = [row for row in every if (row.system, row.api, row.group) in keys]
    asking = _Asking(rows, OfficesAsked(seconds, office_asked_again_after), unprinted)
    answers = [(row, asking.why_it_stays(row)) for row in rows]
    goes = [row for row, stays in answers if stays is None]
    return LookedOver(goes, [stays for _row, stays in answers if stays is not None], timezone.now(), compared)


def end_day(
    groups: Collection[str] | None = None,
    *,
    exclude: Collection[str] = (),
    unprinted: bool = False,
    seconds: float = SECONDS,
    office_asked_again_after: timedelta = OFFICE_ASKED_AGAIN_AFTER,
    user: Any = None,
) -> Ended:
    """Look over what waits, as ``look_over`` does, and transmit what goes; see ``transmit`` for ``exclude``.

    What is not paid or wanted is put on hold; what has a closed post office needs another.
    """
    looked = look_over(groups, unprinted=unprinted, seconds=seconds, office_asked_again_after=office_asked_again_after)
    manifests = transmit(groups, exclude=exclude, only=[row.pk for row in looked.goes], user=user)
    for one in looked.stays:
        keep_back(one.shipment, Stays(one.reason, one.said))
    return Ended(manifests, looked.stays)


@dataclass
class _Asking:
    """One round of questions: each order and each post office is asked about once."""

    rows: Sequence[Shipment]
    offices: OfficesAsked
    unprinted: bool
    of_shop: dict[UUID, Staying | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parcels: Mapping[UUID, list[Shipment]] = defaultdict(list)
        deliveries = {row.delivery_id for row in self.rows}
        newest = Shipment.objects.filter(newest_revision(), delivery__in=deliveries)
        for row in newest.select_related("tracking"):
            self.parcels[row.delivery_id].append(row)

    def why_it_stays(self, row: Shipment) -> Staying | None:
        delivery = row.delivery
        if delivery.stop_asked_at or delivery.erased_at:
            return Staying(row, Question.NOT_HELD, Reason.CANCELLED if delivery.stop_asked_at else Reason.ERASED)
        if delivery.state != DeliveryState.RELEASED:
            return Staying(row, Question.NOT_HELD, Reason(delivery.wished or delivery.reason or Reason.ON_HOLD))
        unprinted = row.state == ShipmentState.LABELLED and row.printed_at is None
        # What Canada Post has scanned has its label, whoever printed it.
        if unprinted and not self.unprinted and not is_scanned(row):
            return Staying(row, Question.PRINTED, Reason.NOT_PRINTED)
        if row.delivery_id not in self.of_shop:
            self.of_shop[row.delivery_id] = self._of_shop(row)
        if (stays := self.of_shop[row.delivery_id]) is not None:
            return Staying(row, stays.question, stays.reason, stays.said)
        reason = self.offices.reason_to_stay(row)
        return Staying(row, Question.OFFICE, reason) if reason else None

    def _of_shop(self, row: Shipment) -> Staying | None:
        """Ask the shop. Whatever its code raises keeps this order here, and no other."""
        if self.offices.time_is_over():
            return Staying(row, Question.WANTED, Reason.NOT_ASKED)
        try:
            stays = shop_keeps_back(row.delivery)
            rows = self.parcels[row.delivery_id]
            if stays is None and has_other_parcels(row.delivery, [one.parcel for one in rows], rows):
                return Staying(row, Question.WHOLE, Reason.OTHER_PARCELS)
        except ShopError as error:
            stays = Stays(Reason.SHOP_ERROR, str(error))
        return None if stays is None else Staying(row, Question.WANTED, stays.reason, stays.said)
