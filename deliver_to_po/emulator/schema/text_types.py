"""The types of text in Canada Post's XML schemas, in a table language of the emulator's own.

Messages begin with the constraint's name, such as ``cvc-maxLength-valid``, and hold the value, as the real ones do.
"""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any


class Misfit(Exception):
    """A text that is not of its type."""


class TextType(ABC):
    """A type of text."""

    @abstractmethod
    def read(self, text: str) -> Any:
        """Return what a text means in a body with the portal's names; raises Misfit."""


@dataclass(frozen=True)
class Text(TextType):
    """Text of ``shortest`` to ``longest`` characters. ``preserve`` keeps tabs and line ends as they are."""

    longest: int | None = None
    shortest: int = 0
    pattern: str = ""
    preserve: bool = False

    def read(self, text: str) -> str:
        value = text if self.preserve else re.sub(r"[\t\n\r]", " ", text)
        if self.longest is not None and len(value) > self.longest:
            raise Misfit(f"cvc-maxLength-valid: Value '{value}' has {len(value)} characters; {self.longest} at most.")
        if len(value) < self.shortest:
            raise Misfit(f"cvc-minLength-valid: Value '{value}' has {len(value)} characters; {self.shortest} at least.")
        if self.pattern and not re.fullmatch(self.pattern, value):
            raise Misfit(f"cvc-pattern-valid: Value '{value}' does not follow '{self.pattern}'.")
        return value


@dataclass(frozen=True)
class OneOf(TextType):
    among: tuple[str, ...]

    def read(self, text: str) -> str:
        if text not in self.among:
            raise Misfit(f"cvc-enumeration-valid: Value '{text}' is none of {', '.join(self.among)}.")
        return text


@dataclass(frozen=True)
class Number(TextType):
    """A decimal above zero."""

    largest: str
    decimals: int

    def read(self, text: str) -> float | int:
        value = _collapse(text)
        if not re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", value):
            raise Misfit(f"cvc-datatype-valid.1.2.1: '{value}' is not a decimal.")
        number = Decimal(value)
        if number <= 0:
            raise Misfit(f"cvc-minExclusive-valid: Value '{value}' is not above 0.")
        if number > Decimal(self.largest):
            raise Misfit(f"cvc-maxInclusive-valid: Value '{value}' is above {self.largest}.")
        if number != round(number, self.decimals):
            raise Misfit(f"cvc-fractionDigits-valid: Value '{value}' has more than {self.decimals} decimals.")
        return int(number) if number == number.to_integral_value() else float(number)


@dataclass(frozen=True)
class Count(TextType):
    """A whole number from 1 on."""

    largest: int

    def read(self, text: str) -> int:
        value = _collapse(text)
        if not re.fullmatch(r"\+?[0-9]+", value) or not 1 <= int(value) <= self.largest:
            raise Misfit(f"cvc-datatype-valid.1.2.1: '{value}' is not a whole number from 1 to {self.largest}.")
        return int(value)


@dataclass(frozen=True)
class Boolean(TextType):
    """True or false. ``fixed`` allows true alone, which an empty element means too; ``words`` forbids 1 and 0."""

    fixed: bool = False
    words: bool = False
    default: bool | None = None

    def read(self, text: str) -> bool:
        value = _collapse(text)
        if not text and (self.fixed or self.default is not None):
            return True if self.fixed else bool(self.default)
        known = {"true": True, "false": False} | ({} if self.words else {"1": True, "0": False})
        if value not in known:
            raise Misfit(f"cvc-datatype-valid.1.2.1: '{value}' is not a boolean.")
        # Where true is fixed, libxml2 accepts the word alone; a client that sends it is safe everywhere.
        if self.fixed and text != "true":
            raise Misfit(f"cvc-elt.5.2.2.2.2: Value '{value}' is not the fixed 'true'.")
        return known[value]


@dataclass(frozen=True)
class Day(TextType):
    """A date, with or without a time zone."""

    def read(self, text: str) -> str:
        value = _collapse(text)
        match = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?", value)
        try:
            if match:
                return date.fromisoformat(match[1]).isoformat()
        except ValueError:
            pass
        raise Misfit(f"cvc-datatype-valid.1.2.1: '{value}' is not a date.")


@dataclass(frozen=True)
class Moment(TextType):
    """A date and a time, with or without a time zone."""

    def read(self, text: str) -> str:
        value = _collapse(text)
        try:
            if re.fullmatch(r"[0-9-]{10}T[0-9:]{8}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?", value):
                datetime.fromisoformat(re.sub(r"\.[0-9]+", "", value))
                return value
        except ValueError:
            pass
        raise Misfit(f"cvc-datatype-valid.1.2.1: '{value}' is not a date and time.")


def _collapse(text: str) -> str:
    return " ".join(part for part in re.split(r"[ \t\n\r]+", text) if part)
