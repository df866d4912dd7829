"""Opening hours of a postal counter: up to two intervals a day, as Canada Post gives them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

Json = dict[str, list[list[str]]]

# A week has 7 days. The 8th shows whether its last stretch goes on.
DAYS_AHEAD = 8
# Canada Post's schema allows an hour of one digit as well. Seconds may follow in the portal's JSON.
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00(:00)?")
# What a reader gives ``read_week`` for a day whose times are in no form that it knows.
UNKNOWN_TIMES = ("?", "?")


@dataclass(frozen=True)
class Interval:
    """One stretch of opening time on one day; ``closes`` at 00:00 means midnight at the end of that day."""

    opens: time
    closes: time

    def span(self, day: date, zone: tzinfo) -> "Span":
        last = day + timedelta(days=self.closes == time(0))
        opens = datetime.combine(day, self.opens, zone)
        # If the clock is set back over the closing time, that time comes twice: the counter closes at the second.
        closes = datetime.combine(last, self.closes, zone).replace(fold=1)
        return Span(opens.astimezone(UTC), closes.astimezone(UTC))


class Span(NamedTuple):
    """A stretch of opening time between two moments, not including the second."""

    opens: datetime
    closes: datetime


@dataclass(frozen=True)
class WeeklyHours:
    """Intervals by ISO weekday (1 = Monday … 7 = Sunday); a day that is absent is closed."""

    days: Mapping[int, tuple[Interval, ...]]

    def on(self, weekday: int) -> tuple[Interval, ...]:
        """Return the intervals of an ISO weekday, none when closed."""
        return self.days.get(weekday, ())

    def spans(self, moment: datetime, zone: tzinfo) -> Iterator["Span"]:
        """Yield the stretches of a week that end after ``moment``, in order; stretches that touch are joined.

        Opening times are local times in ``zone``, where the counter is, before and after a change of the clock.
        """
        today = moment.astimezone(zone).date()
        waiting: Span | None = None
        for span in self._stretches(today, zone):
            if waiting is not None and span.opens <= waiting.closes:
                waiting = Span(waiting.opens, max(waiting.closes, span.closes))
                continue
            if waiting is not None and waiting.closes > moment:
                yield waiting
            waiting = span
        if waiting is not None and waiting.closes > moment:
            yield waiting

    def _stretches(self, today: date, zone: tzinfo) -> Iterator["Span"]:
        """Yield the stretches day by day, so that a caller who needs only the first does not compute a week."""
        for after in range(DAYS_AHEAD):
            day = today + timedelta(days=after)
            spans = (interval.span(day, zone) for interval in self.on(day.isoweekday()))
            yield from sorted(spans, key=lambda span: (span.opens, span.closes))

    def to_json(self) -> Json:
        return {
            str(day): [[f"{i.opens:%H:%M}", f"{i.closes:%H:%M}"] for i in intervals]
            for day, intervals in sorted(self.days.items())
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Sequence[Sequence[str]]]) -> "WeeklyHours":
        return cls({int(day): tuple(_interval(opens, closes) for opens, closes in rows) for day, rows in data.items()})


# Most counters keep a few of the same hours, and a process keeps those of many.
@lru_cache(maxsize=512)
def _interval(opens: str, closes: str) -> Interval:
    return Interval(time.fromisoformat(opens), time.fromisoformat(closes))


def read_week(rows: Iterable[tuple[str, Sequence[str]]]) -> WeeklyHours | None:
    """Return the hours of a week, or None if Canada Post gives none that can be read for sure.

    Each row is a day as Canada Post numbers it and its times; a day without times is closed. When one row is in any
    other form, the whole week is not known: hours are never guessed, and a day that we cannot read is not "closed".
    Nor is a counter that never opens.
    """
    days: dict[int, tuple[Interval, ...]] = {}
    try:
        for canada_post_day, times in rows:
            day = iso_weekday(canada_post_day)
            if day in days:
                return None
            days[day] = intervals(times)
    except ValueError:
        return None
    return WeeklyHours(days) if any(days.values()) else None


def iso_weekday(canada_post_day: str) -> int:
    """Return the ISO weekday of Canada Post's day number (1 = Sunday … 7 = Saturday).

    Raises ValueError for anything else.
    """
    if not re.fullmatch(r"[1-7]", canada_post_day):
        raise ValueError("a day is 1 (Sunday) … 7 (Saturday)")
    return (int(canada_post_day) + 5) % 7 + 1


def intervals(times: Sequence[str]) -> tuple[Interval, ...]:
    """Return the intervals of one day from no, two or four texts ``HH:MM`` or ``HH:MM:SS``.

    Raises ValueError for anything else. A stretch ends at midnight at the latest, and from midnight to midnight is all
    day. A stretch that seems to go on after midnight, such as 09:00–05:00, may be a slip for 17:00.
    """
    if len(times) not in (0, 2, 4):
        raise ValueError(f"{len(times)} times make no opening intervals")
    clock = [_clock(text) for text in times]
    made = tuple(Interval(opens, closes) for opens, closes in zip(clock[::2], clock[1::2], strict=True))
    if any(each.opens >= each.closes != time(0) for each in made):
        raise ValueError("a stretch does not close after it opens")
    return made


def _clock(text: str) -> time:
    """Return a time of day; the midnight that ends a day, 24:00, is 00:00."""
    if not CLOCK.fullmatch(text):
        raise ValueError("a time is HH:MM or HH:MM:SS, from 00:00 to 24:00")
    hour, minute, *_ = text.split(":")
    return time(int(hour) % 24, int(minute))
