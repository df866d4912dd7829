"""What a service takes: asked at night over either API, kept, and never looser than what is documented."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from deliver_to_po.adapter import Service
from deliver_to_po.canadapost.types import ServiceDetails
from deliver_to_po.core.conf import APIS
from deliver_to_po.emulator.portal import rating as portal_rating
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.emulator.webservices import rating as xml_rating
from deliver_to_po.errors import NotMailable
from deliver_to_po.offer import limits
from deliver_to_po.offer.limits import DOCUMENTED, NOTICED_WITHIN, Limits, believable, fetch_limits, kept_limits
from deliver_to_po.offer.mailable import refuse_unmailable
from deliver_to_po.offer.offers import withdrawn
from deliver_to_po.shop import offers
from tests.factories import PARCEL

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("cache_of_this_process", "emulator", "nights", "shop_says"),
]

CART = object()
NIGHT, DAY = "2026-11-25T03:00:00-05:00", "2026-11-25T12:00:00-05:00"
EVERY = dict.fromkeys(Service, Limits(Decimal(25), Decimal(150), Decimal(260)))


@pytest.fixture
def tighter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Canada Post take less than is documented."""
    for module in (portal_rating, xml_rating):
        monkeypatch.setattr(module, "HEAVIEST_KG", 25)
        monkeypatch.setattr(module, "LONGEST_SIDE_CM", 150)
        monkeypatch.setattr(module, "LARGEST_LENGTH_AND_GIRTH_CM", 260)


def fetch_at(moment: str) -> int:
    with time_machine.travel(moment, tick=False):
        return fetch_limits()


@pytest.mark.parametrize("api", APIS)
@pytest.mark.usefixtures("tighter")
def test_what_each_service_takes_is_asked_once_a_night_over_either_api(
    api: str, emulator: EmulatorServer, change_settings: Any
) -> None:
    change_settings(CANADA_POST={"API": api})
    assert [fetch_at(DAY), fetch_at(NIGHT), fetch_at(NIGHT)] == [0, len(Service), 0]
    with time_machine.travel(NIGHT, tick=False):
        assert kept_limits() == EVERY
    assert emulator.calls["service"] == len(Service)


@pytest.mark.usefixtures("tighter")
def test_a_parcel_above_what_is_kept_is_not_offered_and_no_list_asks(emulator: EmulatorServer, shop_says: Any) -> None:
    shop_says(parcels=[replace(PARCEL, weight_kg=Decimal("25.5"))])
    with time_machine.travel(NIGHT, tick=False):
        assert all(offer.available for offer in offers(CART, "K1A0B1"))
        assert "service" not in emulator.calls
        fetch_limits()
        assert {offer.reason for offer in offers(CART, "K1A0B1")} == {
            "A parcel in your order is too heavy: post offices accept parcels of up to 25 kg."
        }
        with pytest.raises(NotMailable, match="up to 25 kg"):
            refuse_unmailable(CART)


@pytest.mark.usefixtures("tighter")
def test_what_another_process_keeps_is_noticed_within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(NIGHT, tick=False) as clock:
        assert kept_limits() == dict.fromkeys(Service, DOCUMENTED)
        with monkeypatch.context() as elsewhere:
            elsewhere.setattr(limits, "_look_again", lambda: None)
            fetch_limits()
        assert kept_limits() == dict.fromkeys(Service, DOCUMENTED)
        clock.shift(NOTICED_WITHIN)
        assert kept_limits() == EVERY


def test_a_service_that_takes_less_is_refused_and_the_other_one_offered(
    emulator: EmulatorServer, shop_says: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop_says(parcels=[replace(PARCEL, weight_kg=Decimal("25.5"))])
    each = {Service.EXPEDITED_PARCEL: DOCUMENTED, Service.XPRESSPOST: DOCUMENTED._replace(weight_kg=Decimal(22))}
    monkeypatch.setattr("deliver_to_po.offer.mailable.kept_limits", lambda: each)
    assert [offer.available for offer in offers(CART, "K1A0B1")] == [True, False]
    for services in (list(each), [*each][::-1]):
        shop_says(services=services)
        refuse_unmailable(CART)
        assert withdrawn(CART) == ""
    shop_says(services=[Service.XPRESSPOST])
    assert withdrawn(CART) == "A parcel in your order is too heavy: post offices accept parcels of up to 22 kg."
    # What weighs just as much as is taken goes.
    shop_says(parcels=[replace(PARCEL, weight_kg=Decimal(22))], services=list(each))
    assert [offer.available for offer in offers(CART, "K1A0B1")] == [True, True]


@pytest.mark.usefixtures("tighter")
@pytest.mark.parametrize("fault", ["500", "401"])
def test_in_an_outage_what_is_kept_stays_for_a_week_and_the_next_night_asks_again(
    fault: str, emulator: EmulatorServer
) -> None:
    fetch_at(NIGHT)
    emulator.faults.add("service", fault, count=None)
    assert fetch_at("2026-11-28T03:00:00-05:00") == 0
    with time_machine.travel("2026-11-28T03:30:00-05:00", tick=False):
        assert kept_limits() == EVERY
    with time_machine.travel("2026-12-03T03:00:00-05:00", tick=False):
        assert kept_limits() == dict.fromkeys(Service, DOCUMENTED)
    assert fetch_at("2026-12-03T03:00:00-05:00") == 0
    emulator.faults.clear()
    assert fetch_at("2026-12-03T03:30:00-05:00") == len(Service)


@pytest.mark.parametrize("nonsense", [None, "0", "-1", "0.03", "1E+9", "NaN", "Infinity", "-Infinity"])
def test_nonsense_leaves_the_documented_limits(nonsense: str | None) -> None:
    number = None if nonsense is None else Decimal(nonsense)
    assert believable(ServiceDetails("DOM.EP", number, number, number)) == DOCUMENTED


def test_no_answer_loosens_the_limits_of_deliver_to_post_office() -> None:
    named = ServiceDetails("DOM.EP", Decimal("30.5"), Decimal(250), Decimal(299))
    assert believable(named) == Limits(Decimal(30), Decimal(200), Decimal(299))
