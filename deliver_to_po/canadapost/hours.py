"""Opening hours of a postal counter: up to two intervals a day, as Canada Post gives them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time

Json = dict[str, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Interval:
    """One stretch of opening time on one day; ``closes`` at 00:00 means midnight at the end of that day."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Intervals by ISO weekday (1 = Monday … 7 = Sunday); a day that is absent is closed."""

    days: Mapping[int, tuple[Interval, ...]]

    def on(self, weekday: int) -> tuple[Interval, ...]:
        """Return the intervals of an ISO weekday, none when closed."""
        return self.days.get(weekday, ())

    def to_json(self) -> Json:
        """Return a JSON object that ``from_json`` reads back."""
        return {
            str(day): [[f"{i.opens:%H:%M}", f"{i.closes:%H:%M}"] for i in intervals]
            for day, intervals in sorted(self.days.items())
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Sequence[Sequence[str]]]) -> "WeeklyHours":
        """Read what ``to_json`` wrote."""
        return cls(
            {
                int(day): tuple(
                    Interval(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in rows
                )
                for day, rows in data.items()
            }
        )


def iso_weekday(canada_post_day: int) -> int:
    """Return the ISO weekday of Canada Post's day number (1 = Sunday … 7 = Saturday).

    Raises ValueError for any other number.
    """
    if not 1 <= canada_post_day <= 7:
        raise ValueError(f"day {canada_post_day} is not 1 (Sunday) … 7 (Saturday)")
    return (canada_post_day + 5) % 7 + 1


def intervals(times: Sequence[str]) -> tuple[Interval, ...]:
    """Return the intervals of one day from two or four ``HH:MM`` texts; raises ValueError for anything else."""
    if len(times) % 2 or len(times) > 4:
        raise ValueError(f"{len(times)} times make no opening intervals")
    clock = [_clock(text) for text in times]
    return tuple(Interval(opens, closes) for opens, closes in zip(clock[::2], clock[1::2], strict=True))


def _clock(text: str) -> time:
    hour, _, minute = text.strip().partition(":")
    return time(int(hour) % 24, int(minute[:2]))
