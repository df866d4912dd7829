"""Places to ask for: one that everybody asks for, and as many as wanted that nobody has asked for yet."""

import random
from collections.abc import Iterator
from functools import cache

from deliver_to_po.emulator.country.office import Office
from deliver_to_po.emulator.country.offices import all_offices

NEAR = "K1A0B1"
LETTERS = "ABCEGHJKLMNPRSTVWXYZ"


@cache
def patterns() -> tuple[Office, ...]:
    """Return the emulator's offices from all over the country, in an order that is always the same."""
    offices = list(all_offices())
    random.Random(4).shuffle(offices)  # noqa: S311
    return tuple(offices)


def postal_code_in(area: str, chance: random.Random) -> str:
    """Return any postal code of an area (FSA)."""
    return f"{area}{chance.randrange(10)}{chance.choice(LETTERS)}{chance.randrange(10)}"


def unasked(seed: int, known: int) -> Iterator[str]:
    """Yield postal codes in areas of the first ``known`` patterns, as many to each office, none of them twice.

    Not in the north, where an area is as large as a country and its middle may have no office near.
    """
    chance, seen = random.Random(seed), {NEAR}  # noqa: S311
    offices = [office for office in patterns()[:known] if office.postal_code[0] not in "XY"]
    while True:
        code = postal_code_in(chance.choice(offices).postal_code[:3], chance)
        if code not in seen:
            seen.add(code)
            yield code
