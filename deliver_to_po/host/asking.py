"""Asking the shop: every question to its adapter, with what a wrong answer leads to. Nothing here costs a payment."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import HttpRequest

from deliver_to_po.adapter import OrderAdapter, Parcel, Rate, RecipientSuggestion, Sender, Service, ShipmentOption
from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.types import Language
from deliver_to_po.core.arguments import kind_of
from deliver_to_po.core.language import language_of
from deliver_to_po.host.answered import (
    NUMBER_LENGTH,
    TEXT_LENGTH,
    WEIGHT_STEP,
    ShopError,
    answer_or,
    as_text,
    failed,
    rounded,
    usable_amount,
    usable_option,
    usable_parcel,
    usable_sender,
)
from deliver_to_po.host.calling import Call, ask, call_shop, listed, not_lazy, of_type, several, text_or_none
from deliver_to_po.models import Delivery

# A few whole sentences, which the buyer reads.
ADVICE_LENGTH = 1_000
# How many things a packing slip lists at most.
MOST_THINGS = 300
# How far ahead a shop may promise to mail something.
MOST_HANDLING_DAYS = 365


class Consignment(NamedTuple):
    """What an order or a cart is shipped as: at least one parcel, from whom, with which options, by which service."""

    parcels: tuple[Parcel, ...]
    sender: Sender
    options: tuple[ShipmentOption, ...]
    service: Service


def consignment_of(order_or_cart: Any) -> Consignment:
    """Return what an order or a cart is shipped as, rounded as Canada Post wants it.

    ``parcels`` is empty when the shop names none. Raises ShopError.
    """
    return Consignment(
        parcels=parcels_of(order_or_cart),
        sender=sender_of(order_or_cart),
        options=options_of(order_or_cart),
        service=service_of(order_or_cart),
    )


def parcels_of(order_or_cart: Any) -> tuple[Parcel, ...]:
    """Return the parcels of an order or a cart, rounded as Canada Post wants them; raises ShopError."""
    parcels = several("parcels", Parcel, lambda shop: shop.parcels(order_or_cart), order_or_cart)
    return tuple(usable_parcel(parcel) for parcel in parcels)


def sender_of(order_or_cart: Any) -> Sender:
    """Return who ships an order or a cart, and from where; raises ShopError."""
    return usable_sender(of_type("ship_from", Sender, lambda shop: shop.ship_from(order_or_cart), order_or_cart))


def options_of(order_or_cart: Any) -> tuple[ShipmentOption, ...]:
    """Return the options that an order or a cart is shipped with, amounts in whole cents; raises ShopError."""
    options = several("options", ShipmentOption, lambda shop: shop.options(order_or_cart), order_or_cart)
    return tuple(usable_option(option) for option in options)


def service_of(order_or_cart: Any) -> Service:
    """Return the service that an order or a cart is shipped by; raises ShopError."""
    answer = of_type("service", str, lambda shop: shop.service(order_or_cart), order_or_cart)
    try:
        return Service(answer)
    except ValueError:
        raise failed("service", "returned a text that is no service") from None


def services_of(cart: Any) -> tuple[Service, ...]:
    """Return the services that a buyer may choose from, each once; raises ShopError."""
    answers = several("services", str, lambda shop: shop.services(cart), cart)
    try:
        return tuple(dict.fromkeys(Service(answer) for answer in answers))
    except ValueError:
        raise failed("services", "returned a text that is no service") from None


def keeps_prices() -> bool:
    """Say whether drafts keep service and price. Never raises."""
    return answer_or(False, lambda: ask("keeps_prices", lambda shop: shop.keeps_prices) is True)


def why_not_mailable(cart: Any) -> str:
    """Return why a cart must not be mailed, in the buyer's words, ``""`` for no reason; raises ShopError."""
    return text_or_none("mailable", lambda shop: shop.mailable(cart), cart)[:ADVICE_LENGTH].strip()


