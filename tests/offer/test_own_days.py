"""The day by which nine of ten of the shop's own parcels were ready, and what a buyer is told of it."""

import json
from datetime import date
from math import comb
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deliver_to_po.adapter import Service
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import DaysTaken
from deliver_to_po.offer.offers import fetch_offers, offers
from deliver_to_po.offer.own_days import ENOUGH, days_kept, own_day, share_done
from deliver_to_po.offer.question import Destination, Question

CART = object()
# A Wednesday.
NOON = "2026-11-25T12:00:00-05:00"
MAILED = date(2026, 11, 25)


def keep(destination: str, counts: dict[int, int], *, live: bool = False, service: str = "DOM.EP") -> None:
    """Write how many parcels from Ontario took how many working days."""
    same = {"live": live, "service": service, "origin": "ON", "destination": destination}
    DaysTaken.objects.bulk_create(DaysTaken(**same, days=days, parcels=count) for days, count in counts.items())
    cache.clear()


def test_so_many_are_enough_that_eight_of_ten_seldom_seem_to_be_nine() -> None:
    def mistaken(among: int, share: float = 0.8) -> float:
        seeming = range(-(-among * 9 // 10), among + 1)
        return sum(comb(among, n) * share**n * (1 - share) ** (among - n) for n in seeming)

    assert mistaken(ENOUGH) < 0.05 < mistaken(ENOUGH - 10)


@pytest.mark.parametrize(
    ("counts", "days"), [({2: 45, 5: 5}, 2), ({2: 44, 5: 6}, 5), ({0: 1}, 0), ({9: 1, 3: 8, 4: 1}, 4)]
)
def test_nine_of_ten_is_a_day_that_was_kept(counts: dict[int, int], days: int) -> None:
    assert share_done(counts, 0.9) == days


@pytest.mark.django_db
def test_only_pairs_with_enough_parcels_count_and_only_where_the_shop_wants_it(change_settings: Any) -> None:
    keep("NS", {2: 30, 6: 20})
    keep("QC", {2: 30, 6: 19})
    keep("BC", {9: 500}, live=True)
    assert days_kept() == {}
    change_settings(DAYS_FROM_OWN_PARCELS=True, TRACKING=True)
    assert json.loads(json.dumps(days_kept())) == {"DOM.EP ON NS": 6}


@pytest.mark.django_db
def test_none_are_known_while_nobody_follows_parcels_and_the_counts_grow_old(change_settings: Any) -> None:
    keep("NS", {2: 30, 6: 20})
    change_settings(DAYS_FROM_OWN_PARCELS=True, TRACKING=False)
    assert days_kept() == {}


@pytest.mark.django_db
@pytest.mark.usefixtures("cache_of_this_process")
def test_they_are_read_by_one_statement_and_then_by_none(change_settings: Any) -> None:
    change_settings(DAYS_FROM_OWN_PARCELS=True, TRACKING=True)
    keep("NS", {2: 30, 6: 20})
    with CaptureQueriesContext(connection) as asked:
        assert days_kept() == days_kept() != {}
    assert len(asked) == 1


def test_of_a_postal_code_that_may_lie_in_two_provinces_the_later_day_counts() -> None:
    question = Question((), tells_day=True, mailed_on=MAILED, origin="ON")
    own = {"DOM.EP ON NT": 5, "DOM.EP ON NU": 7, "DOM.EP ON QC": 3}

    def told(postal_code: str, province: str = "") -> date | None:
        return own_day(own, Service.EXPEDITED_PARCEL, question, Destination(postal_code, province, exact=False))

    assert told("X1A2N3") == date(2026, 12, 4)
    assert told("X1A2N3", "NT") == date(2026, 12, 2)
    # Monday, since a weekend lies between.
    assert told("H2X1Y4") == date(2026, 11, 30)
    assert told("V5K0A1") is None is told("")
    own.pop("DOM.EP ON NT")
    assert told("X1A2N3") is None


@pytest.mark.django_db
@time_machine.travel(NOON, tick=False)
def test_a_buyer_is_told_the_later_of_canada_posts_day_and_the_shops_own(
    emulator: EmulatorServer, shop_says: Any, change_settings: Any
) -> None:
    keep("QC", {7: 60})
    keep("QC", {1: 60}, service="DOM.XP")
    fetch_offers(CART, "H2X1Y4")

    def days() -> list[date | None]:
        return [offer.expected_from for offer in offers(CART, "H2X1Y4")]

    assert days() == [date(2026, 12, 1), date(2026, 11, 27)]
    change_settings(DAYS_FROM_OWN_PARCELS=True, TRACKING=True)
    assert days() == [date(2026, 12, 4), date(2026, 11, 27)]
    # Where Canada Post promises no day, none is told.
    shop_says(handling_days="soon")
    assert days() == [None, None]
