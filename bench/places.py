"""Places to ask for: one that everybody asks for, and as many as wanted that nobody has asked for yet."""

import random
from collections.abc import Iterator

from deliver_to_po.emulator.offices import all_offices

NEAR = "K1A0B1"
LETTERS = "ABCEGHJKLMNPRSTVWXYZ"


def postal_code_in(area: str, chance: random.Random) -> str:
    """Return any postal code of an area (FSA)."""
    return f"{area}{chance.randrange(10)}{chance.choice(LETTERS)}{chance.randrange(10)}"


def unasked(seed: int) -> Iterator[str]:
    """Yield postal codes all over the country, as many to each office, none of them twice."""
    chance, seen = random.Random(seed), {NEAR}  # noqa: S311
    offices = all_offices()
    while True:
        code = postal_code_in(chance.choice(offices).postal_code[:3], chance)
        if code not in seen:
            seen.add(code)
            yield code
