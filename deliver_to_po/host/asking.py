"""Asking the shop: every question to its adapter, with what a wrong answer leads to. Nothing here costs a payment."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from types import UnionType
from typing import Any, TypeAlias, TypeVar

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
from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.types import Language
from deliver_to_po.core.language import language_of
from deliver_to_po.host.answered import (
    CENT,
    NUMBER_LENGTH,
    TEXT_LENGTH,
    WEIGHT_STEP,
    ShopError,
    as_text,
    failed,
    is_utf8,
    kind_of,
    rounded,
    usable_option,
    usable_parcel,
    usable_sender,
)
from deliver_to_po.host.once import once
from deliver_to_po.models import Delivery

# Answers of this length or more are mistakes: of parcels, options and services.
MOST_PARCELS = 1000
# How many things a packing slip lists at most.
MOST_THINGS = 300
# How far ahead a shop may promise to mail something.
MOST_HANDLING_DAYS = 365

T = TypeVar("T")
# The savepoint that several questions share, see ``under_one_savepoint``.
_savepoint: ContextVar[str | None] = ContextVar("deliver_to_po_savepoint", default=None)
# One question to the adapter, such as ``lambda shop: shop.service(order)``.
Call: TypeAlias = Callable[[OrderAdapter[Any]], T]


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
    parcels = _several("parcels", Parcel, lambda shop: shop.parcels(order_or_cart), order_or_cart)
    return tuple(usable_parcel(parcel) for parcel in parcels)


def sender_of(order_or_cart: Any) -> Sender:
    """Return who ships an order or a cart, and from where; raises ShopError."""
    return usable_sender(_of_type("ship_from", Sender, lambda shop: shop.ship_from(order_or_cart), order_or_cart))


def options_of(order_or_cart: Any) -> tuple[ShipmentOption, ...]:
    """Return the options that an order or a cart is shipped with, amounts in whole cents; raises ShopError."""
    options = _several("options", ShipmentOption, lambda shop: shop.options(order_or_cart), order_or_cart)
    return tuple(usable_option(option) for option in options)


def service_of(order_or_cart: Any) -> Service:
    """Return the service that an order or a cart is shipped by; raises ShopError."""
    answer = _of_type("service", str, lambda shop: shop.service(order_or_cart), order_or_cart)
    try:
        return Service(answer)
    except ValueError:
        raise failed("service", "returned a text that is no service") from None


def services_of(cart: Any) -> tuple[Service, ...]:
    """Return the services that a buyer may choose from, each once; raises ShopError."""
    answers = _several("services", str, lambda shop: shop.services(cart), cart)
    try:
        return tuple(dict.fromkeys(Service(answer) for answer in answers))
    except ValueError:
        raise failed("services", "returned a text that is no service") from None


def keeps_prices() -> bool:
    """Say whether drafts keep service and price. Never raises."""
    try:
        return _ask("keeps_prices", lambda shop: shop.keeps_prices) is True
    except ShopError:
        return False


def why_not_mailable(cart: Any) -> str:
    """Return why a cart must not be mailed, in the buyer's words, ``""`` for no reason; raises ShopError."""
    return _text_or_none("mailable", lambda shop: shop.mailable(cart), cart)[:TEXT_LENGTH].strip()


def handling_days_of(cart: Any) -> int:
    """Return on how many working days a cart is made ready; raises ShopError."""
    days = _of_type("handling_days", int, lambda shop: shop.handling_days(cart), cart)
    if isinstance(days, bool) or not 0 <= days <= MOST_HANDLING_DAYS:
        raise failed("handling_days", "is no number of days that anybody waits")
    return days


def price_of(cart: Any, service: Service, rate: Rate | None) -> Decimal | None:
    """Return what a buyer pays for a delivery, in whole cents, None if the shop names no price; raises ShopError."""
    answer = _ask("price", lambda shop: shop.price(cart, service, rate), cart, service, rate)
    if answer is None:
        return None
    price = rounded("price", "it", answer, CENT, rounding=ROUND_HALF_UP)
    if price < 0:
        raise failed("price", "is less than 0")
    return price


