"""Asking the shop: every question to its adapter, with what a wrong answer leads to. Nothing here costs a payment."""

import logging
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal, InvalidOperation, localcontext
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpRequest
from django.utils.functional import Promise

from deliver_to_po.adapter import (
    Address,
    OrderAdapter,
    Parcel,
    Rate,
    RecipientSuggestion,
    Sender,
    Service,
    ShipmentOption,
    order_adapter,
)
from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.identifiers import normalize_postal_code
from deliver_to_po.canadapost.types import Language
from deliver_to_po.language import language_of
from deliver_to_po.models import Delivery

log = logging.getLogger(__name__)

WEIGHT_STEP, SIDE_STEP, CENT = Decimal("0.001"), Decimal("0.1"), Decimal("0.01")
# What a float adds to a sum of ten thousand of them is far smaller, and what a scale tells is far bigger.
FLOAT_NOISE = Decimal("0.000001")
# Nothing that is shipped is as heavy, long or dear; what is more is a mistake of the shop's code.
ABSURD = Decimal(100_000)
# No order is shipped in as many parcels, and none has as many options.
MOST_PARCELS = 1000
# No slip lists as many things.
MOST_THINGS = 300
# Nobody is told a day that far ahead.
MOST_HANDLING_DAYS = 365
# Longer than any text or number that a shop means; what Canada Post takes is shorter still.
TEXT_LENGTH, NUMBER_LENGTH = 200, 40

T = TypeVar("T")


class ShopError(Exception):
    """The shop's own code raised something, or answered what cannot be used.

    The text names the question and the kind of mistake: a code that a developer can look up. It holds nothing personal.
    """

    def __init__(self, question: str, problem: str):
        super().__init__(f"{question}: {problem}")


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
    return tuple(_parcel(parcel) for parcel in _several("parcels", Parcel, order_or_cart))


def sender_of(order_or_cart: Any) -> Sender:
    """Return who ships an order or a cart, and from where; raises ShopError."""
    return _sender(_of_type("ship_from", Sender, order_or_cart))


def options_of(order_or_cart: Any) -> tuple[ShipmentOption, ...]:
    """Return the options that an order or a cart is shipped with, amounts in whole cents; raises ShopError."""
    return tuple(_option(option) for option in _several("options", ShipmentOption, order_or_cart))


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
    price = _rounded("price", "it", answer, CENT, rounding=ROUND_HALF_UP)
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
        raise failed("contents", f"returned a list with {_kind(thing)}")
    quantity, name = thing
    return _rounded("contents", "a quantity", quantity, WEIGHT_STEP), _as_text(_not_lazy(name)).strip()


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
        return _as_text(_of_type("email", str | None, order)).strip()
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
    return replace(known, **{field.name: _as_text(getattr(known, field.name)) for field in fields(known)})


def postal_code_of(request: HttpRequest) -> str:
    """Return the postal code to offer for a search, ``""`` when the shop cannot say. Never raises."""
    try:
        return _as_text(_of_type("postal_code", str | None, request))
    except ShopError:
        return ""


def last_delivery_of(request: HttpRequest) -> Delivery | None:
    """Return the buyer's last delivery to a post office, None when the shop knows of none. Never raises."""
    try:
        answer = _ask("last_delivery", request)
    except ShopError:
        return None
    return answer if isinstance(answer, Delivery) and answer.office_id else None


def _as_text(answer: object) -> str:
    """Return a text that a form can show: as long as anybody means it, ``""`` for what is none."""
    return answer[:TEXT_LENGTH].replace("\0", "") if isinstance(answer, str) and _can_be_kept(answer) else ""


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


def failed(question: str, problem: str, error: Exception | None = None) -> ShopError:
    """Return the error of one question, and write into the log where it comes from.

    The log gets no text of ``error``: it may hold anything, a whole row of the database included.
    """
    where = ["\n", *traceback.format_tb(error.__traceback__)] if error else []
    log.error("The shop's own code could not be used: %s: %s%s", question, problem, "".join(where))
    return ShopError(question, problem)


def _of_type(question: str, kind: Any, subject: Any) -> Any:
    answer = _ask(question, subject)
    if not isinstance(answer, kind):
        raise failed(question, f"returned {_kind(answer)}")
    return answer


