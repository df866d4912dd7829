"""Deliveries and shipments for tests, with everything a label needs."""

import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.utils import timezone

from deliver_to_po.canadapost.hours import WeeklyHours, intervals
from deliver_to_po.canadapost.types import (
    Address,
    Coordinates,
    Parcel,
    PostOffice,
    Recipient,
    Sender,
    Service,
    ShipmentRequest,
)
from deliver_to_po.checkout.secret import new_secret
from deliver_to_po.core import conf
from deliver_to_po.core.choices import DeliveryState, OfficeCheck, ShipmentState
from deliver_to_po.core.choices.states import CLOSED, IN_PROGRESS, WITHOUT_ORDER
from deliver_to_po.handoff.frozen_request import sender_to_json, whom_and_where
from deliver_to_po.models import Delivery, Office, Pause, Shipment
from deliver_to_po.models.shipment import request_id

PARCEL = Parcel(Decimal("1.25"), Decimal(30), Decimal(20), Decimal(10))
SENDER = Sender(
    company="Example Shop",
    phone="613-555-0100",
    address=Address("1 Example St", "Ottawa", "ON", "K1A0B1"),
)
RECIPIENT = Recipient(
    name="Marie-Ève Côté",
    phone="613-555-0199",
    email="marie@example.com",
    address=Address("23, rue du Jardin", "Ottawa", "ON", "K1K4T3", line_2="App. 4"),
)
# What RECIPIENT types.
TYPED = {
    "name": "Marie-Ève Côté",
    "address_line_1": "23, rue du Jardin",
    "address_line_2": "App. 4",
    "city": "Ottawa",
    "province": "ON",
    "postal_code": "K1K 4T3",
    "email": "marie@example.com",
    "phone": "613-555-0199",
}
POST_OFFICE = PostOffice(
    office_id="0000102978",
    name="Comptoir du Coin",
    location="Plage Cristal",
    street="3080, av. Carling",
    city="Ottawa",
    province="ON",
    postal_code="K2B7K0",
)
# The same as a search tells of it.
LISTED_OFFICE = replace(
    POST_OFFICE,
    coordinates=Coordinates(45.3545, -75.80611),
    distance_km=Decimal("1.26"),
    hours=WeeklyHours({1: intervals(["09:00", "17:00"])}),
)

# Somebody who picks up, as forms are filled in.
TYPED_RECIPIENT = {
    "name": "Théo Gagnon",
    "email": "theo@example.com",
    "phone": "613 555-0123",
    "address_line_1": "12, chemin du Lac",
    "address_line_2": "",
    "city": "Gatineau",
    "province": "QC",
    "postal_code": "J8X 2K4",
}

# What the database wants of a shipment in some states.
WHAT_STATES_ASK_FOR: dict[ShipmentState, dict[str, Any]] = {
    ShipmentState.MADE: {"shipment_id": "1"},
    ShipmentState.DONE: {"shipment_id": "1"},
    ShipmentState.LABELLED: {"shipment_id": "1", "label": "x.pdf", "labelled_at": timezone.now()},
    ShipmentState.REFUNDING: {"transmitted_at": timezone.now()},
}

SHOP_ORDER: dict[str, Any] = {
    "language": "en",
    "name": "Ann Buyer",
    "email": "ann@example.com",
    "phone": "613-555-0177",
    "address_line_1": "9 Home Street",
    "city": "Ottawa",
    "province": "ON",
    "postal_code": "K1A0B1",
    "method": "post_office",
    "subtotal": Decimal(10),
    "shipping": Decimal("9.95"),
    "tax": Decimal(1),
    "total": Decimal("20.95"),
}


def make_request(**changes: Any) -> ShipmentRequest:
    """Return a request that keeps every rule, with ``changes``."""
    values: dict[str, Any] = {
        "request_id": uuid.uuid4().hex,
        "group_id": "2026-11-25",
        "service": Service.EXPEDITED_PARCEL,
        "office_id": "0000102978",
        "sender": SENDER,
        "recipient": RECIPIENT,
        "parcel": PARCEL,
        "reference": "ORDER-1001",
    }
    return ShipmentRequest(**{**values, **changes})


def build_order(**fields: Any) -> Any:
    """Return an order of the shop under test that is not saved, not paid, to be delivered to a post office."""
    model = apps.get_model(conf.order_model())
    shops_own = {} if model._meta.app_label == "orders_uuid" else SHOP_ORDER
    return model(**{"number": f"T{uuid.uuid4().hex[:8]}", **shops_own, **fields})


def make_order(**fields: Any) -> Any:
    """Return a saved order of the shop under test, not paid, to be delivered to a post office."""
    order = build_order(**fields)
    order.save()
    if order._meta.app_label != "orders_uuid":
        _add_line(order)
    return order


def build_paid_order() -> Any:
    """Return an order of the shop under test that is not saved, paid, to be delivered to a post office."""
    return build_order(**_paid())


def make_paid_order() -> Any:
    return make_order(**_paid())


def _paid() -> dict[str, Any]:
    model = apps.get_model(conf.order_model())
    return {"paid": True} if model._meta.app_label == "orders_uuid" else {"paid_at": timezone.now()}


