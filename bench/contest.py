"""Times ours and its rivals in turns, so that whatever else the machine does hits all of them alike."""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Call = Callable[[], object]
MILLISECONDS = 1000


@dataclass(frozen=True)
class Rival:
    """Another way to do the same. ``goal`` is the highest ratio of ours to it that we want."""

    name: str
    against: str
    call: Call
    goal: float


@dataclass(frozen=True)
class Contest:
    """Ours and its rivals; each of ``rounds`` times ``number`` calls of each."""

    ours: Call
    rivals: Sequence[Rival]
    rounds: int
    number: int


@dataclass(frozen=True)
class Row:
    """How long one call of ours takes, and how often that is the rival's time; medians of the same rounds.

    In another ``unit`` it may be how much is done in a time, of which we want ``at_least`` the goal.
    """

    name: str
    value: float
    ratio: float
    against: str
    goal: float
    unit: str = "ms"
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Say whether the goal is met."""
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal


def hold(contest: Contest) -> list[Row]:
    """Return one row for each rival."""
    calls = [contest.ours, *(rival.call for rival in contest.rivals)]
    for call in calls:
        call()
    times = _in_turns(calls, contest.rounds, contest.number)
    ours, *theirs = (statistics.median(seconds) / contest.number for seconds in times)
    return [
        Row(rival.name, ours * MILLISECONDS, ours / seconds, rival.against, rival.goal)
        for rival, seconds in zip(contest.rivals, theirs, strict=True)
    ]


def _in_turns(calls: Sequence[Call], rounds: int, number: int) -> list[list[float]]:
    """Return the seconds that each call took in each round; another one begins every time."""
    times: list[list[float]] = [[] for _ in calls]
    gc.collect()
    gc.disable()
    try:
        for round_number in range(rounds):
            for turn in range(len(calls)):
                place = (round_number + turn) % len(calls)
                times[place].append(_seconds(calls[place], number))
    finally:
        gc.enable()
    return times


def _seconds(call: Call, number: int) -> float:
    began = time.perf_counter()
    for _ in range(number):
        call()
    return time.perf_counter() - began