def shipping_system_of(order: Any) -> str:
    """Return the alias of the shipping system that an order is given to; raises ShopError."""
    return _of_type("shipping_system", str, lambda shop: shop.shipping_system(order), order)


def goes_to_post_office(order: Any) -> bool:
    """Say whether an order is to be delivered to a post office; raises ShopError."""
    return _of_type("goes_to_post_office", bool, lambda shop: shop.goes_to_post_office(order))


def surely_goes_elsewhere(order: Any) -> bool:
    """Say whether the shop says plainly that an order does not go to a post office. Never raises."""
    try:
        return not goes_to_post_office(order)
    except ShopError:
        return False


def is_paid(order: Any) -> bool | None:
    """Say whether an order is paid, None when the shop does not say; raises ShopError."""
    return _of_type("is_paid", bool | None, lambda shop: shop.is_paid(order))


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
    return _text_or_none("hold_reason", lambda shop: shop.hold_reason(order))[:TEXT_LENGTH].strip()


def reference_of(order: Any) -> str:
    """Return what staff and label call an order, on one line, as much of it as a label takes. Never raises."""
    try:
        written = _on_one_line(_of_type("reference", str, lambda shop: shop.reference(order)))
    except ShopError:
        written = ""
    return written or _on_one_line(OrderAdapter[Any]().reference(order))


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
    try:
        if of == 1:
            return contents_of(order)
        return _things("parcel_contents", lambda shop: shop.parcel_contents(order, number))
    except ShopError:
        return ()


def _things(question: str, call: Call[Sequence[tuple[int | Decimal, str]]]) -> tuple[tuple[Decimal, str], ...]:
    return tuple(_thing(question, thing) for thing in _list(question, MOST_THINGS, call))


def _thing(question: str, thing: Any) -> tuple[Decimal, str]:
    if not isinstance(thing, tuple | list) or len(thing) != 2:
        raise failed(question, f"returned a list with {kind_of(thing)}")
    quantity, name = thing
    return rounded(question, "a quantity", quantity, WEIGHT_STEP), as_text(_not_lazy(name)).strip()


def packing_order_of(order: Any) -> str:
    """Return what orders are sorted by when they are packed, ``""`` when the shop cannot say. Never raises."""
    try:
        return _of_type("packing_order", str, lambda shop: shop.packing_order(order))[:NUMBER_LENGTH].strip()
    except ShopError:
        return ""


def language_of_order(order: Any, otherwise: str) -> Language:
    """Return the language of an order's buyer, ``otherwise`` when the shop does not say. Never raises."""
    try:
        code = _text_or_none("language", lambda shop: shop.language(order))
    except ShopError:
        code = ""
    return language_of(code or otherwise)


def email_of(order: Any) -> str:
    """Return the e-mail address of an order's buyer, ``""`` when the shop cannot say. Never raises."""
    try:
        return as_text(_text_or_none("email", lambda shop: shop.email(order))).strip()
    except ShopError:
        return ""


def cart_of(request: HttpRequest) -> Any:
    """Return what the buyer is about to order, None when the shop has nothing of the kind. Never raises."""
    try:
        return _ask("cart", lambda shop: shop.cart(request), request)
    except ShopError:
        return None


def recipient_of(request: HttpRequest) -> RecipientSuggestion:
    """Return what to fill the recipient's form with; empty if the shop cannot say. Never raises."""
    try:
        known = _of_type("recipient", RecipientSuggestion, lambda shop: shop.recipient(request))
    except ShopError:
        return RecipientSuggestion()
    return replace(known, **{field.name: as_text(getattr(known, field.name)) for field in fields(known)})


def postal_code_of(request: HttpRequest) -> str:
    """Return the postal code to offer for a search, ``""`` when the shop cannot say. Never raises."""
    try:
        return as_text(_text_or_none("postal_code", lambda shop: shop.postal_code(request)))
    except ShopError:
        return ""


def next_url_of(request: HttpRequest) -> str:
    """Return where the buyer goes when office and recipient are complete; raises ShopError.

    The buyer cannot go on without it: the step says so, and the log says why.
    """
    return _address("next_url", lambda shop: shop.next_url(request))


