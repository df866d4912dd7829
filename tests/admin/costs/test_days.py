"""How long parcels took, against what was promised, and what became of them: on the page of figures."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.admin.costs.days import Ways
from deliver_to_po.admin.costs.days_told import finding, line
from deliver_to_po.core.choices import ParcelState, ShipmentState
from deliver_to_po.models import Tracking
from tests.factories import make_delivery, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tracking_on")]
PAGE = "admin:deliver_to_po_costs"
P = ParcelState


def went(
    month: int, state: ParcelState, *, promised: int | None = 4, ready: int | None, picked_up: int = 0, **fields: Any
) -> None:
    """Make a real parcel that was mailed on the third of a month of 2026 and took so many days."""
    mailed_on = date(2026, month, 3)
    day = None if promised is None else (mailed_on + timedelta(days=promised)).isoformat()
    office = fields.pop("office", "Comptoir du Coin")
    same = {"office_name": office, "office_id": f"{len(office):010}"}
    delivery = make_delivery(live=fields.pop("live", True), quote={"expected_from": day}, **same, **fields)
    made_at = datetime(2026, month, 3, 12, tzinfo=timezone.get_default_timezone())
    shipment = make_shipment(
        delivery, state=ShipmentState.DONE, made_at=made_at, mailing_date=mailed_on, price=None, **same
    )
    ready_on = None if ready is None else mailed_on + timedelta(days=ready)
    on = ready_on and ready_on + timedelta(days=picked_up)
    Tracking.objects.create(shipment=shipment, state=state, ready_on=ready_on, on=on)


def test_promised_stands_beside_kept_with_days_to_pick_up_and_what_came_back(client: Client) -> None:
    went(11, P.COLLECTED, ready=4, picked_up=2)
    went(11, P.COLLECTED, ready=5, picked_up=6)
    went(11, P.RETURNED, ready=3)
    went(11, P.RETURNING, ready=None)
    # Another post office was chosen, or no day was promised.
    went(11, P.READY, ready=9, choice=1)
    went(11, P.READY, ready=9, promised=None)
    went(10, P.COLLECTED, ready=4, picked_up=1)
    went(10, P.COLLECTED, ready=1, live=False)
    shown = client.get(reverse(PAGE)).context["days"]
    november, october = shown["months"]
    assert (november.name, november.parcels, november.kept, november.days) == ("November 2026", "6", "67%", "4 / 9")
    assert (november.pick_up, november.returned, november.uncollected, november.late) == ("2", "2", "1", True)
    assert (october.parcels, october.kept, october.days, october.late) == ("1", "100%", "4 / 4", False)
    assert (shown["total"].name, shown["total"].parcels, shown["total"].kept) == ("2 months", "7", "75%")
    assert [tile.number for tile in shown["tiles"]] == ["75%", "2", "29%"]
    assert shown["tiles"][2].says == "2 of 7 parcels; not picked up: 1"
    assert [(bar.name, bar.difference, bar.less) for bar in shown["plot"].bars] == [
        ("Oct.", "0", False),
        ("Nov.", "−5", True),
    ]
    assert shown["finding"] == "9 of 10 parcels were ready on the promised day, except in November 2026"


def test_a_post_office_with_few_parcels_is_shown_only_if_that_is_asked_for(client: Client) -> None:
    for _ in range(20):
        went(11, P.COLLECTED, ready=4, picked_up=1, office="Often")
    went(11, P.RETURNED, ready=9, office="Seldom")
    page = client.get(reverse(PAGE))
    assert [(row.name, row.parcels, row.kept) for row in page.context["days"]["offices"]] == [
        ("Often, Ottawa", "20", "100%")
    ]
    assert "1 post office with too few parcels" in page.content.decode()
    every = client.get(reverse(PAGE), {"few": "1"}).context["days"]
    assert [row.name for row in every["offices"]] == ["Often, Ottawa", "Seldom, Ottawa"]
    assert every["few"] == ""


@pytest.mark.usefixtures("cache_of_this_process")
def test_all_of_it_takes_a_few_statements_once_in_ten_minutes_and_nothing_without_tracking(
    client: Client, change_settings: Any
) -> None:
    went(11, P.COLLECTED, ready=4, picked_up=1)
    with CaptureQueriesContext(connection) as first:
        client.get(reverse(PAGE), {"few": "1"})
    with CaptureQueriesContext(connection) as again:
        client.get(reverse(PAGE), {"few": "1"})
    assert len(first) - len(again) == 5
    change_settings(TRACKING=False)
    assert client.get(reverse(PAGE)).context["days"] is None


def test_the_heading_says_what_the_days_do() -> None:
    def found(*kept: int) -> str:
        return finding({date(2026, n, 1): Ways(promised=10, kept=each) for n, each in enumerate(kept, 1)})

    assert found(9, 10) == "In every month, 9 of 10 parcels were ready on the promised day"
    assert found(8) == "In every month, fewer than 9 of 10 parcels were ready on the promised day"
    assert found(9, 8, 9) == "9 of 10 parcels were ready on the promised day, except in February 2026"
    assert found(*[8] * 5, 9).startswith("In 5 of 6 months, fewer than 9 of 10")
    assert finding({date(2026, 1, 1): Ways(parcels=3)}).endswith("no day was promised for any of them")


def test_where_nothing_is_known_a_dash_stands() -> None:
    none = line("x", Ways(parcels=2))
    assert (none.kept, none.days, none.pick_up, none.late) == ("–", "– / –", "–", False)
    assert line("x", Ways(to_ready=Counter({3: 1}))).days == "– / 3"
