"""What somebody scanned or typed at the packing table → the parcels that it may be."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import F, Func, QuerySet, Value
from django.db.models.functions import Replace, Upper

from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.changing.as_asked import newest
from deliver_to_po.handoff.changing.change import parcels_as_said
from deliver_to_po.host.orders import deliveries_of_orders
from deliver_to_po.models import Delivery, Shipment

# The most that a label's barcode holds; a longer text is not looked up.
LONGEST = 100
# More than anybody chooses from.
AT_MOST = 20
# Canada Post's numbers have 16, 13, 12 or 11 characters; a barcode may hold a postal code or more around them.
LENGTHS_IN_A_BARCODE = (16, 13, 12, 11)
SEPARATORS = "-.‐‑–—/_ "


class MeantParcel(NamedTuple):
    """One parcel that was meant; ``label`` is the shipment whose tracking number it was, None for an order's number."""

    delivery: Delivery
    parcel: int
    label: Shipment | None = None


def parcels_meant(text: str) -> Sequence[MeantParcel]:
    """Return the parcels that a tracking number, a reference or an order's number may mean, at most AT_MOST.

    Spaces and dashes do not count. What is written exactly so goes before a number within a barcode and what only looks
    like it, and a delivery that stands goes before one that is cancelled.
    """
    typed = " ".join(text.split())
    if not typed or len(typed) > LONGEST or not typed.isprintable():
        return []
    number = bare(typed)
    return (
        _by_tracking_number({typed, number})
        or _by_order(typed)
        or _by_tracking_number(_within(number))
        or _by_bare_reference(number)
    )


def bare(text: str) -> str:
    """Return a number without what people write between its parts, in capitals."""
    return "".join(character for character in text if character not in SEPARATORS).upper()


def _by_tracking_number(numbers: set[str]) -> Sequence[MeantParcel]:
    rows = Shipment.objects.filter(tracking_pin__in=numbers).exclude(tracking_pin="")
    return [
        MeantParcel(row.delivery, row.parcel, row)
        for row in rows.select_related("delivery", "delivery__order")[:AT_MOST]
    ]


def _within(number: str) -> set[str]:
    """Return what in a barcode could be a tracking number: only digits, save two letters at both ends."""
    parts = (number[at : at + length] for length in LENGTHS_IN_A_BARCODE for at in range(len(number) - length + 1))
    return {part for part in parts if re.fullmatch(r"[0-9]+|[A-Z]{2}[0-9]{9}[A-Z]{2}", part)}


def _by_order(typed: str) -> Sequence[MeantParcel]:
    referred = _placed().filter(reference__in=[typed, typed.upper(), typed.lower()])
    for rows in (referred, *deliveries_of_orders(typed)):
        if deliveries := _standing(rows):
            return list(_parcels(deliveries))
    return []


def _by_bare_reference(number: str) -> Sequence[MeantParcel]:
    reference: Func | F = F("reference")
    for separator in ("-", " ", ".", "/", "_"):
        reference = Replace(reference, Value(separator), Value(""))
    return list(_parcels(_standing(_placed().annotate(bare_reference=Upper(reference)).filter(bare_reference=number))))


def _placed() -> "QuerySet[Delivery]":
    return Delivery.objects.filter(order__isnull=False)


def _standing(rows: "QuerySet[Delivery]") -> list[Delivery]:
    """Return those that stand; where all are cancelled, those."""
    found = list(rows.select_related("order").order_by("-placed_at")[:AT_MOST])
    return [row for row in found if row.state != DeliveryState.CANCELLED] or found


def _parcels(deliveries: Iterable[Delivery]) -> Iterable[MeantParcel]:
    for delivery in deliveries:
        # What has not been released has no parcels yet: its page says so.
        numbers = list(newest(delivery).values_list("parcel", flat=True)) or parcels_named(delivery)
        for number in numbers:
            yield MeantParcel(delivery, number)


def parcels_named(delivery: Delivery) -> list[int]:
    """Return the numbers of the parcels that the shop names for a delivery that has none yet; 1 where it cannot say."""
    try:
        return list(range(1, len(parcels_as_said(delivery)) + 1))
    except MoveRefused:
        return [1]
