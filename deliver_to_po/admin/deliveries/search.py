"""What a clerk types to find deliveries: looked for by its shape, each by an index, never as a part of a text."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from deliver_to_po.host.orders import deliveries_of_orders
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.search_key import KEY_LENGTH, beginning_with, code_of, digits_of, folded, words_of

# As many as the list pages through.
LISTED = 1_000
# Which hits count where there are several kinds: the first of these.
NUMBER, ORDER, KEYS = range(3)
# Deliveries, each with the kind of hit that it is.
Hits: TypeAlias = "QuerySet[Any, tuple[UUID, int]]"
PHONE = re.compile(r"(\+?1[\s.-]?)?\(?\d{3}\)?[\s.-]?\d{3}[\s.-]?\d{4}(\s*[xp]\s*\d+)?", re.IGNORECASE)
# Canada Post's shortest tracking number.
SHORTEST_NUMBER = 11
POSTAL_CODE = re.compile(r"[a-z]\d[a-z][\s-]?\d[a-z]\d", re.IGNORECASE)


def found(rows: QuerySet[Delivery], typed: str) -> QuerySet[Delivery]:
    """Return those of ``rows`` that what was typed finds; all of them where it says nothing.

    A number that belongs to a parcel or an order finds that one. Anything else is taken as words, each of which must
    begin a word of the recipient's or the post office's name or city, or another of the delivery's keys.
    """
    typed = " ".join(typed.split())
    if not typed:
        return rows
    starts = _starts(typed)
    # A reference or a part of one: the list's own order finds the first of these as soon.
    is_code = len(starts) == 1 and _has_digit(typed)
    parts = [*_whole(typed), *([] if is_code or not starts else [_with_every(starts)])]
    # SQLite cannot bound the parts of a union. Others plan a part of many hits for all of them unless it is bounded.
    if connection.features.supports_slicing_ordering_in_compound:
        parts = [part[: LISTED + 1] for part in parts]
    hits: list[tuple[UUID, int]] = []
    if parts:
        # Django 5.2 cannot ask a union of one.
        union = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
        hits = list(union[: LISTED + 1])
    kinds: dict[int, set[UUID]] = defaultdict(set)
    for delivery, kind in hits:
        kinds[kind].add(delivery)
    best = min(kinds, default=KEYS)
    too_many = best == KEYS and len(hits) > LISTED
    if too_many or (is_code and not hits):
        for start in starts:
            rows = rows.filter(Exists(beginning_with(start).filter(delivery=OuterRef("pk"))))
        return rows
    return rows.filter(pk__in=kinds[best])


def _has_digit(typed: str) -> bool:
    return any(character.isdigit() for character in typed)


def _whole(typed: str) -> Iterator[Hits]:
    """Yield what finds the parcel or the order whose number, or another of its fields, was typed in full."""
    if number := _of_number(typed):
        parcels = Shipment.objects.filter(number).order_by()
        yield Delivery.objects.filter(pk__in=parcels.values("delivery")).values_list("pk", Value(NUMBER))
    # A name may be one that the shop's orders have too.
    kind = ORDER if _has_digit(typed) else KEYS
    for deliveries in deliveries_of_orders(typed):
        yield deliveries.values_list("pk", Value(kind))


def _with_every(starts: Sequence[str]) -> Hits:
    """Return what finds the deliveries that have a key beginning with each of some texts.

    It reads the keys alone: if few have them all, the database would go through every delivery to find them.
    """
    keys = beginning_with(starts[0])
    for start in starts[1:]:
        keys = keys.filter(Exists(beginning_with(start).filter(delivery=OuterRef("delivery"))))
    return keys.values_list("delivery", Value(KEYS))


def _of_number(typed: str) -> Q | None:
    """Return which parcel has the tracking number or the request id that was typed in full, None if it is neither."""
    code = code_of(typed)
    if re.fullmatch("[0-9a-f]{32}", code):
        return Q(tracking_pin__in={typed, code, code.upper()}) | Q(request_id=code)
    # Canada Post's numbers are digits, with four letters at most.
    if code.isalnum() and 2 * sum(character.isdigit() for character in code) >= len(code) >= SHORTEST_NUMBER:
        return Q(tracking_pin__in={typed, code, code.upper()})
    return None


def _starts(typed: str) -> list[str]:
    """Return how the keys begin that a delivery must have."""
    if "@" in typed:
        return [folded(typed)[:KEY_LENGTH]]
    if POSTAL_CODE.fullmatch(typed):
        return [code_of(typed)]
    if PHONE.fullmatch(typed):
        return [digits_of(typed)]
    if " " not in typed and any(character.isdigit() for character in typed):
        # A reference, or an office's number: as it stands.
        return [folded(typed)[:KEY_LENGTH]]
    return [word[:KEY_LENGTH] for word in words_of(typed)]