def _add_line(order: Any) -> None:
    """Give an order of the example shop one product, as heavy and big as PARCEL."""
    product, _ = apps.get_model("example_shop.Product")._default_manager.get_or_create(
        slug="test",
        defaults={
            "name_en": "Test",
            "name_fr": "Essai",
            "price": Decimal(10),
            "weight_kg": PARCEL.weight_kg,
            "length_cm": PARCEL.length_cm,
            "width_cm": PARCEL.width_cm,
            "height_cm": PARCEL.height_cm,
        },
    )
    order.lines.create(product=product, quantity=1, price=product.price)


def build_draft(**fields: Any) -> Delivery:
    """Return a complete draft that is not saved."""
    recipient = fields.pop("recipient", RECIPIENT)
    values: dict[str, Any] = {
        "recipient_name": recipient.name,
        "recipient_address_line_1": recipient.address.line_1,
        "recipient_address_line_2": recipient.address.line_2,
        "recipient_city": recipient.address.city,
        "recipient_province": recipient.address.province,
        "recipient_postal_code": recipient.address.postal_code,
        "recipient_email": recipient.email,
        "recipient_phone": recipient.phone,
        "office_id": "0000102978",
        "office_name": "Comptoir du Coin",
        "office_location": "Plage Cristal",
        "office_address": "3080, av. Carling",
        "office_city": "Ottawa",
        "office_province": "ON",
        "office_postal_code": "K2B7K0",
        "office_latitude": 45.3545,
        "office_longitude": -75.8061,
        "office_hours": {"1": [["08:00", "12:00"], ["13:00", "17:00"]], "6": [["10:00", "14:00"]]},
        "office_fetched_at": timezone.now(),
        "office_check": OfficeCheck.TAKES_PARCELS,
        "office_checked_at": timezone.now(),
        "service": Service.EXPEDITED_PARCEL,
        "expires_at": timezone.now() + timedelta(days=2),
    }
    return Delivery(**{**values, **fields})


def going_to(office: PostOffice) -> dict[str, Any]:
    """Return the fields of a delivery that say which of Canada Post's offices it goes to, and where that is."""
    assert office.coordinates is not None
    return {
        "office_id": office.office_id,
        "office_latitude": office.coordinates.latitude,
        "office_longitude": office.coordinates.longitude,
    }


def make_draft(**fields: Any) -> Delivery:
    draft = build_draft(**fields)
    draft.save()
    return draft


def held(draft: Delivery) -> list[str]:
    """Return what the session of a draft's buyer holds of it."""
    return [str(draft.pk), new_secret(draft)]


def build_delivery(order: Any, **fields: Any) -> Delivery:
    """Return a delivery of ``order`` that is released, or in another ``state``, and not saved."""
    values: dict[str, Any] = {
        "order": order,
        "current_order": order,
        "reference": getattr(order, "number", str(order.pk)),
        "state": DeliveryState.RELEASED,
        "placed_at": timezone.now(),
        "release_asked_at": timezone.now(),
        "released_at": timezone.now(),
    }
    return build_draft(**{**values, **fields})


def make_delivery(**fields: Any) -> Delivery:
    """Return a delivery that is released, or in another ``state``, with an order of its own unless one is given."""
    if fields.get("state") in WITHOUT_ORDER:
        return make_draft(**fields)
    delivery = build_delivery(fields.pop("order", None) or make_paid_order(), **fields)
    delivery.save()
    return delivery


def build_shipment(delivery: Delivery, **fields: Any) -> Shipment:
    """Return a shipment that is waiting, or in another ``state`` with what it asks for; due if it has a next step."""
    parcel, revision = fields.get("parcel", 1), fields.get("revision", 1)
    state = fields.get("state", ShipmentState.WAITING)
    values: dict[str, Any] = {
        "delivery": delivery,
        "request_id": request_id(delivery.pk, parcel, revision),
        "open_parcel": None if state in CLOSED else f"{delivery.pk.hex}.{parcel}",
        "service": Service.EXPEDITED_PARCEL,
        "weight_kg": PARCEL.weight_kg,
        "length_cm": PARCEL.length_cm,
        "width_cm": PARCEL.width_cm,
        "height_cm": PARCEL.height_cm,
        "group": "2026-11-25",
        "sender": sender_to_json(SENDER),
        "due_at": timezone.now() if state in (ShipmentState.WAITING, *IN_PROGRESS) else None,
        **whom_and_where(delivery),
        **WHAT_STATES_ASK_FOR.get(ShipmentState(state), {}),
    }
    return Shipment(**{**values, **fields})


def make_shipment(delivery: Delivery | None = None, **fields: Any) -> Shipment:
    """Return a saved shipment that is waiting and due, of a new delivery unless one is given.

    In another ``state`` it holds what that state asks for.
    """
    shipment = build_shipment(delivery or make_delivery(), **fields)
    shipment.save()
    return shipment


def make_office(**fields: Any) -> Office:
    """Return an office of the directory that Canada Post has just offered."""
    values = {
        "environment": conf.app_settings.canada_post.environment,
        "received_id": "1",
        "offered_at": timezone.now(),
    }
    return Office.objects.create(**{**values, **fields})


def make_pause(**fields: Any) -> Pause:
    """Return a pause of the option that has begun and ends in a day."""
    values: dict[str, Any] = {
        "reason_en": "Strike.",
        "reason_fr": "Grève.",
        "ends_at": timezone.now() + timedelta(days=1),
    }
    return Pause.objects.create(**{**values, **fields})
