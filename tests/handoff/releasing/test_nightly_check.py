"""The nightly check of open orders: what has closed, what is open again, and one question for each office."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from deliver_to_po.canadapost.errors import Unavailable
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.core.choices import Change, DeliveryState, OfficeCheck, Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.releasing import nightly_check
from deliver_to_po.handoff.releasing.nightly_check import check_open_orders
from deliver_to_po.models import Delivery
from deliver_to_po.offices.check import CheckAnswer
from tests.factories import going_to, make_delivery, make_order

pytestmark = pytest.mark.django_db
# Long before whatever else a test finds was checked.
NIGHT = datetime(2026, 1, 15, 3, 0, tzinfo=ZoneInfo("America/Toronto"))
WAITING: dict[str, Any] = {"release_asked_at": None, "released_at": None}
LONG_AGO = NIGHT - timedelta(days=2)


@pytest.fixture(autouse=True)
def _at_night(emulator: EmulatorServer, nights: None) -> Any:
    with time_machine.travel(NIGHT, tick=False):
        yield


def at(office: PostOffice, **fields: Any) -> Delivery:
    """Return a delivery to ``office`` that was checked two days ago."""
    values: dict[str, Any] = {
        **going_to(office),
        "office_postal_code": office.postal_code,
        "office_checked_at": LONG_AGO,
        "order": make_order(),
    }
    return make_delivery(**{**values, **fields})


def stand(*deliveries: Delivery) -> list[tuple[str, str]]:
    for delivery in deliveries:
        delivery.refresh_from_db()
    return [(delivery.state, delivery.reason) for delivery in deliveries]


def searches(emulator: EmulatorServer) -> int:
    return emulator.calls["find_offices"]


def test_an_office_that_has_closed_is_to_be_chosen_anew(office: PostOffice, emulator: EmulatorServer) -> None:
    placed = [at(office, state=DeliveryState.PLACED, **WAITING) for _ in range(2)]
    emulator.state.close_office(office.office_id, "no_longer")
    assert check_open_orders() == 1
    assert stand(*placed) == [(DeliveryState.NEEDS_CHOICE, Reason.OFFICE_NO_LONGER)] * 2
    assert {delivery.office_check for delivery in placed} == {OfficeCheck.NO_LONGER}


def test_an_office_that_is_open_again_puts_its_deliveries_back(office: PostOffice) -> None:
    closed = {"state": DeliveryState.NEEDS_CHOICE, "reason": Reason.OFFICE_NO_LONGER}
    placed, released = at(office, **closed, **WAITING), at(office, **closed)
    not_checked = at(office, state=DeliveryState.PLACED, reason=Reason.OFFICE_NOT_CHECKED, **WAITING)
    held = at(office, state=DeliveryState.HELD, reason=Reason.SHOP_ERROR)
    check_open_orders()
    assert stand(not_checked, held) == [(DeliveryState.PLACED, ""), (DeliveryState.HELD, Reason.SHOP_ERROR)]
    assert stand(placed, released) == [(DeliveryState.PLACED, ""), (DeliveryState.RELEASED, "")]
    assert list(released.shipments.values_list("state", flat=True)) == [ShipmentState.WAITING]
    assert placed.history.filter(change=Change.REOPEN).count() == 1
    assert (placed.choice, placed.office_check) == (0, OfficeCheck.TAKES_PARCELS)


def test_each_office_is_asked_about_once_a_night(office: PostOffice, emulator: EmulatorServer) -> None:
    for _ in range(3):
        at(office, state=DeliveryState.PLACED, **WAITING)
    before = searches(emulator)
    assert (check_open_orders(), check_open_orders()) == (1, 0)
    cache.clear()
    assert check_open_orders() == 0
    assert searches(emulator) == before + 1


def test_by_day_nothing_is_asked(office: PostOffice) -> None:
    at(office, state=DeliveryState.PLACED, **WAITING)
    with time_machine.travel(NIGHT + timedelta(hours=9), tick=False):
        assert check_open_orders() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"state": DeliveryState.NEEDS_CHOICE, "reason": Reason.CHOICE_ERASED},
        {"state": DeliveryState.RELEASED},
        {"state": DeliveryState.CANCELLED},
        {"state": DeliveryState.PLACED, "live": True, **WAITING},
        {"state": DeliveryState.PLACED, "stop_asked_at": timezone.now(), **WAITING},
        {"state": DeliveryState.PLACED, "office_checked_at": NIGHT - timedelta(hours=5), **WAITING},
    ],
)
def test_nothing_is_asked_about(office: PostOffice, fields: dict[str, Any]) -> None:
    at(office, **fields)
    assert check_open_orders() == 0


def test_while_canada_post_is_away_everything_stays(office: PostOffice, emulator: EmulatorServer) -> None:
    emulator.faults.add("*", "500", count=None)
    placed = at(office, state=DeliveryState.PLACED, **WAITING)
    closed = at(office, state=DeliveryState.NEEDS_CHOICE, reason=Reason.OFFICE_GONE)
    assert check_open_orders() == 0
    assert stand(placed, closed) == [(DeliveryState.PLACED, ""), (DeliveryState.NEEDS_CHOICE, Reason.OFFICE_GONE)]
    assert placed.office_checked_at == LONG_AGO


@pytest.mark.parametrize("error", [None, Unavailable("find post offices")])
def test_an_office_that_can_never_be_judged_stops_no_other(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch, error: Unavailable | None
) -> None:
    odd, other = (at(replace(office, office_id=office_id), state=DeliveryState.PLACED, **WAITING) for office_id in "12")

    def asked(about: PostOffice, language: str, *, background: bool) -> CheckAnswer:
        assert background
        judged = about.office_id == "2"
        return CheckAnswer(OfficeCheck.GONE) if judged else CheckAnswer(OfficeCheck.COULD_NOT_ASK, error)

    monkeypatch.setattr(nightly_check, "ask_about", asked)
    assert check_open_orders() == (0 if error else 2)
    with time_machine.travel(NIGHT + timedelta(seconds=nightly_check.EVERY_SECONDS + 1), tick=False):
        check_open_orders()
    assert stand(odd, other) == [(DeliveryState.PLACED, ""), (DeliveryState.NEEDS_CHOICE, Reason.OFFICE_GONE)]
    assert odd.office_checked_at == LONG_AGO


def test_what_is_on_hold_stays_on_hold(office: PostOffice, emulator: EmulatorServer) -> None:
    held = at(office, state=DeliveryState.HELD, reason=Reason.ON_HOLD, **WAITING)
    emulator.state.close_office(office.office_id, "gone")
    check_open_orders()
    assert stand(held) == [(DeliveryState.HELD, Reason.ON_HOLD)]
    assert held.office_check == OfficeCheck.GONE
