"""Compares Canada Post's invoice with the prices kept: what agrees, what does not and why, what is missing on a side.

Nothing of it is stored.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from time import monotonic
from typing import Any, NamedTuple

from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from deliver_to_po.admin.costs.invoice_file import Charge
from deliver_to_po.admin.weights_and_money import kilograms_shown
from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.core.choices.states import BEING_TAKEN_BACK, OVER, TAKEN_BACK
from deliver_to_po.core.in_parts import in_parts
from deliver_to_po.core.shop_time import begin_of, shop_day
from deliver_to_po.models import Shipment
from deliver_to_po.shipping.files.table_file import UnreadableFile

# Parcels of the period that are looked through for those not billed.
MOST_PARCELS = 50_000


class BilledAs(StrEnum):
    """The result of a tracking number, in the order in which the page shows it."""

    OTHER_AMOUNT = "other amount"
    TWICE = "twice"
    TAKEN_BACK = "taken back"
    UNKNOWN = "unknown"
    UNREAD = "unread"
    NOT_BILLED = "not billed"
    NO_PRICE = "no price"
    CREDITED = "credited"
    SAME = "same"


class Kept(NamedTuple):
    """What is kept of a parcel, as far as its cost goes."""

    pk: int
    number: str
    price: Decimal | None
    state: str
    weight_kg: Decimal
    made_at: datetime | None
    transmitted_at: datetime | None
    revision: int
    delivery_pk: Any
    reference: str
    live: bool

    @property
    def taken_back(self) -> bool:
        """Say whether nothing is owed for it, or soon nothing more."""
        return self.state in TAKEN_BACK + BEING_TAKEN_BACK

    @property
    def day(self) -> date | None:
        """Return the day from which on it can be billed."""
        moment = self.transmitted_at or self.made_at
        return shop_day(moment) if moment else None


FIELDS = (
    *("pk", "tracking_pin", "price", "state", "weight_kg", "made_at", "transmitted_at", "revision"),
    *("delivery_id", "delivery__reference", "delivery__live"),
)


class Row(NamedTuple):
    """One tracking number of the invoice or of the shop; ``why`` are sentences. Without ``kept`` the shop has none."""

    found: BilledAs
    number: str
    lines: tuple[int, ...] = ()
    billed: Decimal | None = None
    kept: Kept | None = None
    why: tuple[str, ...] = ()

    @property
    def price(self) -> Decimal | None:
        """Return the saved price; None for a parcel that is voided, refunded or credited: nothing is owed for it."""
        if self.kept is None or self.kept.taken_back or self.found == BilledAs.CREDITED:
            return None
        return self.kept.price

    @property
    def difference(self) -> Decimal | None:
        """Return how much more was billed than is owed; None if nothing was billed, or nobody knows what is owed."""
        if self.billed is None or self.found == BilledAs.NO_PRICE:
            return None
        return self.billed - (self.price or Decimal(0))


class ComparedInvoice(NamedTuple):
    """The result of an invoice. ``first`` and ``last`` are the days in which unbilled parcels were looked for.

    ``is_cut`` says that these days have more than MOST_PARCELS, of which only the first were looked at.
    ``others`` are the lines without a tracking number, ``others_billed`` their sum.
    """

    rows: Sequence[Row]
    first: date | None
    last: date | None
    is_cut: bool
    others: int
    others_billed: Decimal
    by_kind: Mapping[BilledAs, Sequence[Row]]

    @property
    def knows_none(self) -> bool:
        """Say whether the shop knows none of the invoice's numbers: it may be another shop's."""
        return not any(row.kept and row.kept.live for row in self.rows if row.found != BilledAs.NOT_BILLED)


def compare(
    charges: Iterable[Charge], first: date | None = None, last: date | None = None, *, seconds: float = 20.0
) -> ComparedInvoice:
    """Compare an invoice with the prices kept of real parcels; tests cost nothing and are told apart.

    Without ``first`` and ``last`` parcels that are not billed are looked for between the days of the first and the last
    one that is. Raises UnreadableFile when it is not done within ``seconds``.
    """
    numbered, unread, others = _by_number(charges)
    kept = _kept(list(numbered), monotonic() + seconds)
    rows = [_row(number, lines, kept.get(number)) for number, lines in numbered.items()]
    days = [row.kept.day for row in rows if row.kept and row.kept.live and row.kept.day]
    first, last = first or min(days, default=None), last or max(days, default=None)
    rows += unread
    parcels = _parcels_of(first, last)
    rows += _not_billed({row.number for row in rows}, parcels)
    by_kind = {found: [row for row in rows if row.found == found] for found in BilledAs}
    others_billed = sum((line.amount for line in others), Decimal(0))
    return ComparedInvoice(rows, first, last, len(parcels) > MOST_PARCELS, len(others), others_billed, by_kind)


def _by_number(charges: Iterable[Charge]) -> tuple[dict[str, list[Charge]], list[Row], list[Charge]]:
    """Return the lines of each number, those that cannot be read, and those that are about no parcel."""
    numbered: dict[str, list[Charge]] = {}
    unread: list[Row] = []
    others: list[Charge] = []
    for charge in charges:
        if charge.number and charge.problem:
            unread.append(Row(BilledAs.UNREAD, charge.number, (charge.line,), why=(charge.problem,)))
        elif charge.number:
            numbered.setdefault(charge.number, []).append(charge)
        elif charge.amount:
            others.append(charge)
    return numbered, unread, others


def _kept(numbers: Sequence[str], deadline: float) -> dict[str, Kept]:
    """Return what is kept of each number: a real parcel before a test, a valid one before a voided one."""
    found: dict[str, Kept] = {}
    for part in in_parts(numbers):
        if monotonic() > deadline:
            raise UnreadableFile(_("The comparison takes too long: export a shorter period, or split the file."))
        for kept in _read(Shipment.objects.filter(tracking_pin__in=part).order_by()):
            if kept.number not in found or _counts(kept) > _counts(found[kept.number]):
                found[kept.number] = kept
    return found


def _read(shipments: Any) -> Iterator[Kept]:
    for values in shipments.values_list(*FIELDS).iterator():
        yield Kept(*values)


def _counts(kept: Kept) -> tuple[bool, bool, int, int]:
    return kept.live, not kept.taken_back, kept.revision, kept.pk


def _row(number: str, lines: Sequence[Charge], kept: Kept | None) -> Row:
    billed = sum((line.amount for line in lines), Decimal(0))
    found = _found(lines, billed, kept)
    own = kept if kept and kept.live else None
    why = tuple(_why(found, lines, kept))
    return Row(found, number, tuple(line.line for line in lines), billed, own, why)


def _found(lines: Sequence[Charge], billed: Decimal, kept: Kept | None) -> BilledAs:
    if kept is None or not kept.live:
        return BilledAs.UNKNOWN
    if billed < 0:
        return BilledAs.CREDITED
    if kept.taken_back:
        # Billed and credited: nothing is owed.
        return BilledAs.TAKEN_BACK if billed else BilledAs.SAME
    if kept.price == billed:
        return BilledAs.SAME
    if _stands_twice(lines):
        return BilledAs.TWICE
    return BilledAs.NO_PRICE if kept.price is None else BilledAs.OTHER_AMOUNT


def _stands_twice(lines: Sequence[Charge]) -> bool:
    """Say whether the largest of several amounts stands there more than once: surcharges are others and less."""
    amounts = Counter(line.amount for line in lines if line.amount > 0)
    return bool(amounts) and amounts[max(amounts)] > 1


def _why(found: BilledAs, lines: Sequence[Charge], kept: Kept | None) -> Iterator[str]:
    if len(lines) > 1:
        yield _("Lines added up: %(lines)s.") % {"lines": ", ".join(str(line.line) for line in lines[:10])}
    if kept is None:
        return
    if not kept.live:
        yield _("This is a test, which costs nothing.")
    if kept.taken_back and found in (BilledAs.TAKEN_BACK, BilledAs.CREDITED):
        yield _("Voided or refunded: %(state)s.") % {"state": ShipmentState(kept.state).label}
    weight = max((line.weight_kg for line in lines if line.weight_kg), default=None)
    if found != BilledAs.UNKNOWN and weight and abs(weight - kept.weight_kg) >= Decimal("0.005"):
        words = {"billed": kilograms_shown(round(weight, 3)), "kept": kilograms_shown(kept.weight_kg)}
        yield _("Billed for %(billed)s; the shop said %(kept)s.") % words


def _parcels_of(first: date | None, last: date | None) -> list[Kept]:
    """Return the real parcels that can be billed from these days on and are not voided, one more than MOST_PARCELS.

    The oldest come first.
    """
    if first is None or last is None:
        return []
    parcels = (
        Shipment.objects.annotate(billable_at=Coalesce("transmitted_at", "made_at"))
        .filter(billable_at__gte=begin_of(first), billable_at__lt=begin_of(last + timedelta(days=1)))
        .filter(delivery__live=True)
        .exclude(tracking_pin="")
        .exclude(state__in=OVER + BEING_TAKEN_BACK)
        .order_by("billable_at", "pk")
    )
    return list(islice(_read(parcels), MOST_PARCELS + 1))


def _not_billed(listed: Set[str], parcels: Sequence[Kept]) -> list[Row]:
    not_transmitted = _("It is not transmitted yet, as far as the shop knows.")
    return [
        Row(BilledAs.NOT_BILLED, kept.number, kept=kept, why=() if kept.transmitted_at else (not_transmitted,))
        for kept in parcels[:MOST_PARCELS]
        if kept.number not in listed
    ]
