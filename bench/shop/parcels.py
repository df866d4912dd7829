"""Paid orders whose parcels are due: to offices all over the country, through the shop's own door."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from bench.places import patterns
from deliver_to_po import shop
from deliver_to_po.canadapost import bodies
from deliver_to_po.canadapost.portal.client import API
from deliver_to_po.canadapost.portal.fields import as_json
from deliver_to_po.canadapost.types import Account, Coordinates, NearCoordinates
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.core.choices import DeliveryState, OfficeCheck
from deliver_to_po.core.conf import app_settings
from deliver_to_po.emulator.country.office import Office
from deliver_to_po.handoff.frozen_request import request_of
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.offices.directory import remember_offered
from deliver_to_po.offices.upkeep import find_zones
from deliver_to_po.shipping.canadapost_request import carrier_request
from example_shop.models import DeliveryMethod, Order, Product

AT_ONCE = 2000
PARCELS_EACH = 10_000


def release_orders(wanted: int, offices: int) -> None:
    """Place and release so many orders of one parcel each, to ``offices`` post offices in turn."""
    chosen = some_offices(offices)
    for office in chosen:
        _know(Coordinates(office.latitude, office.longitude))
    for number in range(wanted):
        buy(chosen[number % offices])


def some_offices(wanted: int) -> list[Office]:
    """Return so many post offices that take parcels."""
    return [office for office in patterns() if office.accepts_d2po][:wanted]


def buy(office: Office) -> None:
    """Place and release an order of one parcel to a post office, in one transaction as a shop does."""
    with transaction.atomic():
        order = make_order(paid_at=timezone.now())
        delivery_at(order, office)
        shop.release(order)


def make_order(**fields: Any) -> Order:
    """Return a new order of one thing, not paid unless ``fields`` say so."""
    product, _ = Product.objects.get_or_create(
        slug="bench",
        defaults={
            "name_en": "Tea", "name_fr": "Thé", "price": Decimal(10), "weight_kg": Decimal("1.2"),
            "length_cm": Decimal(30), "width_cm": Decimal(20), "height_cm": Decimal(10),
        },
    )  # fmt: skip
    order = Order.objects.create(
        language="fr", name="Zoé Côté", email="zoe@example.com", phone="613-555-0177",
        address_line_1="9 Home Street", city="Ottawa", province="ON", postal_code="K1A0B1",
        method=DeliveryMethod.POST_OFFICE, subtotal=Decimal(10), shipping=Decimal(9), tax=Decimal(1),
        total=Decimal(20), **fields,
    )  # fmt: skip
    order.lines.create(product=product, quantity=1, price=product.price)
    return order


def _know(place: Coordinates) -> None:
    """Let the offices around a place be known from a while ago, as buyers' searches would have it."""
    remember_offered(canada_post().find_offices(NearCoordinates(place)), "en", timezone.now() - timedelta(hours=1))
    while find_zones():
        pass


def delivery_at(order: Order, office: Office, **fields: Any) -> Delivery:
    """Return a delivery of an order to an office, placed unless ``fields`` say otherwise."""
    now = timezone.now()
    return Delivery.objects.create(
        order=order, current_order=order, reference=order.number, expires_at=now, placed_at=now,
        recipient_name="Zoé Côté", recipient_address_line_1="9 Home Street", recipient_city="Ottawa",
        recipient_province="ON", recipient_postal_code="K1A0B1", recipient_email="zoe@example.com",
        recipient_phone="613-555-0177", office_id=office.office_id, office_name=office.name,
        office_location=office.name, office_address=office.street, office_city=office.city,
        office_province=office.province, office_postal_code=office.postal_code, office_latitude=office.latitude,
        office_longitude=office.longitude, office_check=OfficeCheck.TAKES_PARCELS, service="DOM.EP",
        **{"state": DeliveryState.PLACED, **fields},
    )  # fmt: skip


def bare_requests() -> dict[str, Any]:
    """Return what goes to Canada Post for each parcel that waits: the path and the bodies."""
    account = Account(app_settings.canada_post.customer_number, app_settings.canada_post.contract_id)
    rows = Shipment.objects.filter(due_at__isnull=False).select_related("delivery")
    return {
        "path": API.shipments.path.format(customer=account.customer_number, mobo=account.on_behalf_of),
        "bodies": [
            as_json(bodies.shipment(carrier_request(request_of(row)), account, says_payer=True)) for row in rows
        ],
    }


def add_waiting(wanted: int) -> None:
    """Add parcels that wait and are due, until there are so many."""
    first = Shipment.objects.select_related("delivery").first()
    assert first is not None
    missing = wanted - Shipment.objects.count()
    now = timezone.now()
    values = {field.attname: getattr(first, field.attname) for field in Shipment._meta.concrete_fields}
    for start in range(0, missing, PARCELS_EACH):
        order = Order.objects.create(**{
            field.attname: getattr(first.delivery.order, field.attname)
            for field in Order._meta.concrete_fields
            if field.name not in ("id", "number", "token", "checkout_token")
        })  # fmt: skip
        delivery = delivery_at(
            order, patterns()[0], state=DeliveryState.RELEASED, release_asked_at=now, released_at=now
        )
        Shipment.objects.bulk_create(
            (
                Shipment(**values | {
                    "id": None, "delivery_id": delivery.pk, "parcel": parcel, "request_id": uuid4().hex,
                    "open_parcel": f"{delivery.pk.hex}.{parcel}", "due_at": now - timedelta(milliseconds=parcel),
                })
                for parcel in range(1, min(PARCELS_EACH, missing - start) + 1)
            ),
            batch_size=AT_ONCE,
        )  # fmt: skip
