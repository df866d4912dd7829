"""What a clerk types to find deliveries: looked for by its shape, each by an index, never as a part of a text."""

import re
from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from deliver_to_po.host.orders import deliveries_of_orders
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.search_key import KEY_LENGTH, beginning_with, code_of, digits_of, folded, words_of

# A number of one order never has more hits.
MOST_HITS = 200
# As many as the list pages through.
LISTED = 1_000
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
    if any(character.isdigit() for character in typed) and (hits := set(_by_number(typed)) or set(_by_order(typed))):
        return rows.filter(pk__in=hits)
    starts = _starts(typed)
    by_keys = rows
    for start in starts:
        by_keys = by_keys.filter(Exists(beginning_with(start).filter(delivery=OuterRef("pk"))))
    # A name may be one that the shop's orders have too.
    hits = set() if any(character.isdigit() for character in typed) else set(_by_order(typed))
    if by_keys is rows:
        return rows.filter(pk__in=hits)
    if len(starts) > 1 and len(few := _with_every(starts)) <= LISTED:
        return rows.filter(pk__in=hits | few)
    if not hits:
        return by_keys
    # With both conditions in one query the database would use neither index.
    hits.update(by_keys.order_by().values_list("pk", flat=True)[:MOST_HITS])
    return rows.filter(pk__in=hits)


def _with_every(starts: Sequence[str]) -> set[UUID]:
    """Return the deliveries that have a key beginning with each of several texts, one more than LISTED at most.

    It reads the keys alone: if few have them all, the database would go through every delivery to find them.
    """
    keys = beginning_with(starts[0])
    for start in starts[1:]:
        keys = keys.filter(Exists(beginning_with(start).filter(delivery=OuterRef("delivery"))))
    return set(keys.order_by().values_list("delivery", flat=True)[: LISTED + 1])


def _by_number(typed: str) -> Iterator[UUID]:
    """Yield the delivery of the tracking number or the request id that was typed in full."""
    code = code_of(typed)
    is_request = bool(re.fullmatch("[0-9a-f]{32}", code))
    # Canada Post's numbers are digits, with four letters at most.
    mostly_digits = 2 * sum(character.isdigit() for character in code) >= len(code) >= SHORTEST_NUMBER
    if not code.isalnum() or not (mostly_digits or is_request):
        return
    parcels = Shipment.objects.order_by().values_list("delivery", flat=True)
    yield from parcels.filter(tracking_pin__in={typed, code, code.upper()})[:MOST_HITS]
    if is_request:
        yield from parcels.filter(request_id=code)


def _by_order(typed: str) -> Iterator[UUID]:
    """Yield the deliveries of the orders of which a field that the adapter names is just what was typed."""
    for rows in deliveries_of_orders(typed):
        yield from rows.values_list("pk", flat=True)[:MOST_HITS]


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
