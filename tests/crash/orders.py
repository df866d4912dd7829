"""The orders of a run, and what must have become of each in the end."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.types import NearPostalCode, PostOffice, Recipient
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.handoff.releasing.release import hold, release
from deliver_to_po.models import Delivery
from deliver_to_po.offices import directory
from example_shop.models import DeliveryMethod, Order, Product
from tests.factories import RECIPIENT, make_delivery, make_order, make_paid_order

TOO_HEAVY_KG = Decimal(40)
OFFICES = 8


class Fate(StrEnum):
    """What is to become of a delivery."""

    #: One live shipment for each parcel.
    SHIPS = "ships"
    #: None: never paid, on hold before its release, or not for a post office.
    STAYS = "stays"
    #: None, and its shipment is refused, with the reason.
    REFUSED = "refused"
    #: It was put on hold while it was on its way: at most one for each parcel, and what is made is finished.
    AS_FAR_AS_IT_WAS = "as far as it was"
    #: None: it is cancelled, or goes home instead; what was made is voided, or its refund is asked for.
    CANCELLED = "cancelled"


@dataclass
class Wanted:
    """A delivery and its fate, and what it is to be, all of which a change may turn into another.

    ``weights_kg`` holds a weight for each of its parcels.
    """

    delivery_id: UUID
    fate: Fate
    office_id: str
    weights_kg: list[Decimal]
    recipient: Recipient = RECIPIENT
    #: Where its parcels went before: what was transmitted when its office closed stays as it is.
    former_offices: set[str] = field(default_factory=set)
    #: The shop has deleted its order.
    forgotten: bool = False

    @property
    def delivery(self) -> Delivery:
        """Return the row as it is now."""
        return Delivery.objects.select_related("order").get(pk=self.delivery_id)

    @property
    def order(self) -> Order:
        return Order.objects.get(d2po_deliveries=self.delivery_id)


class Orders:
    """Makes orders of every kind."""

    def __init__(self, chance: random.Random) -> None:
        self._random = chance
        #: To which they go.
        self.offices = _some_offices()

    def arrive(self) -> Wanted:
        """Place one more order and, if it is to be, release it in the transaction that makes it paid."""
        kinds = {
            self._one_parcel: 60,
            self._two_parcels: 20,
            self._unpaid: 5,
            self._on_hold_before_its_release: 5,
            self._for_home: 5,
            self._too_heavy: 5,
        }
        [make] = self._random.choices(list(kinds), list(kinds.values()))
        with transaction.atomic():
            return make()

    def _one_parcel(self) -> Wanted:
        delivery = self._placed(make_paid_order())
        release(delivery.order)
        return _wanted(delivery, Fate.SHIPS)

    def _two_parcels(self) -> Wanted:
        order = make_paid_order()
        order.lines.create(product=order.lines.get().product, quantity=2, price=Decimal(10))
        delivery = self._placed(order)
        release(order)
        return _wanted(delivery, Fate.SHIPS)

    def _unpaid(self) -> Wanted:
        return _wanted(self._placed(make_order()), Fate.STAYS)

    def _on_hold_before_its_release(self) -> Wanted:
        delivery = self._placed(make_paid_order())
        hold(delivery.order)
        release(delivery.order)
        return _wanted(delivery, Fate.STAYS)

    def _for_home(self) -> Wanted:
        order = make_paid_order()
        order.method = DeliveryMethod.HOME
        order.save()
        delivery = self._placed(order)
        release(order)
        return _wanted(delivery, Fate.STAYS)

    def _too_heavy(self) -> Wanted:
        order = make_paid_order()
        usual = order.lines.get()
        usual.product = Product.objects.get_or_create(
            slug="anvil",
            defaults={
                "name_en": "Anvil",
                "name_fr": "Enclume",
                "price": Decimal(10),
                "weight_kg": TOO_HEAVY_KG,
                "length_cm": Decimal(30),
                "width_cm": Decimal(20),
                "height_cm": Decimal(10),
            },
        )[0]
        usual.save()
        delivery = self._placed(order)
        release(order)
        return _wanted(delivery, Fate.REFUSED)

    def _placed(self, order: object) -> Delivery:
        office = self._random.choice(self.offices)
        assert office.coordinates is not None
        return make_delivery(
            order=order,
            state=DeliveryState.PLACED,
            release_asked_at=None,
            released_at=None,
            office_id=office.office_id,
            office_latitude=office.coordinates.latitude,
            office_longitude=office.coordinates.longitude,
        )


def weights_of(order: Any) -> list[Decimal]:
    """Return the weight in kilograms of each parcel that the shop makes of an order."""
    return [parcel.weight_kg for parcel in order_adapter().parcels(order)]


def _wanted(delivery: Delivery, fate: Fate) -> Wanted:
    return Wanted(delivery.pk, fate, delivery.office_id, weights_of(delivery.order))


def _some_offices() -> Sequence[PostOffice]:
    offices = canada_post().find_offices(NearPostalCode("K1A0B1"))[:OFFICES]
    # As after a buyer's search: they may be chosen.
    directory.remember_offered(offices, "en", timezone.now())
    return offices
