"""Values in parts, each as many as every database takes in one statement: SQLite takes 999, some values stand twice."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

AT_A_TIME = 400
T = TypeVar("T")


def in_parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), AT_A_TIME):
        yield values[start : start + AT_A_TIME]
