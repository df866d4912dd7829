"""What Canada Post is asked about a cart: each kind of parcel once, and nothing if too much is open."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.models import Delivery
from deliver_to_po.offer.mailable import mailing_of
from deliver_to_po.offer.question import MOST_KINDS, Destination, Question, fingerprint_of, questions_about
from tests.factories import PARCEL, SENDER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cache_of_this_process")]
CART = object()
HALIFAX = Destination("B3H4R2", "NS", exact=True)


def question(to: Destination = HALIFAX) -> Question:
    [asked] = questions_about(CART, mailing_of(CART), [to])
    return asked


@pytest.mark.parametrize(
    ("near", "destination"),
    [
        ("h2x 1y4", Destination("H2X1Y4", "", exact=False)),
        (Delivery(office_id="1", office_postal_code="B3H 4R2", office_province="NS"), HALIFAX),
        (PostOffice("1", "", "", "", "", "NS", "B3H 4R2"), HALIFAX),
        *(
            (wrong, Destination("", "", exact=False))
            for wrong in ("", "K1A", "90210", "x" * 10_000, None, 5, b"K1A0B1")
        ),
    ],
)
def test_a_place_is_a_postal_code_or_a_chosen_office(near: object, destination: Destination) -> None:
    assert Destination.of(near) == destination


def test_each_kind_of_parcel_is_asked_about_once(shop_says: Any) -> None:
    heavier = replace(PARCEL, weight_kg=Decimal("2.25"))
    shop_says(parcels=[PARCEL, heavier, PARCEL])
    asked = question()
    assert [(request.parcel, count) for request, count in asked.requests] == [(PARCEL, 2), (heavier, 1)]
    assert {request.options[0].code for request, _ in asked.requests} == {"D2PO"}


@pytest.mark.parametrize(
    ("answers", "to"),
    [
        ({"parcels": [replace(PARCEL, weight_kg=Decimal(n)) for n in range(1, MOST_KINDS + 2)]}, HALIFAX),
        ({"ship_from": None}, HALIFAX),
        ({"ship_from": replace(SENDER, address=replace(SENDER.address, postal_code="nowhere"))}, HALIFAX),
        ({}, Destination("", "", exact=False)),
    ],
)
def test_where_too_much_is_open_nothing_is_asked(answers: dict[str, Any], to: Destination, shop_says: Any) -> None:
    shop_says(**answers)
    assert question(to) == Question()


def test_a_shop_that_cannot_say_when_the_cart_is_ready_is_told_no_day(shop_says: Any) -> None:
    assert question().tells_day
    shop_says(handling_days="soon")
    assert question().requests
    assert not question().tells_day


def test_a_fingerprint_changes_with_what_is_mailed_and_whither(shop_says: Any) -> None:
    first = fingerprint_of(CART, "K1A0B1")
    assert fingerprint_of(object(), "k1a 0b1") == first
    elsewhere = fingerprint_of(CART, "B3H4R2")
    shop_says(parcels=[PARCEL, PARCEL])
    more = fingerprint_of(CART, "K1A0B1")
    shop_says(parcels=None)
    assert len({first, elsewhere, more, fingerprint_of(CART, "K1A0B1")}) == 4


def test_the_cart_is_mailed_on_the_day_of_the_zone_that_the_shop_names(late_in_vancouver: date, shop_says: Any) -> None:
    shop_says(handling_days=0)
    assert {request.mailing_date for request, _count in question().requests} == {late_in_vancouver}
