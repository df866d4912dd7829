"""For any cart the offers answer, and what they call available keeps the emulator's own rules."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliver_to_po.adapter import Parcel, Service, ShipmentOption
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.emulator.rules import too_large
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.host import asking
from deliver_to_po.shop import offers
from tests import strategies
from tests.factories import SENDER, make_request
from tests.strategies import WITH_A_SERVER, option_sets

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NUMBERS = st.one_of(
    st.decimals(allow_nan=True, allow_infinity=True),
    st.decimals("0.001", 400, places=3),
    st.floats(),
    st.floats(0.01, 250),
    st.integers(-5, 400),
    st.sampled_from([None, "", "1,25", "3.5", True, Decimal(30), Decimal("30.0001"), 200, "200.04", Decimal(0)]),
)
SMALL = st.one_of(NUMBERS, st.decimals("0.1", 40, places=1))
PARCELS = st.builds(Parcel, st.one_of(NUMBERS, st.decimals("0.01", 31, places=2)), NUMBERS, SMALL, SMALL)
OPTIONS = st.builds(
    ShipmentOption,
    st.sampled_from(["SO", "COV", "PA18", "PA19", "PA21", "HFP", "LAD", "DNS", "COD", "D2PO", "", "so", "\0"]),
    st.one_of(st.none(), NUMBERS, st.decimals("0.01", 5100, places=2)),
)
SERVICES = st.lists(st.sampled_from([*Service, "DOM.XP", "DOM.RP", "", None]), max_size=3)


@WITH_A_SERVER
@given(
    parcels=st.one_of(st.lists(PARCELS, max_size=3), st.sampled_from([None, 5, "x", [None]])),
    options=st.one_of(st.lists(OPTIONS, max_size=3), st.sampled_from([None, [5]])),
    services=st.one_of(st.just(list(Service)), SERVICES),
    near=st.one_of(st.text(max_size=50), st.sampled_from(["K1A0B1", "h2x 1y4"])),
)
def test_any_cart_is_answered(shop_says: Any, parcels: Any, options: Any, services: Any, near: str) -> None:
    shop_says(parcels=parcels, options=options, services=services)
    found = offers(object(), near)
    assert [offer.available for offer in found] == [not offer.reason for offer in found]


@WITH_A_SERVER
@given(parcel=st.one_of(PARCELS, strategies.parcels()), options=st.one_of(st.lists(OPTIONS, max_size=2), option_sets()))
def test_what_is_available_is_accepted(
    shop_says: Any, emulator: EmulatorServer, office: PostOffice, parcel: Parcel, options: Any
) -> None:
    shop_says(parcels=[parcel], options=options)

    for offer in offers(object(), "K1A0B1"):
        if offer.available:
            [asked] = asking.parcels_of(object())
            request = make_request(
                service=offer.service,
                office_id=office.office_id,
                sender=SENDER,
                parcel=asked,
                options=asking.options_of(object()),
            )
            assert canada_post().create_shipment(request).shipment_id


EDGES = [
    (Parcel(Decimal(30), Decimal(20), Decimal(20), Decimal(20)), True),
    (Parcel(Decimal("30.001"), Decimal(20), Decimal(20), Decimal(20)), False),
    (Parcel(Decimal(1), Decimal(200), Decimal(25), Decimal(25)), True),
    (Parcel(Decimal(1), Decimal(25), Decimal("200.1"), Decimal(10)), False),
    (Parcel(Decimal(1), Decimal(100), Decimal(50), Decimal(50)), True),
    (Parcel(Decimal(1), Decimal(100), Decimal(50), Decimal("50.1")), False),
]


@pytest.mark.parametrize(("parcel", "available"), EDGES)
def test_the_edges_are_the_emulators(parcel: Parcel, available: bool, shop_says: Any) -> None:
    shop_says(parcels=[parcel])
    assert {offer.available for offer in offers(object())} == {available}
    assert emulator_refuses(parcel) is not available


def emulator_refuses(parcel: Parcel) -> bool:
    """Ask the emulator itself, past the client, which would refuse by rules of its own."""

    sides = {"length": parcel.length_cm, "width": parcel.width_cm, "height": parcel.height_cm}
    return too_large({"weight": parcel.weight_kg, "dimensions": sides})


def test_a_parcel_that_breaks_no_rule_is_available_whatever_else_there_is(shop_says: Any) -> None:
    small = Parcel(Decimal(1), Decimal(20), Decimal(20), Decimal(20))
    shop_says(parcels=[small] * 999)
    assert {offer.available for offer in offers(object())} == {True}
    shop_says(parcels=[*[small] * 998, replace(small, weight_kg=Decimal(31))])
    assert {offer.available for offer in offers(object())} == {False}
