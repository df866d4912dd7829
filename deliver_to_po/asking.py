"""Asking the shop: every question to its adapter, with what a wrong answer leads to. Nothing here costs a payment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpRequest
from django.utils.functional import Promise

from deliver_to_po.adapter import (
    OrderAdapter,
    Parcel,
    Rate,
    RecipientSuggestion,
    Sender,
    Service,
    ShipmentOption,
    order_adapter,
)
from deliver_to_po.answered import (
    CENT,
    NUMBER_LENGTH,
    TEXT_LENGTH,
    WEIGHT_STEP,
    ShopError,
    as_text,
    can_be_kept,
    failed,
    kind_of,
    rounded,
    usable_option,
    usable_parcel,
    usable_sender,
)
from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.types import Language
from deliver_to_po.language import language_of
from deliver_to_po.models import Delivery

# No order is shipped in as many parcels, and none has as many options.
MOST_PARCELS = 1000
# No slip lists as many things.
MOST_THINGS = 300
# Nobody is told a day that far ahead.
MOST_HANDLING_DAYS = 365

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Consignment:
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
    return tuple(usable_parcel(parcel) for parcel in _several("parcels", Parcel, order_or_cart))


def sender_of(order_or_cart: Any) -> Sender:
    """Return who ships an order or a cart, and from where; raises ShopError."""
    return usable_sender(_of_type("ship_from", Sender, order_or_cart))


def options_of(order_or_cart: Any) -> tuple[ShipmentOption, ...]:
    """Return the options that an order or a cart is shipped with, amounts in whole cents; raises ShopError."""
    return tuple(usable_option(option) for option in _several("options", ShipmentOption, order_or_cart))


def service_of(order_or_cart: Any) -> Service:
    """Return the service that an order or a cart is shipped by; raises ShopError."""
    answer = _of_type("service", str, order_or_cart)
    try:
        return Service(answer)
    except ValueError:
        raise failed("service", "returned a text that is no service") from None


def services_of(cart: Any) -> tuple[Service, ...]:
    """Return the services that a buyer may choose from, each once; raises ShopError."""
    answers = _several("services", str, cart)
    try:
        return tuple(dict.fromkeys(Service(answer) for answer in answers))
    except ValueError:
        raise failed("services", "returned a text that is no service") from None


def keeps_prices() -> bool:
    """Say whether drafts keep service and price. Never raises."""
    try:
        return attempt("keeps_prices", lambda: order_adapter().keeps_prices) is True
    except ShopError:
        return False


def why_not_mailable(cart: Any) -> str:
    """Return why a cart must not be mailed, in the buyer's words, ``""`` for no reason; raises ShopError."""
    return str(_of_type("mailable", str | None, cart) or "")[:TEXT_LENGTH].strip()


def handling_days_of(cart: Any) -> int:
    """Return on how many working days a cart is made ready; raises ShopError."""
    days = _of_type("handling_days", int, cart)
    if isinstance(days, bool) or not 0 <= days <= MOST_HANDLING_DAYS:
        raise failed("handling_days", "is no number of days that anybody waits")
    return int(days)


def price_of(cart: Any, service: Service, rate: Rate | None) -> Decimal | None:
    """Return what a buyer pays for a delivery, in whole cents, None where the shop names no price; raises ShopError."""
    answer = attempt("price", lambda: order_adapter().price(cart, service, rate))
    if answer is None:
        return None
    price = rounded("price", "it", answer, CENT, rounding=ROUND_HALF_UP)
    if price < 0:
        raise failed("price", "is less than 0")
    return price


def shipping_system_of(order: Any) -> str:
    """Return the alias of the shipping system that an order is given to; raises ShopError."""
    return str(_of_type("shipping_system", str, order))


def goes_to_post_office(order: Any) -> bool:
    """Say whether an order is to be delivered to a post office; raises ShopError."""
    return bool(_of_type("goes_to_post_office", bool, order))


def surely_goes_elsewhere(order: Any) -> bool:
    """Say whether the shop says plainly that an order does not go to a post office. Never raises."""
    try:
        return not goes_to_post_office(order)
    except ShopError:
        return False


def is_paid(order: Any) -> bool | None:
    """Say whether an order is paid, None when the shop does not say; raises ShopError."""
    answer: bool | None = _of_type("is_paid", bool | None, order)
    return answer


def is_surely_paid(order: Any) -> bool:
    """Say whether the shop says plainly that an order is paid. Never raises."""
    try:
        return is_paid(order) is True
    except ShopError:
        return False


def is_surely_unpaid(order: Any) -> bool:
    """Say whether the shop says plainly that an order is not paid. Never raises."""
    try:
        return is_paid(order) is False
    except ShopError:
        return False


def hold_reason(order: Any) -> str:
    """Return why an order must not be shipped yet, ``""`` for no reason; raises ShopError."""
    return str(_of_type("hold_reason", str | None, order) or "")[:TEXT_LENGTH].strip()


def reference_of(order: Any) -> str:
    """Return what staff and label call an order, on one line, as much of it as a label takes. Never raises."""
    try:
        written = _on_one_line(_of_type("reference", str, order))
    except ShopError:
        written = ""
    return written or _on_one_line(OrderAdapter[Any]().reference(order))