def _several(question: str, kind: type[T], subject: Any) -> Sequence[T]:
    found: Sequence[Any] = _ask(
        question, subject, lambda answer: list(islice(_iterable(question, answer), MOST_PARCELS))
    )
    if len(found) == MOST_PARCELS:
        raise failed(question, f"returned {MOST_PARCELS} or more")
    for one in found:
        if not isinstance(one, kind):
            raise failed(question, f"returned a list with {_kind(one)}")
    return found


def _iterable(question: str, answer: Any) -> Any:
    try:
        return iter(answer)
    except TypeError:
        raise failed(question, f"returned {_kind(answer)}") from None


def _kind(answer: object) -> str:
    return "None" if answer is None else type(answer).__name__


def _parcel(parcel: Parcel) -> Parcel:
    return Parcel(
        weight_kg=_rounded("parcels", "weight_kg", parcel.weight_kg, WEIGHT_STEP),
        length_cm=_rounded("parcels", "length_cm", parcel.length_cm, SIDE_STEP),
        width_cm=_rounded("parcels", "width_cm", parcel.width_cm, SIDE_STEP),
        height_cm=_rounded("parcels", "height_cm", parcel.height_cm, SIDE_STEP),
    )


def _option(option: ShipmentOption) -> ShipmentOption:
    code = _text("options", "code", option.code)
    if option.amount is None:
        return ShipmentOption(code)
    return ShipmentOption(code, _rounded("options", "amount", option.amount, CENT))


def _rounded(question: str, what: str, number: object, step: Decimal, rounding: str = ROUND_UP) -> Decimal:
    """Return a number in the steps that Canada Post takes, by default never lighter or smaller than it is.

    A float is taken for what it was meant to be: 300 × 0.1 is 30.
    """
    if type(number) is Decimal and number.same_quantum(step) and -ABSURD < number < ABSURD:
        return number
    if isinstance(number, bool) or not isinstance(number, Decimal | float | int | str):
        raise failed(question, f"{what} is {_kind(number)}")
    # The shop may have set how its own thread counts.
    with localcontext(Context(prec=NUMBER_LENGTH)):
        exact = _exact(number)
        if exact is None:
            raise failed(question, f"{what} is no number")
        if not exact.is_finite() or abs(exact) >= ABSURD:
            raise failed(question, f"{what} is out of range")
        if isinstance(number, float):
            exact = exact.quantize(FLOAT_NOISE, rounding=ROUND_HALF_EVEN)
        return exact.quantize(step, rounding=rounding)


def _exact(number: Decimal | float | int | str) -> Decimal | None:
    """Return the number that is written, None for a text that is no number."""
    if isinstance(number, str) and len(number) > NUMBER_LENGTH:
        return None
    try:
        return Decimal(str(number) if isinstance(number, float) else number)
    except InvalidOperation:
        return None


def _sender(sender: Sender) -> Sender:
    address = sender.address
    if not isinstance(address, Address):
        raise failed("ship_from", f"address is {_kind(address)}")
    for name in ("company", "name", "phone"):
        _text("ship_from", name, getattr(sender, name))
    for name in ("line_1", "line_2", "city", "province", "postal_code"):
        _text("ship_from", name, getattr(address, name))
    normal = normalize_postal_code(address.postal_code)
    if normal in ("", address.postal_code):
        return sender
    return replace(sender, address=replace(address, postal_code=normal))


def _text(question: str, what: str, text: object) -> str:
    """Return a text that a database can keep; whether it may stand on a label is asked before it is sent."""
    if not isinstance(text, str):
        raise failed(question, f"{what} is {_kind(text)}")
    if len(text) > TEXT_LENGTH:
        raise failed(question, f"{what} is too long")
    if "\0" in text or not _can_be_kept(text):
        raise failed(question, f"{what} has a character that is none")
    return text


def _can_be_kept(text: str) -> bool:
    """Say whether a text can be written as UTF-8, which half of a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


__all__ = [
    "Consignment",
    "ShopError",
    "attempt",
    "cart_of",
    "consignment_of",
    "contents_of",
    "email_of",
    "failed",
    "goes_to_post_office",
    "handling_days_of",
    "hold_reason",
    "is_paid",
    "is_surely_paid",
    "is_surely_unpaid",
    "keeps_prices",
    "language_of_order",
    "options_of",
    "packing_order_of",
    "parcels_of",
    "postal_code_of",
    "price_of",
    "recipient_of",
    "reference_of",
    "sender_of",
    "service_of",
    "services_of",
    "shipping_system_of",
    "surely_goes_elsewhere",
    "why_not_mailable",
]
