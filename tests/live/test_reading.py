"""What Canada Post itself answers can be read. Nothing is made, and nothing costs money.

Run with ``D2PO_LIVE_CLIENT_ID``, ``…_CLIENT_SECRET`` (or ``…_USERNAME``, ``…_PASSWORD``), ``…_CUSTOMER_NUMBER`` and
``…_CONTRACT_ID`` in the environment; ``…_BASE_URL`` only for another address than Canada Post's own.
"""

import uuid
from decimal import Decimal

import pytest

from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.errors import NotFound
from deliver_to_po.canadapost.identifiers import comparable_office_id, tracking_number
from deliver_to_po.canadapost.types import NearCoordinates, NearPostalCode, Parcel, RateRequest, Service

NEVER_USED = 99999999
OTTAWA = NearPostalCode("K1A0B1")
PARCEL = Parcel(Decimal(1), Decimal(30), Decimal(20), Decimal(10))


def test_offices_near_a_postal_code_are_nearest_first(live: CanadaPost) -> None:
    offices = live.find_offices(OTTAWA, maximum=10)
    distances = [office.distance_km for office in offices if office.distance_km is not None]
    assert 1 <= len(offices) <= 10
    assert distances == sorted(distances)


def test_an_office_is_found_again_at_its_own_place(live: CanadaPost) -> None:
    office = live.find_offices(OTTAWA, maximum=1)[0]
    assert office.coordinates is not None
    nearest = live.find_offices(NearCoordinates(office.coordinates), maximum=10)
    assert comparable_office_id(office.office_id) in {comparable_office_id(found.office_id) for found in nearest}


def test_an_office_has_hours(live: CanadaPost) -> None:
    office = live.find_offices(OTTAWA, maximum=1)[0]
    hours = live.office(office.office_id).hours
    assert hours is not None
    assert hours.days


def test_an_office_that_does_not_exist_is_not_found(live: CanadaPost) -> None:
    with pytest.raises(NotFound):
        live.office("9999999999")


def test_the_option_is_offered_and_goes_with_a_signature(live: CanadaPost) -> None:
    option = live.option("D2PO")
    assert "SO" not in option.conflicts
    assert "LAD" in option.conflicts


def test_there_is_a_price_to_a_post_office(live: CanadaPost) -> None:
    rates = live.rates(RateRequest("K1A0B1", "H2X1Y4", PARCEL))
    assert {rate.service for rate in rates} == {service.value for service in Service}
    assert all(rate.due >= rate.base > 0 for rate in rates)


def test_an_account_with_a_contract_may_ask_for_its_groups(live: CanadaPost) -> None:
    if live.capabilities.manifests:
        assert isinstance(live.groups(), list)


def test_a_search_for_what_was_never_made_is_understood_and_finds_nothing(live: CanadaPost) -> None:
    assert list(live.find_shipments(uuid.uuid4().hex)) == []


def test_a_parcel_that_was_never_sent_was_not_seen(live: CanadaPost) -> None:
    pin = tracking_number(live.account.customer_number, NEVER_USED)
    assert live.tracking_details(pin).events == ()


def test_announced_outages_can_be_read(live: CanadaPost) -> None:
    if live.capabilities.outages:
        assert all(outage.starts_at < outage.ends_at for outage in live.outages())
    else:
        assert not live.capabilities.manifests
