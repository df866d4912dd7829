"""A shipment freezes its whole request: whatever changes afterwards, the same is sent; a change is a new revision."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import get_language

from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.types import Address, Parcel, Recipient, ShipmentOption
from deliver_to_po.core.choices import DeliveryState, ShipmentState
from deliver_to_po.handoff.frozen_request import made_fields, made_of, numbers_fit, request_of
from deliver_to_po.handoff.releasing.release import release
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import move_shipment
from deliver_to_po.models.parts import recipient_fields
from deliver_to_po.offer.days import next_deposit_day
from deliver_to_po.shipping import Made, ShipmentRequest, Unknown
from tests.factories import PARCEL, RECIPIENT, SENDER, make_delivery, make_shipment
from tests.handoff.conftest import Clock
from tests.handoff.scripted import Script
from tests.rounds import now
from tests.shipping.requests import OFFICE

pytestmark = pytest.mark.django_db

BOXES = [
    Parcel(Decimal("1.2341"), Decimal("30.01"), Decimal("20.02"), Decimal("10.03")),
    Parcel(Decimal(4), Decimal(1), Decimal(3), Decimal(2)),
]
OPTIONS = (ShipmentOption("COV", Decimal("123.40")), ShipmentOption("SO", None))
QUAY = Address("1, rue du Lac", "Lévis", "QC", "g6v 1a1", line_2="Quai 2")
WAREHOUSE = replace(SENDER, name="Zoé", phone="418 555-0100", address=QUAY)
OTHER_OFFICE: dict[str, Any] = {
    "office_id": "0000000007",
    "office_name": "Other",
    "office_location": "Elsewhere",
    "office_address": "7 Other St",
    "office_city": "Gatineau",
    "office_province": "QC",
    "office_postal_code": "J8X1A1",
}
SOMEBODY_ELSE = Recipient("Ann Other", "819-555-0100", "ann@example.com", Address("7 Rd", "Gatineau", "QC", "J8X1A1"))


@pytest.fixture
def packing(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that sets what the shop's adapter answers."""

    def say(**answers: Any) -> None:
        for name, answer in answers.items():
            monkeypatch.setattr(type(order_adapter()), name, lambda self, order, answer=answer: answer, raising=False)

    say(parcels=BOXES, options=OPTIONS, ship_from=WAREHOUSE)
    monkeypatch.setattr(type(order_adapter()), "parcel_contents", inside, raising=False)
    return say


def inside(_adapter: object, _order: object, number: int) -> list[tuple[int, str]]:
    return [(number, "planche" if get_language() == "fr" else "board")]


@pytest.fixture
def released(script: Script, packing: Any, change_settings: Any) -> Delivery:
    """Return a delivery in two parcels that was released just now."""
    change_settings(CANADA_POST={"LIVE": True})
    delivery = make_delivery(state=DeliveryState.PLACED, live=True, language="fr", service="DOM.XP")
    release(delivery.order)
    return now(delivery)


def requests_of(delivery: Delivery) -> list[ShipmentRequest]:
    """Return what is sent for each parcel, read again from the database."""
    return [request_of(shipment) for shipment in Shipment.objects.filter(delivery=delivery).order_by("parcel")]


def test_the_request_holds_what_the_delivery_and_the_shop_said_at_release(released: Delivery, clock: Clock) -> None:
    first, second = released.shipments.order_by("parcel")
    assert requests_of(released)[0] == ShipmentRequest(
        request_id=first.request_id,
        reference=released.reference,
        service="DOM.XP",
        office=OFFICE,
        recipient=RECIPIENT,
        sender=replace(WAREHOUSE, address=replace(QUAY, postal_code="G6V1A1")),
        parcel=Parcel(Decimal("1.235"), Decimal("30.1"), Decimal("20.1"), Decimal("10.1")),
        options=OPTIONS,
        number=1,
        parcels=2,
        contents=((Decimal(1), "planche"),),
        group=first.group,
        mailing_date=next_deposit_day(timezone.localtime(), "ON"),
        language="fr",
        live=True,
    )
    assert first.group.startswith("default-20")
    # The schema of webhooks promises the longest side as the length.
    assert requests_of(released)[1].parcel == Parcel(Decimal(4), Decimal(3), Decimal(2), Decimal(1))
    assert first.request_id != second.request_id


