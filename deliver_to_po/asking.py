"""Asking the shop: every question to its adapter, with what a wrong answer leads to. Nothing here costs a payment."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, ROUND_UP, Decimal, InvalidOperation
from typing import Any, TypeVar

from django.db import transaction

from deliver_to_po.adapter import Parcel, Sender, Service, ShipmentOption, order_adapter
from deliver_to_po.canadapost.identifiers import REFERENCE_LENGTH, normalize_postal_code
from deliver_to_po.canadapost.types import Language
from deliver_to_po.language import language_of

log = logging.getLogger(__name__)

WEIGHT_STEP, SIDE_STEP, CENT = Decimal("0.001"), Decimal("0.1"), Decimal("0.01")
# What a float adds to a sum of ten thousand of them is far smaller, and what a scale tells is far bigger.
FLOAT_NOISE = Decimal("0.000001")
# Nothing that is shipped is as heavy, long or dear; what is more is a mistake of the shop's code.
ABSURD = Decimal(100_000)
NOTE_LENGTH = 200

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
        parcels=tuple(_parcel(parcel) for parcel in _several("parcels", Parcel, order_or_cart)),
        sender=_sender(_ask("ship_from", order_or_cart)),
        options=tuple(_option(option) for option in _several("options", ShipmentOption, order_or_cart)),
        service=service_of(order_or_cart),
    )


def service_of(order_or_cart: Any) -> Service:
    """Return the service that an order or a cart is shipped by; raises ShopError."""
    answer = _ask("service", order_or_cart)
    try:
        return Service(answer)
    except ValueError:
        raise ShopError("service", f"returned {_kind(answer)}") from None


def shipping_system_of(order: Any) -> str:
    """Return the alias of the shipping system that an order is given to; raises ShopError."""
    return str(_of_type("shipping_system", str, order))


def goes_to_post_office(order: Any) -> bool:
    """Say whether an order is to be delivered to a post office; raises ShopError."""
    return bool(_of_type("goes_to_post_office", bool, order))


def is_paid(order: Any) -> bool | None:
    """Say whether an order is paid, None when the shop does not say; raises ShopError."""
    answer: bool | None = _of_type("is_paid", bool | None, order)
    return answer


def hold_reason(order: Any) -> str:
    """Return why an order must not be shipped yet, ``""`` for no reason; raises ShopError."""
    return (_of_type("hold_reason", str | None, order) or "").strip()[:NOTE_LENGTH]


def reference_of(order: Any) -> str:
    """Return what staff and label call an order, on one line, as much of it as a label takes. Never raises."""
    try:
        text = _of_type("reference", str, order)
    except ShopError:
        text = str(order.pk)
    printable = "".join(character for character in text[: 4 * REFERENCE_LENGTH] if character.isprintable())
    return printable.strip()[:REFERENCE_LENGTH]


def language_of_order(order: Any, otherwise: str) -> Language:
    """Return the language of an order's buyer, ``otherwise`` when the shop does not say. Never raises."""
    try:
        code = _of_type("language", str | None, order)
    except ShopError:
        code = ""
    return language_of(code or otherwise)


def _ask(question: str, subject: Any) -> Any:
    """Return what the adapter answers; a failed query of the shop's leaves our transaction usable. Raises ShopError."""
    try:
        if transaction.get_connection().in_atomic_block:
            with transaction.atomic():
                return getattr(order_adapter(), question)(subject)
        return getattr(order_adapter(), question)(subject)
    except Exception as error:
        raise _failed(question, type(error).__name__, error) from error


def _failed(question: str, problem: str, error: Exception | None = None) -> ShopError:
    log.error("The shop's adapter could not be used: %s: %s", question, problem, exc_info=error)
    return ShopError(question, problem)


def _of_type(question: str, kind: Any, subject: Any) -> Any:
    answer = _ask(question, subject)
    if not isinstance(answer, kind):
        raise _failed(question, f"returned {_kind(answer)}")
    return answer


def _several(question: str, kind: type[T], subject: Any) -> Sequence[T]:
    answer = _ask(question, subject)
    try:
        found = list(answer)
    except Exception as error:
        raise _failed(question, f"returned {_kind(answer)}", error) from error
    for one in found:
        if not isinstance(one, kind):
            raise _failed(question, f"returned a list with {_kind(one)}")
    return found


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
    if not isinstance(option.code, str):
        raise _failed("options", f"code is {_kind(option.code)}")
    if option.amount is None:
        return option
    return replace(option, amount=_rounded("options", "amount", option.amount, CENT))


def _rounded(question: str, what: str, number: object, step: Decimal) -> Decimal:
    """Return a number in the steps that Canada Post takes, never lighter or smaller than it is.

    A float is taken for what it was meant to be: 300 × 0.1 is 30.
    """
    if isinstance(number, bool) or not isinstance(number, Decimal | float | int | str):
        raise _failed(question, f"{what} is {_kind(number)}")
    try:
        exact = Decimal(str(number)[:40])
    except InvalidOperation:
        raise _failed(question, f"{what} is no number") from None
    if not exact.is_finite() or abs(exact) >= ABSURD:
        raise _failed(question, f"{what} is out of range")
    if isinstance(number, float):
        exact = exact.quantize(FLOAT_NOISE, rounding=ROUND_HALF_EVEN)
    return exact.quantize(step, rounding=ROUND_UP)


def _sender(answer: object) -> Sender:
    if not isinstance(answer, Sender):
        raise _failed("ship_from", f"returned {_kind(answer)}")
    texts: Sequence[object] = (answer.company, answer.name, answer.phone, *_address_texts(answer))
    if not all(isinstance(text, str) for text in texts):
        raise _failed("ship_from", "returned a field that is no text")
    written = answer.address.postal_code
    return replace(answer, address=replace(answer.address, postal_code=normalize_postal_code(written) or written))


def _address_texts(sender: Sender) -> Sequence[object]:
    address = sender.address
    try:
        return (address.line_1, address.line_2, address.city, address.province, address.postal_code)
    except AttributeError:
        raise _failed("ship_from", f"address is {_kind(address)}") from None


__all__ = [
    "Consignment",
    "ShopError",
    "consignment_of",
    "goes_to_post_office",
    "hold_reason",
    "is_paid",
    "language_of_order",
    "reference_of",
    "service_of",
    "shipping_system_of",
]
