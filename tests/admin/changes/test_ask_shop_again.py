"""The parcels follow what the shop says of the order now; the page foretells it, also that the shop cannot say."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from deliver_to_po.admin.changes.ask_shop_again import FOLLOW
from deliver_to_po.models import Shipment
from tests.factories import PARCEL, make_delivery, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.order_model]
HEAVIER = replace(PARCEL, weight_kg=Decimal("7.5"))


@pytest.fixture
def shipment() -> Shipment:
    return make_shipment(state="labelled", due_at=None)


@pytest.mark.parametrize(
    ("parcels", "foretold"),
    [
        ([HEAVIER], ["Parcel 1 has a label: it will be voided, and a new one will be made."]),
        ([PARCEL, PARCEL], ["Parcel 2 is new: it will get a label of its own."]),
        ([], ["The shop names no parcels for this order."]),
        (lambda _: 1 / 0, ["The shop’s own code failed"]),
    ],
)
def test_it_is_offered_and_foretold_where_the_shop_says_something_else(
    shop_says: Any, shipment: Shipment, parcels: Any, foretold: Sequence[str]
) -> None:
    shop_says("parcels", parcels)
    assert FOLLOW.applies(shipment.delivery)
    told = FOLLOW.foretold(shipment.delivery)
    assert len(told) == len(foretold)
    assert all(words in sentence for words, sentence in zip(foretold, told, strict=True)), told


def test_a_parcel_that_the_shop_names_no_longer_is_said_to_be_taken_back_only(
    shop_says: Any, shipment: Shipment
) -> None:
    make_shipment(shipment.delivery, parcel=2, state="labelled", due_at=None)
    shop_says("parcels", [PARCEL])
    assert FOLLOW.foretold(shipment.delivery) == [
        "Parcel 2 has a label: it will be voided. Destroy the label if it has been printed."
    ]


def test_it_is_offered_before_a_parcel_is_released_and_not_where_the_shop_says_nothing_new(
    shop_says: Any, shipment: Shipment
) -> None:
    shop_says("parcels", [])
    assert FOLLOW.applies(make_delivery(state="placed"))
    shop_says("parcels", [PARCEL])
    assert not FOLLOW.applies(shipment.delivery)


def test_pressed_the_parcel_is_made_again_as_the_shop_says_now(
    shop_says: Any, shipment: Shipment, admin_user: User
) -> None:
    shop_says("parcels", [HEAVIER])
    outcome = FOLLOW.make(shipment.delivery, admin_user, {"note": "ask"})
    assert outcome is not None
    assert str(outcome.more).startswith("Saved: the old label is being voided")
    shipment.refresh_from_db()
    assert shipment.change_asked_at is not None or shipment.state == "voiding"