def handling_days_of(cart: Any) -> int:
    """Return on how many working days a cart is made ready; raises ShopError."""
    days = of_type("handling_days", int, lambda shop: shop.handling_days(cart), cart)
    if isinstance(days, bool) or not 0 <= days <= MOST_HANDLING_DAYS:
        raise failed("handling_days", "is no number of days that anybody waits")
    return days


def price_of(cart: Any, service: Service, rate: Rate | None) -> Decimal | None:
    """Return what a buyer pays for a delivery, in whole cents, None if the shop names no price; raises ShopError."""
    answer = ask("price", lambda shop: shop.price(cart, service, rate), cart, service, rate)
    return None if answer is None else usable_amount("price", answer)


def shipping_system_of(order: Any) -> str:
    """Return the alias of the shipping system that an order is given to; raises ShopError."""
    return of_type("shipping_system", str, lambda shop: shop.shipping_system(order), order)


def goes_to_post_office(order: Any) -> bool:
    """Say whether an order is to be delivered to a post office; raises ShopError."""
    return of_type("goes_to_post_office", bool, lambda shop: shop.goes_to_post_office(order))


def surely_goes_elsewhere(order: Any) -> bool:
    """Say whether the shop says plainly that an order does not go to a post office. Never raises."""
    return answer_or(False, lambda: not goes_to_post_office(order))


def is_paid(order: Any) -> bool | None:
    """Say whether an order is paid, None when the shop does not say; raises ShopError."""
    return of_type("is_paid", bool | None, lambda shop: shop.is_paid(order))


def is_surely_paid(order: Any) -> bool:
    """Say whether the shop says plainly that an order is paid. Never raises."""
    return answer_or(False, lambda: is_paid(order) is True)


def is_surely_unpaid(order: Any) -> bool:
    """Say whether the shop says plainly that an order is not paid. Never raises."""
    return answer_or(False, lambda: is_paid(order) is False)


def hold_reason(order: Any) -> str:
    """Return why an order must not be shipped yet, ``""`` for no reason; raises ShopError."""
    return text_or_none("hold_reason", lambda shop: shop.hold_reason(order))[:TEXT_LENGTH].strip()


def reference_of(order: Any) -> str:
    """Return what staff and label call an order, on one line, as much of it as a label takes. Never raises."""
    told = answer_or("", lambda: of_type("reference", str | int, lambda shop: shop.reference(order)))
    return _on_one_line(str(told)) or _on_one_line(str(OrderAdapter[Any]().reference(order)))


def _on_one_line(text: str) -> str:
    printable = "".join(character for character in text[: 4 * lengths.REFERENCE] if character.isprintable())
    return printable.strip()[: lengths.REFERENCE].strip()


def contents_of(order: Any) -> tuple[tuple[Decimal, str], ...]:
    """Return what is inside the parcels of an order: quantities and names; raises ShopError."""
    return _things("contents", lambda shop: shop.contents(order))


def contents_of_parcel(order: Any, number: int, *, of: int) -> tuple[tuple[Decimal, str], ...]:
    """Return what is inside parcel ``number`` ``of`` several, or of one: quantities and names. Never raises.

    Empty when the shop does not say, or cannot.
    """
    if of == 1:
        return answer_or((), lambda: contents_of(order))
    return answer_or((), lambda: _things("parcel_contents", lambda shop: shop.parcel_contents(order, number)))


def _things(question: str, call: Call[Sequence[tuple[int | Decimal, str]]]) -> tuple[tuple[Decimal, str], ...]:
    things = listed(question, MOST_THINGS, call)
    # A name is perhaps translated only now.
    return call_shop(question, lambda: tuple(_thing(question, thing) for thing in things))


def _thing(question: str, thing: Any) -> tuple[Decimal, str]:
    if not isinstance(thing, tuple | list) or len(thing) != 2:
        raise failed(question, f"returned a list with {kind_of(thing)}")
    quantity, name = thing[0], not_lazy(thing[1])
    if not isinstance(name, str):
        raise failed(question, f"a name is {kind_of(name)}")
    return rounded(question, "a quantity", quantity, WEIGHT_STEP), as_text(name).strip()


