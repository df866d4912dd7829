"""What the merchant is told of Canada Post's silence: since when, and what buyers see."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache

from deliver_to_po.core.choices import Rung
from deliver_to_po.offices.outage import SearchOutage, current_outage, note_outage, nothing_answers, outage_is_over

AT = datetime(2026, 11, 25, 17, 0, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock(cache_of_this_process: None, time_machine: Any) -> None:
    time_machine.move_to(AT, tick=False)
    cache.clear()


def test_it_lasts_from_the_first_unanswered_search_to_the_next_answer(time_machine: Any) -> None:
    assert current_outage() is None
    for rung in (Rung.STALE, Rung.STALE, Rung.DIRECTORY, None):
        note_outage(rung)
        time_machine.shift(50)
        assert current_outage() == SearchOutage(AT, rung)
    outage_is_over()
    assert current_outage() is None
    note_outage(None)
    assert current_outage() == SearchOutage(datetime(2026, 11, 25, 17, 3, 30, tzinfo=UTC), None)


def test_it_lasts_as_long_as_searches_go_unanswered(time_machine: Any) -> None:
    for _ in range(90):
        note_outage(Rung.DIRECTORY)
        time_machine.shift(50)
    assert current_outage() == SearchOutage(AT, Rung.DIRECTORY)
    time_machine.shift(3601)
    assert current_outage() is None


def test_another_shop_that_has_the_same_cache_withdraws_nothing_here(settings: Any) -> None:
    key, settings.SECRET_KEY = settings.SECRET_KEY, "another shop's"
    note_outage(None)
    assert nothing_answers()
    settings.SECRET_KEY = key
    assert (nothing_answers(), current_outage()) == (False, None)
