"""The number of a parcel that another program shipped is found by its reference, and kept as if it were typed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.by_hand.finding_numbers import find_numbers
from deliver_to_po.models import Shipment
from deliver_to_po.shipping import Made, NotYet
from deliver_to_po.shipping.canadapost import CanadaPostShipping
from tests.factories import make_delivery, make_shipment
from tests.handoff.parcels_by_hand import SYSTEMS, reference, state_of
from tests.shipping.requests import asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def elsewhere(emulator: EmulatorServer, office: PostOffice) -> Callable[..., str]:
    """Return a function that lets another program ship a parcel under a reference; it returns its number."""

    def ship(named: str, *, seen: bool = True) -> str:
        request = asked(office=replace(asked().office, office_id=office.office_id), request_id=uuid4().hex)
        made = CanadaPostShipping("default", {}).create(replace(request, reference=named))
        assert isinstance(made, Made)
        if seen:
            emulator.move_parcel(made.tracking_number, "in_transit")
        return made.tracking_number

    return ship


@pytest.fixture(params=["portal", "webservices"])
def api(request: pytest.FixtureRequest, emulator: EmulatorServer, change_settings: Any) -> str:
    """Let the app speak one API after the other, and look for numbers."""
    change_settings(NUMBERS_BY_REFERENCE=True, CANADA_POST={"API": request.param}, SHIPPING_SYSTEMS=SYSTEMS)
    return str(request.param)


def handed(alias: str = "desk", **fields: Any) -> Shipment:
    """Return a parcel that somebody has shipped since yesterday, and named no number for."""
    values = {"state": ShipmentState.HANDED, "requested_at": timezone.now() - timedelta(days=1)}
    return make_shipment(make_delivery(), system=alias, **{**values, **fields})


@pytest.mark.usefixtures("api")
def test_the_only_parcel_of_a_reference_gives_its_number(elsewhere: Callable[..., str]) -> None:
    shipment, by_est = handed(), handed("est", state=ShipmentState.ATTENTION, reason=Reason.NOT_REPORTED)
    numbers = [elsewhere(reference(each)) for each in (shipment, by_est)]
    assert find_numbers() == 2
    assert [state_of(each) for each in (shipment, by_est)] == [(ShipmentState.DONE, number) for number in numbers]
    assert find_numbers() == 0


@pytest.mark.usefixtures("api")
def test_it_is_asked_for_from_the_day_before_the_parcel_was_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for: list[Any] = []

    def numbers_of(_system: CanadaPostShipping, *about: Any) -> list[str]:
        asked_for.append(about)
        return []

    monkeypatch.setattr(CanadaPostShipping, "numbers_of", numbers_of)
    shipment = handed(requested_at=timezone.now() - timedelta(days=3))
    find_numbers()
    assert asked_for == [(reference(shipment), shop_day() - timedelta(days=4), shop_day())]


@pytest.mark.usefixtures("api")
def test_of_none_or_several_none_is_taken_and_they_are_asked_for_twice_a_day(elsewhere: Callable[..., str]) -> None:
    unseen, twice = handed(), handed()
    elsewhere(reference(unseen), seen=False)
    for _ in range(2):
        elsewhere(reference(twice))
    assert find_numbers() == 2
    assert [state_of(each) for each in (unseen, twice)] == [(ShipmentState.HANDED, "")] * 2
    assert unseen.number_asked_at
    assert find_numbers() == 0
    long_ago = timezone.now() - timedelta(hours=13)
    Shipment.objects.filter(pk__in=(unseen.pk, twice.pk)).update(number_asked_at=long_ago)
    assert find_numbers() == 2


@pytest.mark.usefixtures("api")
def test_a_number_of_another_parcel_is_not_taken(elsewhere: Callable[..., str]) -> None:
    shipment = handed()
    number = elsewhere(reference(shipment))
    make_shipment(make_delivery(), state=ShipmentState.DONE, tracking_pin=number, own_tracking_pin=number)
    assert find_numbers() == 1
    assert state_of(shipment) == (ShipmentState.HANDED, "")


@pytest.mark.parametrize(
    "fields",
    [
        {"system": "default"},
        {"system": "broken"},
        {"shipment_id": "1", "tracking_pin": "1", "state": ShipmentState.DONE},
        {"requested_at": timezone.now()},
        {"requested_at": timezone.now() - timedelta(days=56)},
        {"state": ShipmentState.WAITING},
    ],
    ids=["Canada Post's own", "of a system that cannot be made", "known", "just handed", "long ago", "not handed"],
)
def test_nothing_else_is_asked_for(emulator: EmulatorServer, change_settings: Any, fields: dict[str, Any]) -> None:
    default = {"BACKEND": "deliver_to_po.shipping.canadapost.CanadaPostShipping"}
    systems = {"default": default, "broken": {"BACKEND": "no.such.System"}, **SYSTEMS}
    change_settings(NUMBERS_BY_REFERENCE=True, SHIPPING_SYSTEMS=systems)
    handed(**{"alias": fields.pop("system", "desk"), **fields})
    assert find_numbers() == 0
    assert "tracking_by_reference" not in emulator.calls


def test_it_is_off_until_the_shop_wants_it_and_a_pause_of_canada_posts_ends_the_round(
    change_settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[str] = []

    def not_now(_system: Any, named: str, *_days: Any) -> NotYet:
        asked_for.append(named)
        return NotYet(reason=Reason.THROTTLED)

    monkeypatch.setattr(CanadaPostShipping, "numbers_of", not_now)
    change_settings(SHIPPING_SYSTEMS=SYSTEMS)
    first, second = handed(), handed()
    assert (find_numbers(), asked_for) == (0, [])
    change_settings(NUMBERS_BY_REFERENCE=True, SHIPPING_SYSTEMS=SYSTEMS)
    assert (find_numbers(), asked_for) == (0, [reference(first)])
    # The next round begins with the other one.
    assert (find_numbers(), asked_for) == (0, [reference(first), reference(second)])