def home_delivery_url_of(request: HttpRequest) -> str:
    """Return where the buyer chooses another way of delivery, ``""`` when the shop cannot say. Never raises."""
    try:
        return _address("home_delivery_url", lambda shop: shop.home_delivery_url(request))
    except ShopError:
        return ""


def _address(question: str, call: Call[str]) -> str:
    address = _of_type(question, str, call)
    if not address:
        raise failed(question, "returned an empty text")
    return address


def last_delivery_of(request: HttpRequest) -> Delivery | None:
    """Return the buyer's last delivery to a post office, None when the shop knows of none. Never raises."""
    try:
        answer = _ask("last_delivery", lambda shop: shop.last_delivery(request))
    except ShopError:
        return None
    return answer if isinstance(answer, Delivery) and answer.office_id else None


def _ask(question: str, call: Call[T], *about: object) -> T:
    """Return what the adapter answers, whatever its type really is; raises ShopError.

    ``about`` is what it is asked about, if the same question has the same answer for as long as one request takes.
    """
    return once(question, about, lambda: call_shop(question, lambda: call(order_adapter())))


@contextmanager
def under_one_savepoint() -> Iterator[None]:
    """Let several questions share one savepoint if there is a transaction: each would make its own, by two statements.

    Write nothing of ours within this: a question that fails would undo it.
    """
    connection = transaction.get_connection()
    savepoint = connection.savepoint()
    token = _savepoint.set(savepoint)
    try:
        yield
    finally:
        _savepoint.reset(token)
        connection.savepoint_commit(savepoint)


def call_shop(question: str, call: Callable[[], T]) -> T:
    """Return what the shop's own code answers. Raises ShopError for whatever it raises.

    After a failed query of the shop's code our transaction is still usable.
    """
    shared, connection = _savepoint.get(), transaction.get_connection()
    try:
        if shared is None and connection.in_atomic_block:
            with transaction.atomic():
                return call()
        return call()
    except ShopError:
        raise
    except Exception as error:
        if shared is not None:
            connection.set_rollback(False)
            connection.savepoint_rollback(shared)
        raise failed(question, type(error).__name__, error) from error


def _of_type(question: str, kind: type | UnionType, call: Call[T], *about: object) -> T:
    """Return an answer that is of ``kind``; a translated text counts as a text. Raises ShopError."""
    answer: T = _ask(question, lambda shop: _not_lazy(call(shop)), *about)
    _refuse_what_is_not(kind, question, answer)
    return answer


def _refuse_what_is_not(kind: type | UnionType, question: str, answer: object) -> None:
    if not isinstance(answer, kind):
        raise failed(question, f"returned {kind_of(answer)}")
    if isinstance(answer, str) and not is_utf8(answer):
        raise failed(question, "has a character that is none")


def _text_or_none(question: str, call: Call[str], *about: object) -> str:
    """Return a text, ``""`` if the shop answers None; raises ShopError."""
    return _of_type(question, str | None, call, *about) or ""


def _not_lazy(answer: Any) -> Any:
    """Return a translated text as a text, and anything else as it is."""
    return str(answer) if isinstance(answer, Promise) else answer


def _several(question: str, kind: type, call: Call[Sequence[T]], *about: object) -> Sequence[T]:
    found = _list(question, MOST_PARCELS, call, *about)
    if len(found) == MOST_PARCELS:
        raise failed(question, f"returned {MOST_PARCELS} or more")
    for one in found:
        if not isinstance(one, kind):
            raise failed(question, f"returned a list with {kind_of(one)}")
    return found


def _list(question: str, most: int, call: Call[Sequence[T]], *about: object) -> Sequence[T]:
    """Return at most the first ``most`` of an answer, which may be any iterable; raises ShopError."""

    def read(shop: OrderAdapter[Any]) -> list[T]:
        answer = call(shop)
        try:
            one_by_one = iter(answer)
        except TypeError:
            raise failed(question, f"returned {kind_of(answer)}") from None
        return list(islice(one_by_one, most))

    return _ask(question, read, *about)
