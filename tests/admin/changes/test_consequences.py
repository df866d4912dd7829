"""What a page foretells of each parcel, by where the parcel stands."""

from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from deliver_to_po.admin.changes.consequences import (
    when_cancelled,
    when_made_again,
    when_shipped_again,
    when_taken_back,
)
from deliver_to_po.core.choices import Doubt, ParcelState
from deliver_to_po.models import Shipment, Tracking
from tests.factories import make_delivery, make_shipment

NOW = timezone.now()
LEFT, BY_CARD = {"transmitted_at": NOW}, {"api": "portal by card"}
P = ParcelState


def shipment(**fields: Any) -> Shipment:
    return Shipment(**{"parcel": 1, "open_parcel": 1, "system": "default", **fields})


@pytest.mark.parametrize(
    ("fields", "taken_back", "made_again"),
    [
        ({"state": "waiting"}, "has no label yet: none will be requested.", "will be requested with these changes."),
        ({"state": "unknown"}, "if the parcel was made, it is voided then.", "it is voided then, and a new one"),
        ({"state": "handed"}, "The answer about parcel 1 is still to come", "and a new one is made."),
        ({"state": "made"}, "already exists: it will be voided.", "it will be voided, and a new one will be made."),
        ({"state": "done"}, "already exists: it will be voided.", "it will be voided, and a new one will be made."),
        ({"state": "labelled"}, "has a label: it will be voided.", "Destroy the old label if it has been printed."),
        ({"state": "labelled", **LEFT}, "so a refund will be requested.", "once somebody confirms here that"),
        ({"state": "unknown", **BY_CARD}, "its refund is asked for then.", "A new one is made, and charged"),
        ({"state": "made", **LEFT, **BY_CARD}, "was charged at once", "and charged, once"),
        ({"state": "voiding"}, "is already being voided or refunded.", "a new one is made after that."),
        ({"state": "refund_asked"}, "The refund of parcel 1 is asked for already.", "once somebody says here that"),
        ({"state": "attention"}, "say beside it whether it exists.", "A new one will be made after that."),
        ({"state": "attention", "shipment_id": "S-1"}, "exists: it will be voided.", "and a new one will be made."),
        ({"state": "refused"}, "", "was refused: its label will be requested again with these changes."),
        ({"state": "refund_asked", "open_parcel": None}, "", ""),
        ({"state": "voided"}, "", ""),
    ],
)
def test_each_parcel_is_told_by_where_it_stands(fields: dict[str, Any], taken_back: str, made_again: str) -> None:
    for told, words in (
        (when_taken_back([shipment(**fields)]), taken_back),
        (when_made_again([shipment(**fields)]), made_again),
    ):
        assert len(told) == bool(words)
        assert words in "".join(told)


CAME_BACK = (
    "it is not shipped again",
    "it stays as it is. Ship it again",
    "it gets a new label, with what is entered now.",
)
IN_THE_POST = ("Ask Canada Post whether the parcel", "Canada Post has parcel 1 already", "it stays as it is.")
NOT_SCANNED = (
    "so a refund will be requested",
    "has been transmitted",
    "is not in the post: it goes on as it does now.",
)
# What is told of a parcel that is voided or refunded, made again, or beside what came back and is shipped again.
BY_PLACE = {
    **dict.fromkeys((P.RETURNED, P.LOST), CAME_BACK),
    **dict.fromkeys((P.IN_TRANSIT, P.READY, P.ELSEWHERE, P.RETURNING, P.PERSON), IN_THE_POST),
    **dict.fromkeys((P.NOT_SEEN, P.ANNOUNCED), NOT_SCANNED),
    P.COLLECTED: ("is picked up: it stays, and its", "is picked up: it stays as it is.", "is picked up: it stays"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("place", ParcelState)
def test_each_parcel_in_the_post_is_told_by_where_it_is(place: ParcelState) -> None:
    one = make_shipment(state="labelled", transmitted_at=NOW, tracking_pin="7023210039414604")
    Tracking.objects.create(shipment=one, state=place, doubt=Doubt.REDIRECTED if place == P.PERSON else "")
    # A delivery of which everything came back is replaced by another.
    make_shipment(one.delivery, parcel=2, state="made")
    told = (*when_taken_back([one]), *when_made_again([one]), when_shipped_again(one.delivery)[0])
    assert [words in said for words, said in zip(BY_PLACE[place], told, strict=True)] == [True] * 3, told


def test_what_is_shipped_again_already_is_told_so() -> None:
    one = shipment(state="labelled", transmitted_at=NOW, open_parcel=None, tracking_pin="7023210039414604")
    Tracking(shipment=one, state="returned")
    assert when_taken_back([one]) == []
    assert when_made_again([one]) == ["Parcel 1 is shipped again, with what is entered by then."]


def test_what_is_shipped_by_hand_is_taken_out_by_a_person(change_settings: Any) -> None:
    change_settings(SHIPPING_SYSTEMS={"desk": {"BACKEND": "deliver_to_po.shipping.manual.Manual"}})
    one = shipment(state="handed", system="desk")
    told = "Parcel 1 is being handled in another program: remove it there, then press “Nothing was made” beside it."
    assert (when_taken_back([one]), when_made_again([one])) == ([told], [f"{told} A new one is made after that."])


@pytest.mark.django_db
def test_a_delivery_without_parcels_says_so_in_both_languages() -> None:
    assert when_cancelled(make_delivery()) == ["Nothing of it has been sent."]
    with override("fr"):
        [told] = when_taken_back([shipment(state="labelled")])
        assert "Le colis 1 a une étiquette : elle sera annulée." in told
