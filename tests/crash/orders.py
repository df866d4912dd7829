"""The orders of a run, and what must have become of each in the end."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from deliver_to_po.canadapost.types import NearPostalCode, PostOffice
from deliver_to_po.carrier import canada_post
from deliver_to_po.choices import DeliveryState
from deliver_to_po.handoff.release import hold, release
from deliver_to_po.models import Delivery
from example_shop.models import DeliveryMethod, Product
from tests.factories import make_delivery, make_order, make_paid_order

TOO_HEAVY_KG = Decimal(40)


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


@dataclass(slots=True)
class Wanted:
    """A delivery and its fate, which a change may turn into another."""

    delivery_id: UUID
    fate: Fate
    parcels: int = 1

    @property
    def delivery(self) -> Delivery:
        """Return the row as it is now."""
        return Delivery.objects.select_related("order").get(pk=self.delivery_id)


class Orders:
    """Makes orders of every kind."""

    def __init__(self, chance: random.Random) -> None:
        self._random = chance
        self._offices = _some_offices()

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
        return Wanted(delivery.pk, Fate.SHIPS)

    def _two_parcels(self) -> Wanted:
        order = make_paid_order()
        order.lines.create(product=order.lines.get().product, quantity=2, price=Decimal(10))
        delivery = self._placed(order)
        release(order)
        return Wanted(delivery.pk, Fate.SHIPS, parcels=2)

    def _unpaid(self) -> Wanted:
        return Wanted(self._placed(make_order()).pk, Fate.STAYS)

    def _on_hold_before_its_release(self) -> Wanted:
        delivery = self._placed(make_paid_order())
        hold(delivery.order)
        release(delivery.order)
        return Wanted(delivery.pk, Fate.STAYS)

    def _for_home(self) -> Wanted:
        order = make_paid_order()
        order.method = DeliveryMethod.HOME
        order.save()
        delivery = self._placed(order)
        release(order)
        return Wanted(delivery.pk, Fate.STAYS)

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
        return Wanted(delivery.pk, Fate.REFUSED)

    def _placed(self, order: object) -> Delivery:
        office = self._random.choice(self._offices)
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


def _some_offices() -> Sequence[PostOffice]:
    return canada_post().find_offices(NearPostalCode("K1A0B1"))[:5]
