"""Things on a plane, kept in square cells so that those near a place are found without looking at all of them."""

from collections import defaultdict
from collections.abc import Iterator
from math import floor
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Grid(Generic[Item]):
    """Items at points; ``cell`` is the side of a cell in the unit of the coordinates."""

    def __init__(self, cell: float) -> None:
        self.cell = cell
        self._cells: dict[tuple[int, int], list[Item]] = defaultdict(list)

    def add(self, x: float, y: float, item: Item) -> None:
        self._cells[floor(x / self.cell), floor(y / self.cell)].append(item)

    def near(self, left: float, top: float, right: float, bottom: float) -> Iterator[Item]:
        """Yield every item in the cells that a box touches: all that lie within it, and some around it."""
        columns = range(floor(left / self.cell), floor(right / self.cell) + 1)
        rows = range(floor(top / self.cell), floor(bottom / self.cell) + 1)
        if len(columns) * len(rows) > len(self._cells):
            yield from self._in_known_cells(columns, rows)
            return
        for column in columns:
            for row in rows:
                yield from self._cells.get((column, row), ())

    def _in_known_cells(self, columns: range, rows: range) -> Iterator[Item]:
        for (column, row), items in self._cells.items():
            if column in columns and row in rows:
                yield from items
