"""Lists of post offices, kept until the clock's next minute: what many buyers ask for is worked out once.

Counters open and close on whole minutes, so a list stays true within one. When an office is found closed, or its hours
are learnt, every list from before is void.
"""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.cache import BaseCache
from django.utils import timezone

from deliver_to_po.canadapost.types import Language, OfficeQuery
from deliver_to_po.checkout.office_list import ListedOffice, OfficeList
from deliver_to_po.core.choices import Rung
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.shared_cache import with_cache
from deliver_to_po.offices.cache import from_json, to_json
from deliver_to_po.offices.cache import key as key_of
from deliver_to_po.offices.directory import LAST_LEARNT
from deliver_to_po.offices.opening import Opening, State

VERSION = 3
MINUTE_SECONDS = 60


class Slot(NamedTuple):
    """Where the answer to a search is kept: ``key`` is of the query, its language, how many are shown, and a minute."""

    query: OfficeQuery
    key: str
    at: datetime

    @classmethod
    def of(cls, query: OfficeQuery, language: Language, show: int) -> "Slot":
        now = timezone.now()
        minute = int(now.timestamp()) // MINUTE_SECONDS
        return cls(query, f"{key_of(query, language)}.page.{VERSION}.{show}.{minute}", now)


class _Entry(NamedTuple):
    """A list, when it was made, and until when Canada Post's answer is fresh (both in ISO format)."""

    found: OfficeList
    made_at: str
    until: str


def load(slot: Slot) -> OfficeList | None:
    """Return the list that was saved in this minute, with no office chosen; None when there is none."""

    def read(cache: BaseCache) -> OfficeList | None:
        texts = cache.get_many([slot.key, LAST_LEARNT])
        if slot.key not in texts:
            return None
        entry = _entry(texts[slot.key], slot.query)
        if texts.get(LAST_LEARNT, "") >= entry.made_at or slot.at.isoformat() >= entry.until:
            return None
        return entry.found

    return with_cache(read, None)


def save(slot: Slot, found: OfficeList) -> None:
    """Save a list for the rest of the minute, but no longer than its answer is fresh.

    Only a list of the highest rung is saved. It must not be filtered, and no office may be chosen.
    """
    until = found.received_at + app_settings.search_cache_lifetime
    if found.rung != Rung.FRESH or not found.offices or until <= timezone.now():
        return
    text = _text(found, made_at=slot.at, until=until)
    with_cache(lambda cache: cache.set(slot.key, text, MINUTE_SECONDS), None)


def _text(found: OfficeList, made_at: datetime, until: datetime) -> str:
    row = {
        "offices": [[to_json(listed.office), _opening_to_json(listed.opening)] for listed in found.offices],
        "show": found.show,
        "next_show": found.next_show,
        "received_at": found.received_at.isoformat(),
        "hours_coming": found.hours_coming,
        "made_at": made_at.isoformat(),
        "until": until.isoformat(),
    }
    return json.dumps(row, separators=(",", ":"))


# What many ask for is the same text each time: it is read once in each process.
@lru_cache(maxsize=64)
def _entry(text: str, query: OfficeQuery) -> _Entry:
    row = json.loads(text)
    found = OfficeList(
        query=query,
        offices=tuple(
            ListedOffice(number, from_json(office), _opening_from_json(opening))
            for number, (office, opening) in enumerate(row["offices"], start=1)
        ),
        show=row["show"],
        next_show=row["next_show"],
        received_at=datetime.fromisoformat(row["received_at"]),
        hours_coming=row["hours_coming"],
    )
    return _Entry(found, row["made_at"], row["until"])


def _opening_to_json(opening: Opening | None) -> list[Any] | None:
    if opening is None:
        return None
    return [opening.state.value, opening.now.isoformat(), opening.until.isoformat() if opening.until else None]


def _opening_from_json(row: list[Any] | None) -> Opening | None:
    if row is None:
        return None
    state, now, until = row
    return Opening(State(state), datetime.fromisoformat(now), datetime.fromisoformat(until) if until else None)
