"""One list of a shipping system, compared with the rows by shipment id, both ways: one call for each list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import product

from django.db.models import QuerySet
from django.utils import timezone

from deliver_to_po.canadapost import lengths
from deliver_to_po.core.choices import Compared, DeliveryState, Differs, ShipmentState
from deliver_to_po.core.choices.states import ACTIVE, BEING_SENT, CLOSED, EXISTING, MANIFEST_UNSETTLED
from deliver_to_po.core.in_parts import in_parts
from deliver_to_po.models import Comparison, Delivery, Manifest, Shipment
from deliver_to_po.models.comparison import Difference
from deliver_to_po.models.shipment import request_id
from deliver_to_po.shipping import NotYet
from deliver_to_po.shipping.listing import Held, ListsShipments

# Canada Post takes so many in a group, and in a manifest (9108, 9110).
MOST_LISTED = 10_000
# How many shipments that differ are asked about each time; the others next time. Each costs two calls.
ASKED_ABOUT = 25
# A shipment that was made so lately may not show yet in a list.
LATELY = timedelta(minutes=5)
# Which time zone Canada Post means by a day is unknown: in these hours (UTC) every zone of Canada's has the same day.
SURELY_THAT_DAY = (time(9, tzinfo=UTC), time(23, 59, tzinfo=UTC))
# Sent with the same request id, or looked up, they find what was made under it.
GOES_ON = (ShipmentState.WAITING, *BEING_SENT)
MANIFESTS_OF = timedelta(days=31)
# A label that was made before the database was restored is recognised for so many deliveries, parcels and revisions.
DELIVERIES, PARCELS, REVISIONS = 1000, 5, 3


def compare(one: Comparison, system: ListsShipments) -> NotYet | None:
    """Compare a list with the rows and keep what differs; return why it could not be asked, if so.

    What is being sent just now goes on by itself: it is no difference, but not transmitted before its answer is here.
    """
    asked_at = timezone.now()
    listed = _listed(one, system)
    return listed if isinstance(listed, NotYet) else compare_ids(one, system, listed, asked_at)


def _listed(one: Comparison, system: ListsShipments) -> Sequence[str] | NotYet:
    if one.what == Compared.GROUP:
        return system.in_group(one.name)
    return system.made_on(date.fromisoformat(one.name)) if one.what == Compared.DAY else system.in_manifest(one.name)


def compare_ids(
    one: Comparison, system: ListsShipments | None, listed: Sequence[str], asked_at: datetime, *, is_ours: bool = False
) -> NotYet | None:
    """Compare the ids of a list, for which the system was asked at ``asked_at``, with the rows; see ``compare``.

    Without a ``system`` that can be asked about each, what differs is only named. ``is_ours`` says that the list is one
    of a manifest that was made here. Return why nobody could be asked whether it is ours, if so; nothing is kept then.
    """
    ids = list(dict.fromkeys(each for each in listed if is_id(each)))[:MOST_LISTED]
    both = _Lists(one, system, ids, asked_at, is_ours)
    if both.not_yet is None:
        one.keep(both.differences, left=_left(one), theirs=both.theirs, ours=both.ours, asked_at=asked_at)
    return both.not_yet


def _left(one: Comparison) -> set[str]:
    """Return the shipments that a person has left to another shop, or had refunded, on whatever list."""
    rows = Comparison.objects.filter(system=one.system, live=one.live).exclude(left=[])
    return {shipment_id for left in rows.values_list("left", flat=True) for shipment_id in left}


def is_id(text: str) -> bool:
    """Say whether a text can be the id of a shipment or a manifest: what cannot be kept or named in a URL is none."""
    return text.isprintable() and "/" not in text and 0 < len(text) <= lengths.SHIPMENT_ID


@dataclass
class _Lists:
    one: Comparison
    system: ListsShipments | None
    ids: Sequence[str]
    asked_at: datetime
    is_ours: bool
    asked: int = 0
    differences: list[Difference] = field(default_factory=list)
    theirs: int = 0
    ours: int = 0
    not_yet: NotYet | None = None

    def __post_init__(self) -> None:
        self.before = {one.shipment_id: one for one in self.one.found}
        known = {row.shipment_id: row for row in _known(self.one.system, self.ids)}
        strangers = [each for each in self.ids if each not in known]
        if self.one.what == Compared.MANIFEST and not (self.is_ours or known or self._is_own(strangers)):
            return
        missing = [row for row in self._expected() if row.shipment_id not in set(self.ids)]
        here = [row for row in known.values() if self._counts(row)]
        not_marked = [row for row in known.values() if self._is_not_marked(row)]
        described = (self._described(each) for each in strangers)
        only_there = self._classified([one for one in described if one is not None])
        only_here = [difference for row in missing if (difference := self._missing(row)) is not None]
        marks = [_of_row(row, Differs.TRANSMITTED) for row in not_marked]
        self.differences = [*only_there, *only_here, *marks]
        self.theirs = len(here) + sum(one.kind != Differs.GOES_ON for one in only_there) + len(marks)
        self.ours = len(here) + len(only_here)

    def _counts(self, row: Shipment) -> bool:
        """Say whether a row belongs on the list now: a group's, until it is transmitted."""
        if self.one.what == Compared.DAY:
            return True
        if self.one.what == Compared.GROUP and row.group != self.one.name:
            return False
        return (row.transmitted_at is not None) == (self.one.what == Compared.MANIFEST)

    def _is_not_marked(self, row: Shipment) -> bool:
        """Say whether a manifest tells of a row that is not transmitted here, nor about to be."""
        under_way = row.manifest is not None and row.manifest.state in MANIFEST_UNSETTLED
        return self.one.what == Compared.MANIFEST and row.transmitted_at is None and not under_way

    def _expected(self) -> QuerySet[Shipment]:
        """Return the rows that the list should hold: none that was made so lately that it may not show yet."""
        rows = Shipment.objects.filter(system=self.one.system, api=self.one.api, delivery__live=self.one.live)
        rows = rows.filter(state__in=EXISTING).exclude(shipment_id="")
        if self.one.what == Compared.MANIFEST:
            since = self.asked_at - MANIFESTS_OF
            its_own = [row.pk for row in Manifest.objects.filter(created_at__gte=since) if row.tells_all(self.one.name)]
            return rows.filter(manifest__in=its_own, transmitted_at__isnull=False)
        rows = rows.filter(made_at__lt=self.asked_at - LATELY)
        if self.one.what == Compared.GROUP:
            return rows.filter(group=self.one.name, transmitted_at=None, manifest=None)
        day = date.fromisoformat(self.one.name)
        first, last = (datetime.combine(day, moment) for moment in SURELY_THAT_DAY)
        return rows.filter(group="", made_at__gte=first, made_at__lte=last)

    def _about(self, shipment_id: str) -> Held | NotYet | None:
        self.asked += 1
        return self.system.about(shipment_id) if self.system and self.asked <= ASKED_ABOUT else NotYet()

    def _is_own(self, strangers: Sequence[str]) -> bool:
        """Say whether a manifest that tells of nothing known here is of a group of the shop's own."""
        held = self._about(strangers[0]) if self.system and strangers else None
        self.not_yet = held if isinstance(held, NotYet) else None
        return self.system is not None and isinstance(held, Held) and self.system.is_own_group(held.group)

    def _described(self, shipment_id: str) -> Difference | None:
        """Return what is known of a shipment that only they have, None if it is no longer there."""
        known = self.before.get(shipment_id)
        if known is not None and known.kind:
            return known
        held = self._about(shipment_id)
        if isinstance(held, NotYet):
            return Difference(shipment_id)
        if held is None or (self.one.what == Compared.GROUP and not self._waits_in_group(held)):
            return None
        said = (held.made.tracking_number, held.request_id, held.reference)
        number, request, reference = (text[: lengths.SHIPMENT_ID] for text in said)
        return Difference(shipment_id, Differs.UNKNOWN, number, request, reference)

    def _waits_in_group(self, held: Held) -> bool:
        """Say whether a shipment lies in the group: not what is on a manifest, nor in another that a search listed."""
        return not held.made.transmitted and held.group in ("", self.one.name)

    def _classified(self, strangers: Sequence[Difference]) -> list[Difference]:
        by_request = {row.request_id: row for row in _with("request_id", [one.request_id for one in strangers])}
        return [self._classify(one, by_request.get(one.request_id)) for one in strangers]

    def _classify(self, one: Difference, row: Shipment | None) -> Difference:
        """Return what kind of difference a shipment is that only they have."""
        if not one.kind:
            return one
        if row is None:
            early = self._early.get(one.request_id)
            return one._replace(kind=Differs.EARLY if early else Differs.UNKNOWN, delivery=str(early or ""))
        if row.state in GOES_ON and row.due_at is not None and row.delivery.state == DeliveryState.RELEASED:
            return one._replace(kind=Differs.GOES_ON)
        kind = Differs.TWICE if row.shipment_id else Differs.WAITS
        if row.state in CLOSED:
            kind = Differs.STILL_THERE
        elif row.state == ShipmentState.WAITING:
            kind = Differs.EARLY
        return one._replace(kind=kind, row=row.pk, delivery=str(row.delivery_id))

    @cached_property
    def _early(self) -> Mapping[str, object]:
        """Return the request ids that parcels of the newest open deliveries have, or will have; and whose they are."""
        rows = Delivery.objects.filter(state__in=ACTIVE, live=self.one.live).order_by("-placed_at")
        numbers = list(product(range(1, PARCELS + 1), range(1, REVISIONS + 1)))
        pks = rows.values_list("pk", flat=True)[:DELIVERIES]
        return {request_id(pk, parcel, revision): pk for pk in pks for parcel, revision in numbers}

    def _missing(self, row: Shipment) -> Difference | None:
        """Return the difference that a row is of which their list does not tell, None if it lies in another group."""
        held = self._about(row.shipment_id)
        if isinstance(held, NotYet):
            return None
        if held is None:
            return _of_row(row, Differs.GONE)
        if self.one.what == Compared.GROUP:
            if held.made.transmitted:
                return _of_row(row, Differs.TRANSMITTED)
            self._regroup(row, held.group)
        elif self.one.what == Compared.MANIFEST and not held.made.transmitted:
            return _of_row(row, Differs.NOT_LISTED)
        return None

    def _regroup(self, row: Shipment, group: str) -> None:
        """Write down in which group a shipment lies: that of the day before a restore, on which it was made."""
        if self.system and group != row.group and self.system.is_own_group(group):
            Shipment.objects.filter(pk=row.pk, transmitted_at=None, manifest=None).update(group=group)


def _known(system: str, ids: Sequence[str]) -> Iterator[Shipment]:
    """Yield the rows of these shipments, without those that are void or were never made."""
    rows = _with("shipment_id", ids)
    return (row for row in rows if row.system == system and row.state not in CLOSED)


def _with(column: str, values: Sequence[str]) -> Iterator[Shipment]:
    """Yield the rows that have one of these values."""
    for part in in_parts([value for value in values if value]):
        yield from Shipment.objects.filter(**{f"{column}__in": part}).select_related("manifest", "delivery")


def _of_row(row: Shipment, kind: Differs) -> Difference:
    delivery = row.delivery
    return Difference(
        row.shipment_id, kind, row.tracking_pin, row.request_id, delivery.reference, row.pk, str(delivery.pk)
    )
