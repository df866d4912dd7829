"""Figures: charged to buyers against paid to Canada Post, by month, as a plot, in sum and as a file."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from deliver_to_po.admin.costs.figures import Sums
from deliver_to_po.admin.costs.figures_page import finding
from deliver_to_po.admin.costs.plot import plot_of
from deliver_to_po.admin.who_opened import labels_opened
from deliver_to_po.core.choices import DeliveryState, Reason, ShipmentState
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db
PAGE = "admin:deliver_to_po_costs"


def made(month: int, charged: str | None, paid: str | None, **fields: Any) -> Any:
    """Return the shipment of a real order that was made in a month of 2026."""
    at = datetime(2026, month, 3, 12, tzinfo=timezone.get_default_timezone())
    price = None if charged is None else Decimal(charged)
    delivery = fields.pop("delivery", None) or make_delivery(live=True, price=price)
    cost = None if paid is None else Decimal(paid)
    return make_shipment(delivery, made_at=at, price=cost, **{"state": ShipmentState.LABELLED, **fields})


def charged_in_the_file(client: Client) -> list[str]:
    answer: Any = client.get(reverse(PAGE), {"csv": "1"})
    rows = b"".join(answer.streaming_content).decode().splitlines()[1:]
    return [row.split(",")[5] for row in rows]


def test_what_was_charged_stands_beside_what_was_paid_by_month_and_in_sum(client: Client) -> None:
    first = made(11, "12.00", "10.05", state=ShipmentState.VOIDED)
    made(11, None, "10.05", delivery=first.delivery, revision=2)
    # A second box is paid for, and its order charged once.
    made(11, None, "3.00", delivery=first.delivery, parcel=2)
    made(9, None, None)
    made(9, "5.00", "7.50")
    make_shipment(make_delivery(), state=ShipmentState.LABELLED, made_at=timezone.now(), price=Decimal(99))
    shown = client.get(reverse(PAGE)).context
    november, october, september = shown["months"]
    assert (november.name, november.parcels, november.charged, november.paid) == (
        "November 2026",
        "2",
        "$12.00",
        "$13.05",
    )
    assert (november.difference, november.each, november.taken_back) == ("−$1.05", "−$0.52", "1 ($10.05)")
    assert (october.parcels, october.each) == ("0", "")
    assert (september.difference, september.unknown) == ("−$2.50", "1 without a price paid, 1 without a charge")
    assert (shown["total"].name, shown["total"].difference) == ("3 months", "−$3.55")
    assert shown["finding"] == "Labels cost more than buyers paid, in every month"


def test_what_the_shop_has_charged_goes_before_the_price_that_was_shown(client: Client) -> None:
    made(11, None, "10.05", delivery=make_delivery(live=True, charge=Decimal(5)))
    made(11, None, "10.05", delivery=make_delivery(live=True, price=Decimal(12), charge=Decimal(0)))
    [november] = client.get(reverse(PAGE)).context["months"]
    assert (november.charged, november.unknown) == ("$5.00", "")
    assert charged_in_the_file(client) == ["5.00", "0.00"]


def test_months_are_chosen_and_their_parcels_saved_without_a_persons_name(client: Client) -> None:
    made(11, "12.00", "10.05")
    made(11, "9.00", "8.00", service="DOM.XP")
    made(10, "5.00", "7.50", state=ShipmentState.VOIDED)
    made(9, "1.00", "1.00")
    chosen = {"from": "2026-10", "to": "2026-10"}
    assert [row.name for row in client.get(reverse(PAGE), chosen).context["months"]] == ["October 2026"]
    since = client.get(reverse(PAGE), {"from": "2026-10"}).context
    assert [row.name for row in since["months"]] == ["November 2026", "October 2026"]
    assert [row.paid for row in since["services"]] == ["$10.05", "$8.00"]
    # What is no month of this shop's is the default.
    assert len(client.get(reverse(PAGE), {"from": "x" * 5000, "to": "1999-01"}).context["months"]) == 3
    answer = client.get(reverse(PAGE), {**chosen, "csv": "1"})
    heading, row = b"".join(answer).decode("utf-8-sig").splitlines()
    assert heading == "month,reference,parcel,service,post office,charged (CAD),paid (CAD),voided or refunded"
    assert row.startswith("2026-10,")
    assert row.endswith(",,7.50,yes")


def test_an_order_that_was_shipped_again_is_charged_once_in_its_first_month(client: Client) -> None:
    price, gone = {"live": True, "price": Decimal(12)}, {"state": DeliveryState.CANCELLED, "reason": Reason.REPLACED}
    sent = make_delivery(**price, **gone, released_at=timezone.now())
    made(9, None, "10.05", delivery=sent)
    made(10, None, "10.05", delivery=make_delivery(**price, replaces=sent))
    # For the former of this one nobody had chosen a post office, so that nothing of it was sent.
    never = {**gone, "live": True, "released_at": None}
    made(10, None, "10.05", delivery=make_delivery(**price, replaces=make_delivery(**never)))
    # Nor is a test an order that anybody was charged for.
    test = make_delivery(**{**price, **gone, "live": False}, released_at=timezone.now())
    made(10, None, "10.05", delivery=make_delivery(**price, replaces=test))
    shown = client.get(reverse(PAGE)).context
    assert [(month.parcels, month.charged) for month in shown["months"]] == [("3", "$24.00"), ("1", "$12.00")]
    assert charged_in_the_file(client) == ["12.00", "", "12.00", "12.00"]


@pytest.mark.parametrize(
    ("month", "former", "months", "charged"),
    [
        (10, {"open_parcel": None}, [("1", "$0.00"), ("1", "$12.00")], ["12.00", ""]),
        # It was lost at Canada Post, and never made.
        (9, {"state": ShipmentState.REFUSED}, [("1", "$12.00")], ["12.00"]),
    ],
)
def test_an_order_of_which_one_parcel_was_made_again_is_charged_once_in_its_first_month(
    client: Client, month: int, former: dict[str, Any], months: list[tuple[str, str]], charged: list[str]
) -> None:
    first = made(9, "12.00", "10.05", **former)
    made(month, None, "10.05", delivery=first.delivery, revision=2)
    shown = client.get(reverse(PAGE)).context["months"]
    assert [(row.parcels, row.charged) for row in shown] == months
    assert charged_in_the_file(client) == charged


@pytest.mark.usefixtures("cache_of_this_process")
def test_who_opened_labels_is_counted_and_all_of_it_is_asked_once_in_ten_minutes(
    client: Client, admin_user: User
) -> None:
    labels_opened([made(11, "12.00", "10.05"), made(11, "1.00", "1.00")], admin_user)
    shown = client.get(reverse(PAGE)).context
    assert list(shown["opened"]) == [(admin_user.username, 2)]
    made(11, "1.00", "1.00")
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(PAGE)).context["total"].parcels == "2"
    assert len(asked) <= 5
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert client.get(reverse(PAGE)).context["total"].parcels == "3"


def test_the_heading_says_what_the_numbers_do() -> None:
    def found(*differences: int) -> str:
        return finding(
            {date(2026, n, 1): Sums(1, Decimal(100 + each), 0, Decimal(100)) for n, each in enumerate(differences, 1)}
        )

    assert found(1, 0) == "Buyers paid what the labels cost, or more, in every month"
    assert found(1, -1, 2) == "Buyers paid what the labels cost, or more, except in February 2026"
    assert found(-1, 1, -2) == "Labels cost more than buyers paid, except in February 2026"
    assert found(*[1] * 6, *[-1] * 5).endswith("except in July 2026, August 2026, September 2026, October 2026 …")
    assert finding({date(2026, 1, 1): Sums(1, paid=Decimal(9))}).startswith("What labels cost")


def test_the_plot_is_drawn_in_per_cent_with_round_lines_in_either_language() -> None:
    months = [("Oct", Decimal(790), Decimal("762.40")), ("Nov", Decimal(0), Decimal(1200))]
    with translation.override("fr"):
        plot = plot_of(months)
    assert plot is not None
    assert [amount for _y, amount in plot.lines] == [
        "0\xa0$",
        "500\xa0$",
        "1\xa0000\xa0$",
        "1\xa0500\xa0$",
        "2\xa0000\xa0$",
    ]
    october, november = plot.bars
    assert (october.middle, october.difference, october.less) == ("25.00%", "+28", False)
    assert (november.middle, november.difference, november.first_height) == ("75.00%", "−1\xa0200", "0.0")
    assert (october.first_x, october.second_x) == ("16.85%", "25.15%")
    assert (october.first_y, october.second_y, october.above_y) == ("139.3", "141.7", "132.3")
    # As high as its part of the highest line.
    assert november.second_height == f"{(208 - 34) * 0.6:.1f}"
    assert plot_of([]) is None is plot_of([("Oct", Decimal(0), Decimal(0))])
    few = plot_of([("Oct", Decimal(40), Decimal(0))])
    assert few is not None
    assert [amount for _y, amount in few.lines] == ["$0", "$10", "$20", "$30", "$40"]


def test_a_shop_without_a_real_parcel_is_told_so(client: Client) -> None:
    page = client.get(reverse(PAGE)).content.decode()
    assert "No real parcel has been made yet." in page
