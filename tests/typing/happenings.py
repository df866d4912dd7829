"""What a shop catches of the doors' errors, and how it listens to signals."""

from decimal import Decimal
from typing import Any, assert_type
from uuid import UUID

from django.dispatch import Signal, receiver

from deliver_to_po import signals
from deliver_to_po.errors import (
    DeliverToPoError,
    DraftChanged,
    FieldError,
    PriceChanged,
    QueryNotUnderstood,
    RecipientRefused,
)


def where_the_buyer_goes(error: DeliverToPoError) -> str:
    assert_type(error.code, str)
    assert_type(error.url, str)
    assert_type(str(error), str)
    match error:
        case PriceChanged():
            assert_type(error.price, Decimal | None)
        case QueryNotUnderstood():
            assert_type(error.choices, tuple[str, ...])
            assert_type(error.asks, bool)
        case RecipientRefused():
            assert_type(error.errors, tuple[FieldError, ...])
            assert_type(error.errors[0].field, str)
        case _:
            pass
    return error.url or "/cart/"


changed: type[DraftChanged] = PriceChanged

for signal in (
    signals.buyer_asked,
    signals.cancelled,
    signals.held,
    signals.labelled,
    signals.needs_choice,
    signals.notice,
    signals.parcel_moved,
    signals.placed,
    signals.price_changed,
    signals.refused,
    signals.released,
    signals.reserved,
):
    assert_type(signal, Signal)


@receiver(signals.labelled)
def write_down(sender: object, *, delivery_id: UUID, order_pk: int, tracking_number: str, **_more: Any) -> None:
    """Keep the tracking number with the order."""
