"""What can never be delivered to a post office, whichever one: said before it is paid for."""

from contextlib import suppress
from typing import Any

from deliver_to_po import asking
from deliver_to_po.adapter import ShipmentOption
from deliver_to_po.asking import ShopError
from deliver_to_po.canadapost.constraints import MAX_COVERAGE, OPTIONS_WITH_D2PO, is_too_big
from deliver_to_po.errors import NotMailable


def refuse_unmailable(cart: Any) -> None:
    """Raise NotMailable for a cart of which no post office takes a parcel, or an option that it is shipped with.

    What the adapter cannot tell of it, or tells wrong, is let through: the order is asked again when it is released.
    """
    if cart is None:
        return
    with suppress(ShopError):
        if any(is_too_big(parcel) for parcel in asking.parcels_of(cart)):
            raise NotMailable
    with suppress(ShopError):
        if any(map(_goes_nowhere, asking.options_of(cart))):
            raise NotMailable


def _goes_nowhere(option: ShipmentOption) -> bool:
    return option.code not in OPTIONS_WITH_D2PO or (option.amount is not None and option.amount > MAX_COVERAGE)
