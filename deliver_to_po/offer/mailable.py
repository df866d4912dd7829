"""What can never be delivered to a post office, whichever one: said before it is paid for."""

import logging
from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from django.core.exceptions import ImproperlyConfigured
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from deliver_to_po.adapter import Parcel, Service, ShipmentOption
from deliver_to_po.canadapost.constraints import (
    MAX_COVERAGE,
    MAX_LENGTH_AND_GIRTH_CM,
    MAX_SIDE_CM,
    MAX_WEIGHT_KG,
    OPTIONS_WITH_D2PO,
    check_options,
    check_parcel,
    length_and_girth_cm,
)
from deliver_to_po.core.shared_cache import claimed
from deliver_to_po.errors import NotMailable
from deliver_to_po.host import asking
from deliver_to_po.host.answered import ShopError
from deliver_to_po.shipping.registry import DEFAULT, shipping_system

log = logging.getLogger(__name__)

TOLD_AGAIN_AFTER_SECONDS = 3600


class Mailing(NamedTuple):
    """What a cart is mailed as. ``reason`` says to the buyer why it goes to no post office, ``""`` when it may go.

    Where there is a reason, ``parcels`` and ``options`` may be missing.
    """

    services: tuple[Service, ...]
    parcels: tuple[Parcel, ...] = ()
    options: tuple[ShipmentOption, ...] = ()
    reason: str = ""


def refuse_unmailable(cart: Any) -> None:
    """Raise NotMailable, which says why, for a cart that plainly goes to no post office.

    What the adapter cannot tell of it, or tells wrong, is let through: the order is asked again when it is released.
    """
    if cart is None:
        return
    with suppress(ShopError):
        _refuse(asking.why_not_mailable(cart))
    with suppress(ShopError):
        _refuse(why_too_big(asking.parcels_of(cart)))
    with suppress(ShopError):
        _refuse(_why_not_with(asking.options_of(cart)))


def _refuse(reason: str) -> None:
    if reason:
        raise NotMailable(reason)


def mailing_of(cart: Any) -> Mailing:
    """Return what a cart is mailed as, or why it goes to no post office. Never raises, whatever the adapter does.

    Unlike ``refuse_unmailable`` it offers nothing that is not known to go: a missing weight is never guessed. The
    merchant reads in the log what is missing.
    """
    services: tuple[Service, ...] = (Service.EXPEDITED_PARCEL,)
    try:
        services = asking.services_of(cart)
        if not services:
            return Mailing(services, reason=_hidden("services: returned none"))
        if reason := asking.why_not_mailable(cart):
            return Mailing(services, reason=reason)
        parcels, options = asking.parcels_of(cart), asking.options_of(cart)
    except ShopError as error:
        return Mailing(services, reason=_hidden(str(error)))
    if problem := _what_is_wrong(parcels, options):
        return Mailing(services, reason=why_too_big(parcels) or _why_not_with(options) or _hidden(problem))
    if problem := _what_is_wrong_with_system(cart):
        return Mailing(services, reason=_hidden(problem))
    return Mailing(services, parcels, options)


def why_too_big(parcels: Iterable[Parcel]) -> str:
    """Return why one of the parcels goes to no post office, in the active language; ``""`` if each may."""
    for parcel in parcels:
        if parcel.weight_kg > MAX_WEIGHT_KG:
            return _("A parcel in your order is too heavy: post offices accept parcels of up to %(most)s kg.") % _most(
                MAX_WEIGHT_KG
            )
        if parcel.sides_cm[0] > MAX_SIDE_CM:
            return _("A parcel in your order is too long: post offices accept parcels of up to %(most)s cm.") % _most(
                MAX_SIDE_CM
            )
        if length_and_girth_cm(parcel) > MAX_LENGTH_AND_GIRTH_CM:
            return _(
                "A parcel in your order is too large: its length plus its girth may not exceed %(most)s cm."
            ) % _most(MAX_LENGTH_AND_GIRTH_CM)
    return ""


def _most(limit: Decimal) -> dict[str, str]:
    return {"most": number_format(limit.normalize())}


def _why_not_with(options: Iterable[ShipmentOption]) -> str:
    return _("Your order needs a service that post offices do not offer.") if any(map(_goes_nowhere, options)) else ""


def _goes_nowhere(option: ShipmentOption) -> bool:
    return option.code not in OPTIONS_WITH_D2PO or (option.amount is not None and option.amount > MAX_COVERAGE)


@lru_cache(maxsize=1024)
def _what_is_wrong(parcels: tuple[Parcel, ...], options: tuple[ShipmentOption, ...]) -> str:
    """Return which rule of Canada Post's the parcels or options break first, for the shop's log; ``""`` for none."""
    if not parcels:
        return "parcels: returned none (where the cart is empty, let mailable() say so)"
    broken = [*check_options(options), *(rule for parcel in parcels for rule in check_parcel(parcel))]
    return f"{broken[0].field}: {broken[0].rule % broken[0].values}" if broken else ""


def _what_is_wrong_with_system(cart: Any) -> str:
    """Return why the shipping system makes no such parcels; one that the adapter cannot name of a cart is the default.

    The order is asked again when it is released.
    """
    alias = DEFAULT
    with suppress(ShopError):
        alias = asking.shipping_system_of(cart)
    try:
        supported = shipping_system(alias).supports_d2po
    except ImproperlyConfigured as error:
        return f"shipping_system: {error}"
    return "" if supported else "shipping_system: makes no Deliver to Post Office labels"


def _hidden(problem: str) -> str:
    """Tell the merchant, once an hour, why buyers are not offered the option; return what a buyer is told."""
    key = f"deliver_to_po.hidden.{sha256(problem.encode()).hexdigest()[:32]}"
    if claimed(key, TOLD_AGAIN_AFTER_SECONDS):
        log.error("Buyers are not offered Deliver to Post Office for some carts: %s", problem)
    return _("Your order cannot be delivered to a post office right now.")
