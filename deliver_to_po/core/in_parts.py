"""Many values for a database, in parts."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

# SQLite takes 999 values in one statement, and some statements hold each twice.
AT_A_TIME = 400
T = TypeVar("T")


def in_parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield as many of ``values`` at once as every database takes in one statement."""
    for start in range(0, len(values), AT_A_TIME):
        yield values[start : start + AT_A_TIME]
