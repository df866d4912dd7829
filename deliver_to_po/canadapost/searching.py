"""Searches for shipments by a parameter with several spellings: finds out which one works and remembers it."""

from collections.abc import Callable, Iterable, Iterator

from deliver_to_po.canadapost.errors import CanadaPostError, Refused, Unreadable
from deliver_to_po.canadapost.reading import PARAMETER_MISSING
from deliver_to_po.canadapost.types import ShipmentInfo


class Spellings:
    """Remembers which spelling of a parameter Canada Post understands; shared by all clients of a caller."""

    def __init__(self) -> None:
        self._understood: dict[tuple[str, ...], str] = {}

    def search(
        self,
        operation: str,
        names: tuple[str, ...],
        ask: Callable[[str], Iterable[ShipmentInfo]],
        fits: Callable[[ShipmentInfo], bool],
    ) -> list[ShipmentInfo]:
        """Return what ``ask`` finds when it uses the first of ``names`` that Canada Post understands.

        Canada Post has not understood a name if it answers 9105 (a parameter is missing) or returns a shipment that
        does not fit. Then each other name is tried once. Raises what ``ask`` raises, and Unreadable if every name
        returns only shipments that do not fit: that does not prove that ours does not exist.
        """
        fitting: list[ShipmentInfo] = []
        problem: CanadaPostError | None = None
        for name in self._in_order(names):
            try:
                found, only_fitting = _take_fitting(ask(name), fits)
            except Refused as error:
                if PARAMETER_MISSING not in error.codes:
                    raise
                problem = problem or error
                continue
            if only_fitting:
                self._understood[names] = name
                return found
            fitting = fitting or found
            problem = Unreadable(operation, why="the search finds other shipments than the one that was asked for")
        if fitting or problem is None:
            return fitting
        raise problem

    def _in_order(self, names: tuple[str, ...]) -> Iterator[str]:
        first = self._understood.get(names, names[0])
        yield first
        yield from (name for name in names if name != first)


def _take_fitting(
    infos: Iterable[ShipmentInfo], fits: Callable[[ShipmentInfo], bool]
) -> tuple[list[ShipmentInfo], bool]:
    """Return the shipments before the first one that does not fit, and whether all of them fit.

    Stops at that one: a search that was not understood may list every shipment of the account.
    """
    taken: list[ShipmentInfo] = []
    for info in infos:
        if not fits(info):
            return taken, False
        taken.append(info)
    return taken, True
