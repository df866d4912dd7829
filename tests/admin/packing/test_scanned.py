"""What is scanned or typed → the parcels that it may be, however it is written."""

import pytest

from deliver_to_po.adapter import order_adapter
from deliver_to_po.admin.packing.scanned import LONGEST, parcels_meant
from deliver_to_po.core.choices import DeliveryState, ShipmentState
from deliver_to_po.models import Delivery, Shipment
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db
PIN = "7023210000000018"


def meant(typed: str) -> list[tuple[Delivery, int, Shipment | None]]:
    return [(found.delivery, found.parcel, found.label) for found in parcels_meant(typed)]


def test_a_number_is_known_however_it_is_written() -> None:
    delivery = make_delivery(reference="ORD-1042")
    shipment = make_shipment(delivery, state=ShipmentState.LABELLED, tracking_pin=PIN)
    make_shipment(make_delivery(reference="ORD-10420"), tracking_pin="7023210000000025")
    for typed in ("ORD-1042", "ord-1042", "ORD1042", "ord 1042", " ORD-1042\n"):
        assert meant(typed) == [(delivery, 1, None)], typed
    for typed in (PIN, "7023 2100 0000 0018", f"K1A0B1{PIN}01", f"K1A0B1{PIN}"):
        assert meant(typed) == [(delivery, 1, shipment)], typed


def test_the_shops_own_order_number_is_known() -> None:
    delivery = make_delivery(reference="something else")
    assert meant(str(getattr(delivery.order, "number", None))) == [(delivery, 1, None)]


def test_an_orders_number_goes_before_another_parcels_number_within_it() -> None:
    make_shipment(tracking_pin="10000000012", state=ShipmentState.LABELLED)
    delivery = make_delivery(reference="2610000000012")
    assert meant("2610000000012") == [(delivery, 1, None)]


def test_a_number_that_no_key_can_hold_is_no_parcel(monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = make_delivery(reference="something else")
    monkeypatch.setattr(type(order_adapter()), "search_fields", ("pk",))
    assert meant("12345678901234567890123") == meant("SHOP-1") == []
    assert meant(str(delivery.order.pk)) == [(delivery, 1, None)]


def test_what_nobody_knows_is_no_parcel() -> None:
    make_shipment(tracking_pin="")
    typed = ("NOPE-1", "<script>", "x" * (LONGEST + 1), "%", "'\"", "\x00", "0", "", " ", "-", "– –")
    assert [text for text in typed if meant(text)] == []


def test_an_order_of_several_parcels_means_each_of_them() -> None:
    delivery = make_delivery(reference="ORD-7")
    for parcel in (1, 2):
        make_shipment(delivery, parcel=parcel)
    assert meant("ORD-7") == [(delivery, 1, None), (delivery, 2, None)]


def test_a_delivery_that_stands_goes_before_a_cancelled_one() -> None:
    cancelled = make_delivery(reference="ORD-8", state=DeliveryState.CANCELLED)
    assert [delivery for delivery, _parcel, _label in meant("ORD-8")] == [cancelled]
    standing = make_delivery(reference="ORD-8")
    assert [delivery for delivery, _parcel, _label in meant("ORD-8")] == [standing]