def _on_one_line(text: str) -> str:
    printable = "".join(character for character in text[: 4 * lengths.REFERENCE] if character.isprintable())
    return printable.strip()[: lengths.REFERENCE].strip()


def contents_of(order: Any) -> tuple[tuple[Decimal, str], ...]:
    """Return what is inside the parcels of an order: quantities and names; raises ShopError."""
    things = _ask("contents", order, lambda answer: list(islice(_iterable("contents", answer), MOST_THINGS)))
    return tuple(_thing(thing) for thing in things)


def _thing(thing: Any) -> tuple[Decimal, str]:
    if not isinstance(thing, tuple | list) or len(thing) != 2:
        raise failed("contents", f"returned a list with {kind_of(thing)}")
    quantity, name = thing
    return rounded("contents", "a quantity", quantity, WEIGHT_STEP), as_text(_not_lazy(name)).strip()


def packing_order_of(order: Any) -> str:
    """Return what orders are sorted by when they are packed, ``""`` when the shop cannot say. Never raises."""
    try:
        return str(_of_type("packing_order", str, order))[:NUMBER_LENGTH].strip()
    except ShopError:
        return ""


def language_of_order(order: Any, otherwise: str) -> Language:
    """Return the language of an order's buyer, ``otherwise`` when the shop does not say. Never raises."""
    try:
        code = _of_type("language", str | None, order)
    except ShopError:
        code = ""
    return language_of(code or otherwise)


def email_of(order: Any) -> str:
    """Return the e-mail address of an order's buyer, ``""`` when the shop cannot say. Never raises."""
    try:
        return as_text(_of_type("email", str | None, order)).strip()
    except ShopError:
        return ""


def cart_of(request: HttpRequest) -> Any:
    """Return what the buyer is about to order, None when the shop has nothing of the kind. Never raises."""
    try:
        return _ask("cart", request)
    except ShopError:
        return None


def recipient_of(request: HttpRequest) -> RecipientSuggestion:
    """Return what to fill the recipient's form with; nothing of what the shop cannot say. Never raises."""
    try:
        known: RecipientSuggestion = _of_type("recipient", RecipientSuggestion, request)
    except ShopError:
        return RecipientSuggestion()
    return replace(known, **{field.name: as_text(getattr(known, field.name)) for field in fields(known)})


def postal_code_of(request: HttpRequest) -> str:
    """Return the postal code to offer for a search, ``""`` when the shop cannot say. Never raises."""
    try:
        return as_text(_of_type("postal_code", str | None, request))
    except ShopError:
        return ""


def next_url_of(request: HttpRequest) -> str:
    """Return where the buyer goes when office and recipient are complete; raises ShopError.

    Nobody can go on without it, so a wrong one shows at the first look, as any mistake in a view of the shop's does.
    """
    return _address_of("next_url", request)


def home_delivery_url_of(request: HttpRequest) -> str:
    """Return where the buyer chooses another way of delivery, ``""`` when the shop cannot say. Never raises."""
    try:
        return _address_of("home_delivery_url", request)
    except ShopError:
        return ""


def _address_of(question: str, request: HttpRequest) -> str:
    address = str(_of_type(question, str, request))
    if not address:
        raise failed(question, "returned an empty text")
    return address


def last_delivery_of(request: HttpRequest) -> Delivery | None:
    """Return the buyer's last delivery to a post office, None when the shop knows of none. Never raises."""
    try:
        answer = _ask("last_delivery", request)
    except ShopError:
        return None
    return answer if isinstance(answer, Delivery) and answer.office_id else None


def _not_lazy(answer: Any) -> Any:
    """Return a translated text as a text, and anything else as it is."""
    return str(answer) if isinstance(answer, Promise) else answer


def _ask(question: str, subject: Any, read: Callable[[Any], Any] = _not_lazy) -> Any:
    """Return what ``read`` makes of the adapter's answer; raises ShopError."""
    return attempt(question, lambda: read(getattr(order_adapter(), question)(subject)))


def attempt(question: str, call: Callable[[], T]) -> T:
    """Return what the shop's own code answers. Raises ShopError for whatever it raises.

    A failed query of the shop's leaves our transaction usable.
    """
    try:
        if transaction.get_connection().in_atomic_block:
            with transaction.atomic():
                return call()
        return call()
    except ShopError:
        raise
    except Exception as error:
        raise failed(question, type(error).__name__, error) from error


def _of_type(question: str, kind: Any, subject: Any) -> Any:
    answer = _ask(question, subject)
    if not isinstance(answer, kind):
        raise failed(question, f"returned {kind_of(answer)}")
    if isinstance(answer, str) and not can_be_kept(answer):
        raise failed(question, "has a character that is none")
    return answer


def _several(question: str, kind: type[T], subject: Any) -> Sequence[T]:
    found: Sequence[Any] = _ask(
        question, subject, lambda answer: list(islice(_iterable(question, answer), MOST_PARCELS))
    )
    if len(found) == MOST_PARCELS:
        raise failed(question, f"returned {MOST_PARCELS} or more")
    for one in found:
        if not isinstance(one, kind):
            raise failed(question, f"returned a list with {kind_of(one)}")
    return found


def _iterable(question: str, answer: Any) -> Any:
    try:
        return iter(answer)
    except TypeError:
        raise failed(question, f"returned {kind_of(answer)}") from None
