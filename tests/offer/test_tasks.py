"""A worker fetches what a list of methods lacked; the task carries nothing personal."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache

from deliver_to_po.offer import tasks
from deliver_to_po.shop import offers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emulator", "shop_says")]

CART = object()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return what workers were sent, where there is a worker."""
    told: list[Any] = []

    def send(made: Any, argument: Any) -> bool:
        told.append(argument)
        return True

    monkeypatch.setattr(tasks, "works_in_background", lambda: True)
    monkeypatch.setattr(tasks, "send_after_commit", send)
    return told


def work(keys: list[str]) -> None:
    getattr(tasks.fetch_wanted, "func", tasks.fetch_wanted)(keys)


def test_a_worker_fetches_what_was_missing_and_the_next_list_shows_it(sent: list[Any], rate_calls: Any) -> None:
    assert tasks.ask_for_offers(CART, "H2X1Y4")
    assert rate_calls() == 0
    work(sent[0])
    assert [offer.price for offer in offers(CART, "H2X1Y4")] == [Decimal("14.85"), Decimal("21.40")]
    assert rate_calls() == 1
    assert not tasks.ask_for_offers(CART, "H2X1Y4")
    work(sent[0])
    assert rate_calls() == 1


def test_a_task_carries_no_postal_code_and_is_sent_once_a_minute(sent: list[Any]) -> None:
    assert tasks.ask_for_offers(CART, "V6B9Z9")
    assert not tasks.ask_for_offers(CART, "V6B9Z9")
    assert len(sent) == 1
    assert "V6B" not in str(sent)


def test_what_the_cache_has_dropped_is_not_asked(sent: list[Any], rate_calls: Any) -> None:
    tasks.ask_for_offers(CART, "H2X1Y4")
    cache.clear()
    work([*sent[0], "nothing"])
    assert rate_calls() == 0


def test_without_a_cache_no_worker_is_sent_since_it_would_find_nothing_to_ask(sent: list[Any], settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "tests.broken_cache.BrokenCache"}}
    assert not tasks.ask_for_offers(CART, "H2X1Y4")
    assert sent == []


def test_without_a_worker_nothing_is_sent_and_one_that_comes_is_sent_at_once(
    rate_calls: Any, request: pytest.FixtureRequest
) -> None:
    assert not tasks.ask_for_offers(CART, "H2X1Y4")
    assert rate_calls() == 0
    request.getfixturevalue("sent")
    assert tasks.ask_for_offers(CART, "H2X1Y4")


def test_a_worker_asks_as_one_for_whom_nobody_waits(sent: list[Any], asked_in_background: list[bool]) -> None:
    tasks.ask_for_offers(CART, "H2X1Y4")
    work(sent[0])
    assert asked_in_background == [True]


def test_a_worker_stops_at_the_first_that_gets_no_answer(sent: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def no_answer(request: Any, *_how: Any, **_more: Any) -> None:
        asked.append(request)

    monkeypatch.setattr(tasks, "fetch_rates", no_answer)
    tasks.ask_for_offers(CART, "H2X1Y4")
    tasks.ask_for_offers(CART, "V6B9Z9")
    work([key for keys in sent for key in keys])
    assert len(asked) == 1


def test_what_cannot_be_mailed_sends_nobody(sent: list[Any], shop_says: Any) -> None:
    shop_says(parcels=[])
    assert not tasks.ask_for_offers(CART, "H2X1Y4")
    assert sent == []
