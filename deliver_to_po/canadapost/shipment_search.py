"""Searches by a parameter with several spellings: asks them one after the other and remembers one that has worked."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar, cast

from deliver_to_po.canadapost.errors import Refused, Unreadable

Spelling = TypeVar("Spelling", bound=Hashable)
Row = TypeVar("Row")


class Spellings:
    """Remembers which spelling of a parameter has found something; shared by all clients of a caller."""

    def __init__(self) -> None:
        self._found_by: dict[Hashable, Hashable] = {}

    def search(
        self,
        operation: str,
        spellings: tuple[Spelling, ...],
        ask: Callable[[Spelling], Iterable[Row]],
        fits: Callable[[Row], bool | None] = lambda row: True,
    ) -> list[Row]:
        """Return what ``ask`` finds with the first of ``spellings`` that finds something, and only what fits.

        ``fits`` returns None for a row that does not say whether it does: such a row may be meant where it is the only
        one. A refusal, an empty answer and an answer with rows that do not fit prove nothing: Canada Post may not know
        that spelling. Then the next one is asked. Raises what ``ask`` raises, the refusal if every spelling is refused,
        and Unreadable if only rows that do not fit are found: that does not prove that ours does not exist.
        """
        fitting: list[Row] = []
        others, refusals = False, []
        for spelling in self._in_order(spellings):
            try:
                answer = ask(spelling)
            except Refused as error:
                refusals.append(error)
                continue
            found, only_fitting = _take_fitting(answer, fits)
            if only_fitting and any(map(fits, found)):
                self._found_by[spellings] = spelling
                return found
            fitting, others = fitting or found, others or not only_fitting
        if others and not fitting:
            raise Unreadable(operation, why="the search finds other shipments than the one that was asked for")
        if len(refusals) == len(spellings):
            raise refusals[0]
        return fitting

    def _in_order(self, spellings: tuple[Spelling, ...]) -> Iterator[Spelling]:
        first = cast(Spelling, self._found_by.get(spellings, spellings[0]))
        yield first
        yield from (spelling for spelling in spellings if spelling != first)


def _take_fitting(rows: Iterable[Row], fits: Callable[[Row], bool | None]) -> tuple[list[Row], bool]:
    """Return the rows before the first one that does not fit, and whether all of them fit.

    Stops at that one: a search that was not understood may list every shipment of the account, also those of programs
    that give no request id. Beside other rows, one that does not say whether it fits does not.
    """
    taken: list[Row] = []
    for row in rows:
        taken.append(row)
        if fits(row) is False or (len(taken) > 1 and not all(map(fits, taken))):
            return [each for each in taken if fits(each)], False
    return taken, True
