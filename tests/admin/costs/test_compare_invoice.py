"""Canada Post's invoice against the prices kept: each parcel told apart, by few statements, and nothing stored."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deliver_to_po.admin.costs.compare_invoice import BilledAs, compare
from deliver_to_po.admin.costs.invoice_file import Charge
from deliver_to_po.canadapost.identifiers import tracking_number
from deliver_to_po.core import in_parts
from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.models import Shipment
from deliver_to_po.shipping.files.table_file import UnreadableFile
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db
ZONE = timezone.get_default_timezone()
NOVEMBER = datetime(2026, 11, 3, 12, tzinfo=ZONE)


def number(sequence: int) -> str:
    return tracking_number("7023210", sequence)


def parcel(sequence: int, price: str | None = "11.30", *, live: bool = True, **fields: Any) -> Shipment:
    """Return a parcel of a real delivery to Ontario, transmitted on November 3."""
    values: dict[str, Any] = {
        "state": ShipmentState.DONE,
        "tracking_pin": number(sequence),
        "price": None if price is None else Decimal(price),
        "made_at": NOVEMBER,
        "transmitted_at": NOVEMBER,
    }
    delivery = fields.pop("delivery", None) or make_delivery(live=live, reference=f"ORD-{sequence}")
    return make_shipment(delivery, **{**values, **fields})


def found(*lines: tuple[int, str], weight: str | None = None) -> list[tuple[BilledAs, str]]:
    """Return what came of an invoice with these numbers and amounts: of each what, and why."""
    weight_kg = None if weight is None else Decimal(weight)
    billed = [Charge(at, number(which), Decimal(amount), weight_kg) for at, (which, amount) in enumerate(lines, 2)]
    return [(row.found, " ".join(row.why)) for row in compare(billed).rows]


# The shop's parcels, the numbers and amounts of an invoice, and what comes of each: what, and why.
CASES: Mapping[str, tuple[list[dict[str, Any]], list[tuple[int, str]], list[tuple[BilledAs, str]]]] = {
    "agrees or not": (
        [{"sequence": 1}, {"sequence": 2}],
        [(1, "11.30"), (2, "15.00")],
        [(BilledAs.SAME, ""), (BilledAs.OTHER_AMOUNT, "")],
    ),
    "added up": ([{"sequence": 1}], [(1, "9.00"), (1, "2.30")], [(BilledAs.SAME, "Lines added up: 2, 3.")]),
    "billed twice": (
        [{"sequence": 1}],
        [(1, "11.30"), (1, "0.50"), (1, "11.30")],
        [(BilledAs.TWICE, "Lines added up: 2, 3, 4.")],
    ),
    "equal surcharges": (
        [{"sequence": 1}],
        [(1, "11.30"), (1, "0.50"), (1, "0.50")],
        [(BilledAs.OTHER_AMOUNT, "Lines added up: 2, 3, 4.")],
    ),
    "not known, or of a test": (
        [{"sequence": 2, "live": False}],
        [(1, "11.30"), (2, "11.30")],
        [(BilledAs.UNKNOWN, ""), (BilledAs.UNKNOWN, "This is a test, which costs nothing.")],
    ),
    "real before a test": (
        [{"price": "99.00", "live": False}, {"price": "11.30"}, {"price": "98.00", "live": False}],
        [(1, "11.30")],
        [(BilledAs.SAME, "")],
    ),
    "without a price": ([{"price": None}], [(1, "11.30")], [(BilledAs.NO_PRICE, "")]),
}


@pytest.mark.parametrize("case", CASES)
def test_each_number_of_an_invoice_is_told_apart(case: str) -> None:
    parcels, lines, expected = CASES[case]
    for fields in parcels:
        parcel(**{"sequence": 1, **fields})
    assert found(*lines) == expected


def test_another_weight_is_named_where_the_invoice_has_it() -> None:
    parcel(1)
    assert found((1, "15.00"), weight="2.400") == [
        (BilledAs.OTHER_AMOUNT, "Billed for 2.4 kg; the shop said 1.25 kg."),
    ]
    assert found((1, "15.00"), weight="1.25") == [(BilledAs.OTHER_AMOUNT, "")]


@pytest.mark.parametrize("state", [ShipmentState.VOIDED, ShipmentState.REFUND_ASKED, ShipmentState.VOIDING])
def test_what_is_taken_back_and_billed_is_told_until_it_is_credited(state: ShipmentState) -> None:
    parcel(1, state=state)
    [(what, why)] = found((1, "11.30"))
    assert what == BilledAs.TAKEN_BACK
    assert str(state.label) in why
    assert [what for what, _why in found((1, "11.30"), (1, "-11.30"))] == [BilledAs.SAME]


@pytest.mark.parametrize("state", [ShipmentState.VOIDED, ShipmentState.DONE])
def test_a_credit_on_a_later_invoice_is_no_bill_and_nothing_is_owed_beside_it(state: ShipmentState) -> None:
    parcel(1, state=state)
    [row] = compare([Charge(2, number(1), Decimal("-11.30"))]).rows
    assert (row.found, row.price, row.difference) == (BilledAs.CREDITED, None, Decimal("-11.30"))


def test_a_revision_that_stands_counts_before_one_that_was_taken_back_with_the_same_number() -> None:
    first = parcel(1, state=ShipmentState.VOIDED)
    parcel(1, "15.00", delivery=first.delivery, revision=2)
    assert found((1, "15.00")) == [(BilledAs.SAME, "")]


def test_a_real_parcel_that_was_taken_back_counts_before_a_test_with_the_same_number() -> None:
    parcel(1, state=ShipmentState.VOIDED)
    parcel(1, live=False)
    assert [what for what, _why in found((1, "11.30"))] == [BilledAs.TAKEN_BACK]


def test_real_parcels_of_these_days_that_are_not_billed_are_named() -> None:
    later = NOVEMBER + timedelta(days=4)
    parcel(1)
    parcel(2, transmitted_at=later, made_at=later)
    missing = parcel(3, transmitted_at=NOVEMBER + timedelta(days=1))
    waiting = parcel(4, transmitted_at=None, made_at=NOVEMBER + timedelta(days=2), state=ShipmentState.LABELLED)
    # None of these is missed.
    parcel(5, transmitted_at=later + timedelta(days=1))
    parcel(6, transmitted_at=NOVEMBER - timedelta(days=1))
    parcel(7, live=False)
    parcel(8, state=ShipmentState.VOIDED)
    parcel(9, state=ShipmentState.VOIDING)
    make_shipment(make_delivery(live=True))
    came_of_it = compare([Charge(2, number(1), Decimal("11.30")), Charge(3, number(2), Decimal("11.30"))])
    assert (came_of_it.first, came_of_it.last) == (date(2026, 11, 3), date(2026, 11, 7))
    assert [(row.kept and row.kept.pk, row.why) for row in came_of_it.by_kind[BilledAs.NOT_BILLED]] == [
        (missing.pk, ()),
        (waiting.pk, ("It is not transmitted yet, as far as the shop knows.",)),
    ]


def test_a_parcel_whose_line_cannot_be_read_is_not_called_unbilled() -> None:
    for sequence in (1, 2):
        parcel(sequence)
    lines = [Charge(2, number(1), Decimal("11.30")), Charge(3, number(2), Decimal(0), problem="n/a")]
    assert [row.found for row in compare(lines).rows] == [BilledAs.SAME, BilledAs.UNREAD]


def test_a_day_ends_at_midnight_in_the_shop() -> None:
    parcel(1)
    last = parcel(2, transmitted_at=datetime(2026, 11, 3, 23, 59, tzinfo=ZONE))
    parcel(3, transmitted_at=datetime(2026, 11, 4, 0, 0, tzinfo=ZONE))
    missing = compare([Charge(2, number(1), Decimal("11.30"))]).by_kind[BilledAs.NOT_BILLED]
    assert [row.number for row in missing] == [last.tracking_pin]


def test_days_that_a_clerk_names_count_before_those_of_the_invoice() -> None:
    parcel(1)
    parcel(2, transmitted_at=NOVEMBER - timedelta(days=2))
    days = (date(2026, 11, 1), date(2026, 11, 2))
    missing = compare([Charge(2, number(1), Decimal("11.30"))], *days).by_kind[BilledAs.NOT_BILLED]
    assert [row.number for row in missing] == [number(2)]


def test_ten_times_the_lines_need_no_more_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    for sequence in range(1, 31):
        parcel(sequence)

    def statements(lines: int) -> int:
        billed = [Charge(at, number(at), Decimal("11.30")) for at in range(1, lines + 1)]
        with CaptureQueriesContext(connection) as asked:
            assert len(compare(billed).by_kind[BilledAs.SAME]) == min(lines, 30)
        return len(asked)

    assert statements(3) == statements(30) == 2
    monkeypatch.setattr(in_parts, "AT_A_TIME", 10)
    assert statements(30) == 4


def test_a_comparison_that_takes_too_long_ends_with_what_to_do() -> None:
    with pytest.raises(UnreadableFile, match="takes too long: export a shorter period"):
        compare([Charge(2, number(1), Decimal(1))], seconds=-1)
