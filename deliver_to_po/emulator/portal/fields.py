"""A small language for what a JSON body must look like; the table itself is in ``shipment_fields``."""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple


class Misfit(NamedTuple):
    """Where a body breaks its table, as a path of keys, and how."""

    path: str
    why: str


class Field(ABC):
    """What one value must look like."""

    @abstractmethod
    def misfits(self, value: Any, path: str) -> Iterator[Misfit]:
        """Yield everything that is wrong with ``value``."""


@dataclass(frozen=True, slots=True)
class Text(Field):
    """A string of ``shortest`` to ``longest`` characters that matches ``pattern`` as a whole, where there is one."""

    longest: int
    shortest: int = 0
    pattern: str = ""

    def misfits(self, value: Any, path: str) -> Iterator[Misfit]:
        if not isinstance(value, str):
            yield Misfit(path, "is text")
        elif not self.shortest <= len(value) <= self.longest:
            yield Misfit(path, f"has {self.shortest} to {self.longest} characters")
        elif any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
            yield Misfit(path, "holds a control character or half a character")
        elif self.pattern and not re.fullmatch(self.pattern, value):
            yield Misfit(path, "is not written as it must be")


@dataclass(frozen=True, slots=True)
class Day(Field):
    """A date written YYYY-MM-DD."""

    def misfits(self, value: Any, path: str) -> Iterator[Misfit]:
        try:
            well_written = isinstance(value, str) and date.fromisoformat(value).isoformat() == value
        except ValueError:
            well_written = False
        if not well_written:
            yield Misfit(path, "is a date written YYYY-MM-DD")


@dataclass(frozen=True, slots=True)
class Number(Field):
    """A number above zero, at most ``largest``, with at most that many ``decimals``."""

    largest: float
    decimals: int

    def misfits(self, value: Any, path: str) -> Iterator[Misfit]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield Misfit(path, "is a number")
        elif not 0 < value <= self.largest:
            yield Misfit(path, f"is more than 0 and at most {self.largest}")
        elif round(value, self.decimals) != value:
            yield Misfit(path, f"has at most {self.decimals} decimals")


@dataclass(frozen=True, slots=True)
class Flag(Field):
    """True or false; ``only_true`` for flags that are left out rather than sent false."""

    only_true: bool = False

    def misfits(self, value: Any, path: str) -> Iterator[Misfit]:
        if not isinstance(value, bool) or (self.only_true and not value):
            yield Misfit(path, "is true or left out" if self.only_true else "is true or false")


@dataclass(frozen=True, slots=True)
class Choice(Field):
    among: tuple[str, ...]

    def misfits(self, value: Any, path: str) -> Iterator[Misfit]:
        if not isinstance(value, str) or value not in self.among:
            yield Misfit(path, f"is one of {', '.join(self.among)}")


@dataclass(frozen=True, slots=True)
class Object(Field):
    """An object: what it may hold, what it must hold; ``closed`` when it may hold nothing else."""

    holds: Mapping[str, Field] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    closed: bool = False

    def misfits(self, value: Any, path: str) -> Iterator[Misfit]:
        if not isinstance(value, dict):
            yield Misfit(path, "is an object")
            return
        for key in self.required:
            if key not in value:
                yield Misfit(_below(path, key), "is missing")
        for key, inner in value.items():
            if key in self.holds:
                yield from self.holds[key].misfits(inner, _below(path, key))
            elif self.closed:
                yield Misfit(path or "body", "holds something that is not known")


@dataclass(frozen=True, slots=True)
class Items(Field):
    """A list of ``least`` to ``most`` items of one kind."""

    item: Field
    least: int
    most: int

    def misfits(self, value: Any, path: str) -> Iterator[Misfit]:
        if not isinstance(value, list) or not self.least <= len(value) <= self.most:
            yield Misfit(path, f"is a list of {self.least} to {self.most}")
            return
        for place, one in enumerate(value):
            yield from self.item.misfits(one, f"{path}[{place}]")


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
