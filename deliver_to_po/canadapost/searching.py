"""Searches for shipments whose parameter has several spellings: which one works is found out and remembered."""

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
        """Return what ``ask`` finds under the first of ``names`` that Canada Post understands.

        It has not understood a name when it answers 9105 (a parameter is missing), or with a shipment that does not
        fit. Then each other name is tried once. Raises what ``ask`` raises, and Unreadable when every name brings
        shipments that do not fit: that is no proof that there is none that does.
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
    """Return the shipments before the first one that does not fit, and whether all fit.

    Nothing is asked for behind that one: a search that was not understood may list all shipments of an account.
    """
    taken: list[ShipmentInfo] = []
    for info in infos:
        if not fits(info):
            return taken, False
        taken.append(info)
    return taken, True
