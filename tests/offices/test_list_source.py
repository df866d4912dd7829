"""What a person is told about a list: who it comes from, and how old it is."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from deliver_to_po.canadapost.types import Coordinates, NearCoordinates, NearPostalCode
from deliver_to_po.offices import cache
from deliver_to_po.offices.finder import find
from deliver_to_po.offices.list_source import received, standing
from deliver_to_po.offices.turns import note_unanswered
from tests.offices.conftest import OTTAWA

TORONTO = ZoneInfo("America/Toronto")
# A Wednesday, 8 p.m.
NOW = datetime(2026, 11, 25, 20, 0, tzinfo=TORONTO)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 25, 19, 30, tzinfo=TORONTO), "less than an hour ago"),
        (datetime(2026, 11, 25, 18, 30, tzinfo=TORONTO), "this evening"),
        (datetime(2026, 11, 25, 14, 0, tzinfo=TORONTO), "this afternoon"),
        (datetime(2026, 11, 25, 9, 0, tzinfo=TORONTO), "this morning"),
        (datetime(2026, 11, 24, 23, 59, tzinfo=TORONTO), "yesterday"),
        (datetime(2026, 11, 23, 12, 0, tzinfo=TORONTO), "on Monday"),
        (datetime(2026, 11, 18, 12, 0, tzinfo=TORONTO), "on Nov. 18, 2026"),
    ],
)
def test_an_answer_is_as_old_as_people_say(at: datetime, words: str) -> None:
    assert received(at, now=NOW) == words


def test_just_before_midnight_is_not_yesterday_yet_but_minutes_ago() -> None:
    now, at = datetime(2026, 11, 25, 0, 10, tzinfo=TORONTO), datetime(2026, 11, 24, 23, 50, tzinfo=TORONTO)
    assert received(at, now=now) == "less than an hour ago"


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_rung_says_which_it_is(
    aged: Callable[..., None], break_canada_post: Callable[..., None], language: Any
) -> None:
    aged()
    note_unanswered(cache.key(OTTAWA, "en"))
    stale = find(OTTAWA, "en")
    break_canada_post()
    ours = [find(query, "en") for query in (NearPostalCode("K1A9Z9"), NearCoordinates(Coordinates(45.42, -75.7)))]
    with translation.override(language):
        told = [standing(answer.rung, answer.asked_at, answer.precision) for answer in (stale, *ours)]
        over = [standing(answer.rung, answer.asked_at, answer.precision, over_limit=True) for answer in (stale, *ours)]
    assert len({*told, *over}) == 6
    blamed = {"en": "Canada Post is not answering", "fr": "Postes Canada ne répond pas"}[language]
    assert [blamed in words.sentence for words in (*told, *over) if words] == [False, True, True, False, False, False]
    why = {"en": "Too many searches came from", "fr": "Trop de recherches sont venues de"}
    assert all(words and why[language] in words.details for words in over)