def packing_order_of(order: Any) -> str:
    """Return what orders are sorted by when they are packed, ``""`` when the shop cannot say. Never raises."""
    told = answer_or("", lambda: of_type("packing_order", str, lambda shop: shop.packing_order(order)))
    return told[:NUMBER_LENGTH].strip()


def language_of_order(order: Any, otherwise: str) -> Language:
    """Return the language of an order's buyer, ``otherwise`` when the shop does not say. Never raises."""
    code = answer_or("", lambda: text_or_none("language", lambda shop: shop.language(order)))
    return language_of(code or otherwise)


def buyers_email(order: Any) -> str:
    """Return the e-mail address of an order's buyer, ``""`` when the shop names none; raises ShopError."""
    return as_text(text_or_none("email", lambda shop: shop.email(order))).strip()


def email_of(order: Any) -> str:
    """Return the same, ``""`` when the shop cannot say. Never raises."""
    return answer_or("", lambda: buyers_email(order))


def cart_of(request: HttpRequest) -> Any:
    """Return what the buyer is about to order, None when the shop has nothing of the kind. Never raises."""
    return answer_or(None, lambda: ask("cart", lambda shop: shop.cart(request), request))


def recipient_of(request: HttpRequest) -> RecipientSuggestion:
    """Return what to fill the recipient's form with; empty if the shop cannot say. Never raises."""
    known = answer_or(
        RecipientSuggestion(),
        lambda: of_type("recipient", RecipientSuggestion, lambda shop: shop.recipient(request), request),
    )
    return replace(known, **{field.name: as_text(getattr(known, field.name)) for field in fields(known)})


def postal_code_of(request: HttpRequest) -> str:
    """Return the postal code to offer for a search, ``""`` when the shop cannot say. Never raises."""
    return answer_or("", lambda: as_text(text_or_none("postal_code", lambda shop: shop.postal_code(request), request)))


def next_url_of(request: HttpRequest) -> str:
    """Return where the buyer goes when office and recipient are complete; raises ShopError.

    The buyer cannot go on without it: the step says so, and the log says why.
    """
    return _address("next_url", lambda shop: shop.next_url(request))


def home_delivery_url_of(request: HttpRequest) -> str:
    """Return where the buyer chooses another way of delivery, ``""`` when the shop cannot say. Never raises."""
    return answer_or("", lambda: _address("home_delivery_url", lambda shop: shop.home_delivery_url(request)))


def _address(question: str, call: Call[str]) -> str:
    address = of_type(question, str, call)
    if not address:
        raise failed(question, "returned an empty text")
    return address


def last_delivery_of(request: HttpRequest) -> Delivery | None:
    """Return the buyer's last delivery to a post office, None when the shop knows of none. Never raises."""
    answer = answer_or(None, lambda: ask("last_delivery", lambda shop: shop.last_delivery(request), request))
    return answer if isinstance(answer, Delivery) and answer.office_id else None


def may_see_label(request: HttpRequest, order: Any) -> bool:
    """Say whether the shop lets whoever asks see the labels of an order. Never raises."""
    return answer_or(False, lambda: of_type("may_see_label", bool, lambda shop: shop.may_see_label(request, order)))


def tax_destination_of(delivery: Delivery) -> str:
    """Return the province, as “ON”, whose taxes a delivery is charged; its office's when the shop cannot say.

    Never raises.
    """
    told = answer_or(None, lambda: of_type("tax_destination", str, lambda shop: shop.tax_destination(delivery)))
    return delivery.office_province if told is None else told[:TEXT_LENGTH].strip().upper()


def tell_price_changed(request: HttpRequest, draft: Delivery) -> None:
    """Tell the shop that service or price of a choice are others than before. Never raises."""
    with suppress(ShopError):
        ask("price_changed", lambda shop: shop.price_changed(request, draft))
