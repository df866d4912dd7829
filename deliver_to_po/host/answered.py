"""What the shop's answers must be before anything uses them: parcels, options, senders, numbers and texts."""

import logging
import traceback
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal, InvalidOperation, localcontext
from hashlib import sha256
from typing import TypeVar

from deliver_to_po.adapter import Address, Parcel, Sender, ShipmentOption
from deliver_to_po.canadapost.identifiers import normalize_postal_code
from deliver_to_po.core.arguments import kind_of

log = logging.getLogger(__name__)
T = TypeVar("T")
Other = TypeVar("Other")

WEIGHT_STEP, SIDE_STEP, CENT = Decimal("0.001"), Decimal("0.1"), Decimal("0.01")
# What a float adds to a sum of ten thousand of them is far smaller, and what a scale tells is far bigger.
FLOAT_NOISE = Decimal("0.000001")
# Nothing that is shipped is as heavy, long or dear; what is more is a mistake of the shop's code.
ABSURD = Decimal(100_000)
# Longer than any text or number that a shop means; what Canada Post takes is shorter still.
TEXT_LENGTH, NUMBER_LENGTH = 200, 40


class ShopError(Exception):
    """The shop's own code raised something, or answered what cannot be used.

    The text names the question and the kind of mistake: a code that a developer can look up. It holds nothing personal.
    """

    def __init__(self, question: str, problem: str):
        super().__init__(f"{question}: {problem}")


def failed(question: str, problem: str, error: Exception | None = None) -> ShopError:
    """Return the error of one question, and write into the log where it comes from.

    The log gets no text of ``error``: it may hold anything, a whole row of the database included.
    """
    where = ["\n", *traceback.format_tb(error.__traceback__)] if error else []
    log.error("The shop's own code could not be used: %s: %s%s", question, problem, "".join(where))
    return ShopError(question, problem)


def answer_or(otherwise: Other, answer: Callable[[], T]) -> T | Other:
    """Return an answer of the shop's, or ``otherwise`` where it cannot be used."""
    try:
        return answer()
    except ShopError:
        return otherwise


def as_text(answer: object) -> str:
    """Return a text that a form can show: as long as anybody means it, ``""`` for what is none."""
    return answer[:TEXT_LENGTH].replace("\0", "") if isinstance(answer, str) and is_utf8(answer) else ""


def usable_parcel(parcel: Parcel) -> Parcel:
    """Return a parcel with weight and sides in the steps that Canada Post takes; raises ShopError."""
    return Parcel(
        weight_kg=rounded("parcels", "weight_kg", parcel.weight_kg, WEIGHT_STEP),
        length_cm=rounded("parcels", "length_cm", parcel.length_cm, SIDE_STEP),
        width_cm=rounded("parcels", "width_cm", parcel.width_cm, SIDE_STEP),
        height_cm=rounded("parcels", "height_cm", parcel.height_cm, SIDE_STEP),
    )


def fingerprint_of_parcels(parcels: Iterable[Parcel]) -> str:
    """Return a text that changes with the parcels, whatever order they come in; ``""`` for none."""
    sizes = sorted(f"{one.weight_kg}/{one.length_cm}/{one.width_cm}/{one.height_cm}" for one in parcels)
    return sha256("|".join(sizes).encode()).hexdigest()[:32] if sizes else ""


def usable_option(option: ShipmentOption) -> ShipmentOption:
    """Return an option with its amount in whole cents; raises ShopError."""
    code = usable_text("options", "code", option.code)
    if option.amount is None:
        return ShipmentOption(code)
    return ShipmentOption(code, rounded("options", "amount", option.amount, CENT))


def rounded(question: str, what: str, number: object, step: Decimal, rounding: str = ROUND_UP) -> Decimal:
    """Return a number in the steps that Canada Post takes, by default never lighter or smaller than it is.

    Raises ShopError. A float is taken for what it was meant to be: 300 × 0.1 is 30.
    """
    if type(number) is Decimal and number.same_quantum(step) and -ABSURD < number < ABSURD:
        return number
    if isinstance(number, bool) or not isinstance(number, Decimal | float | int | str):
        raise failed(question, f"{what} is {kind_of(number)}")
    # The shop may have set how its own thread counts.
    with localcontext(Context(prec=NUMBER_LENGTH)):
        exact = _exact(number)
        if exact is None:
            raise failed(question, f"{what} is no number")
        if exact.is_finite() and abs(exact) < ABSURD:
            if isinstance(number, float):
                exact = exact.quantize(FLOAT_NOISE, rounding=ROUND_HALF_EVEN)
            exact = exact.quantize(step, rounding=rounding)
        # Rounding may have led there, too.
        if not exact.is_finite() or abs(exact) >= ABSURD:
            raise failed(question, f"{what} is out of range")
        return exact


def usable_amount(question: str, amount: object) -> Decimal:
    """Return an amount in whole cents, not less than 0; raises ShopError."""
    usable = rounded(question, "it", amount, CENT, rounding=ROUND_HALF_UP)
    if usable < 0:
        raise failed(question, "is less than 0")
    # Decimal knows a zero below zero, and writes it with its sign.
    return usable.copy_abs()


def _exact(number: Decimal | float | int | str) -> Decimal | None:
    """Return the number that is written, None for what is no number: a text, or what only looks like a number."""
    if isinstance(number, str) and len(number) > NUMBER_LENGTH:
        return None
    try:
        return Decimal(str(number) if isinstance(number, float) else number)
    except (InvalidOperation, TypeError):
        return None


def usable_sender(sender: Sender) -> Sender:
    """Return a sender with the postal code as Canada Post writes it; raises ShopError."""
    address = sender.address
    if not isinstance(address, Address):
        raise failed("ship_from", f"address is {kind_of(address)}")
    for name in ("company", "name", "phone"):
        usable_text("ship_from", name, getattr(sender, name))
    for name in ("line_1", "line_2", "city", "province", "postal_code"):
        usable_text("ship_from", name, getattr(address, name))
    normal = normalize_postal_code(address.postal_code)
    if normal in ("", address.postal_code):
        return sender
    return replace(sender, address=replace(address, postal_code=normal))


def usable_text(question: str, what: str, text: object) -> str:
    """Return a text that a database can keep; raises ShopError.

    Whether it may stand on a label is asked before it is sent.
    """
    if not isinstance(text, str):
        raise failed(question, f"{what} is {kind_of(text)}")
    if len(text) > TEXT_LENGTH:
        raise failed(question, f"{what} is too long")
    if "\0" in text or not is_utf8(text):
        raise failed(question, f"{what} has a character that is none")
    return text


def is_utf8(text: str) -> bool:
    """Say whether a text can be written as UTF-8; half of a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