def test_the_only_parcel_has_its_contents_or_none_if_the_shop_cannot_say(script: Script, packing: Any) -> None:
    packing(parcels=[PARCEL], contents=[(2, "board")])
    held: Any = []
    for contents in ([(2, "board")], [(2, "board", 3)]):
        packing(contents=contents)
        delivery = make_delivery(state=DeliveryState.PLACED)
        release(delivery.order)
        held += requests_of(delivery)
    assert [(one.number, one.parcels, one.contents) for one in held] == [(1, 1, ((Decimal(2), "board"),)), (1, 1, ())]


def test_the_same_is_sent_whatever_changes_afterwards(
    released: Delivery, script: Script, packing: Any, change_settings: Any, clock: Clock
) -> None:
    before = requests_of(released)
    assert before == requests_of(released)
    Delivery.objects.filter(pk=released.pk).update(
        **OTHER_OFFICE, **recipient_fields(SOMEBODY_ELSE), service="DOM.EP", office_latitude=1, office_longitude=2
    )
    packing(parcels=[PARCEL], contents=(), options=(), ship_from=SENDER, shipping_system="without_labels")
    change_settings(CANADA_POST={"API": "webservices", "GROUP_PREFIX": "X"})
    clock.move_to(clock.in_(3 * 86400))
    assert requests_of(released) == before
    for shipment in released.shipments.order_by("parcel"):
        hand_off(shipment.pk)
    # A day that was past by then is told to nobody.
    mailed_on = next_deposit_day(timezone.localtime(), "ON")
    assert script.asked_to("create") == [replace(one, mailing_date=mailed_on) for one in before]


def test_the_second_request_is_the_first_again(released: Delivery, script: Script, packing: Any, clock: Clock) -> None:
    script.create(Unknown())
    shipment = released.shipments.get(parcel=2)
    hand_off(shipment.pk)
    Delivery.objects.filter(pk=released.pk).update(**OTHER_OFFICE)
    packing(parcels=[PARCEL, PARCEL], options=())
    shipment.refresh_from_db()
    for _ in range(3):
        clock.sweep_when_due(shipment)
    first, second = [asked for asked in script.asked_to("create") if asked.request_id == shipment.request_id]
    assert first == second
    assert {asked.request_id for asked in script.asked_to("look_up")} >= {shipment.request_id}
    looked_up = [asked for asked in script.asked_to("look_up") if asked.request_id == shipment.request_id]
    # It also says when the request was sent, for systems that are searched by time.
    assert set(looked_up) == {replace(first, sent_at=shipment.requested_at)}


def test_a_mailing_date_and_the_systems_answer_come_back_as_they_were() -> None:
    shipment = make_shipment(
        state=ShipmentState.MADE,
        mailing_date=date(2026, 11, 27),
        shipment_id="S",
        tracking_pin="P",
        system_data={"a": [1]},
    )
    shipment.refresh_from_db()
    assert request_of(shipment).mailing_date == date(2026, 11, 27)
    assert made_of(shipment) == Made(shipment_id="S", tracking_number="P", data={"a": [1]})
    assert move_shipment(shipment, "transmit")
    assert made_of(shipment).transmitted


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (Decimal("12.345"), Decimal("12.35")),
        (Decimal(0), Decimal(0)),
        (None, None),
        (Decimal("NaN"), None),
        (Decimal(-1), None),
        (Decimal(1_000_000), None),
    ],
)
def test_a_price_is_kept_in_cents_and_one_that_cannot_be_is_not(told: Decimal | None, kept: Decimal | None) -> None:
    assert made_fields(Made(shipment_id="1", price=told))["price"] == kept


@pytest.mark.parametrize(
    ("shipment_id", "number", "fit"),
    [
        ("1" * 40, "2" * 40, True),
        ("1", "", True),
        ("", "1", False),
        ("1" * 41, "", False),
        ("1", "1" * 41, False),
        ("1\n", "", False),
        ("1", "\x00", False),
    ],
)
def test_an_id_and_numbers_that_fit_their_columns_can_be_kept(shipment_id: str, number: str, fit: bool) -> None:
    assert numbers_fit(Made(shipment_id=shipment_id, tracking_number=number)) == fit
