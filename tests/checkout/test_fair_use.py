"""Fair use: one visitor cannot make Canada Post be asked without end, whatever stands before Django."""

import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.cache import SessionStore
from django.core.cache import caches
from django.core.management import call_command
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from deliver_to_po.checkout import fair_use
from deliver_to_po.checkout.fair_use import WINDOW_SECONDS, client_ip, visitor_of
from deliver_to_po.core.choices import OfficeCheck
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import TooManySearches
from deliver_to_po.models import Office
from deliver_to_po.offices.outage import current_outage
from tests.checkout.pages.stepping import draft, fill, one, problem, soup, with_basket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]
CODES = [f"K1A{digit}B1" for digit in "0123456789"]


@pytest.fixture(autouse=True)
def few(emulator: EmulatorServer, change_settings: Any) -> None:
    """Allow three questions a minute."""
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=3, TRUSTED_PROXIES=0)


def _search(client: Client, code: str, **meta: Any) -> Any:
    return client.get(reverse("deliver_to_po:choose"), {"q": code}, **meta)


def _rung(response: Any) -> str:
    """Return what answered a search: "fresh" is Canada Post, all else the shop itself."""
    assert response.status_code == 200
    return str(one(soup(response), "[data-rung]")["data-rung"])


FRESH = "fresh"


@pytest.mark.parametrize(
    ("language", "why", "from_whom"),
    [
        ("en", "Many searches in a short time", "our own list"),
        ("fr", "Beaucoup de recherches en peu de temps", "notre propre liste"),
    ],
)
def test_who_searches_too_often_is_answered_by_the_directory_and_nothing_is_sent(
    client: Client, emulator: EmulatorServer, language: str, why: str, from_whom: str
) -> None:
    client.cookies["django_language"] = language
    assert [_rung(_search(client, code)) for code in CODES[:3]] == [FRESH] * 3
    asked = dict(emulator.calls)
    response = _search(client, CODES[3])
    page = soup(response)
    note = one(page, ".d2po-note[data-rung=directory]").get_text()
    assert note.startswith(why)
    assert from_whom in note
    assert "Canada Post is not answering" not in note
    assert "ne répond pas" not in note
    assert len(page.select("[data-office]")) == 10
    assert problem(page) == ""
    assert "Retry-After" not in response
    assert emulator.calls == asked
    assert asked["find_offices"] == 3
    assert current_outage() is None


@pytest.mark.parametrize(("language", "words"), [("en", "Wait a minute"), ("fr", "Attendez une minute")])
def test_only_where_the_directory_has_nothing_is_there_a_message_with_status_429(
    client: Client, emulator: EmulatorServer, language: str, words: str
) -> None:
    client.cookies["django_language"] = language
    for code in CODES[:3]:
        _search(client, code)
    asked = dict(emulator.calls)
    response = _search(client, "V6B1A1")
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert words in problem(soup(response))
    Office.objects.all().delete()
    response = _search(client, CODES[3])
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert words in problem(soup(response))
    assert emulator.calls == asked
    assert current_outage() is None


def test_what_the_cache_answers_is_never_too_much(client: Client) -> None:
    assert {_rung(_search(client, CODES[0])) for _ in range(5)} == {FRESH}


def visit(ip: str = "192.0.2.7", forwarded: str = "", session: SessionStore | None = None) -> HttpRequest:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=ip)
    request.session = session or SessionStore()
    return request


def with_a_basket() -> SessionStore:
    session = SessionStore()
    session["seen"] = True
    session.save()
    return session


def allowed(*requests: HttpRequest) -> int:
    """Return how many of these questions may be asked."""
    count = 0
    for request in requests:
        with suppress(TooManySearches):
            visitor_of(request).ask()
            count += 1
    return count


def test_another_visitor_is_not_held_up() -> None:
    assert allowed(*[visit("203.0.113.1")] * 5) == 3
    assert allowed(visit("203.0.113.2")) == 1


def test_a_visitor_cannot_write_another_address_into_the_header(change_settings: Any) -> None:
    change_settings(TRUSTED_PROXIES=1)
    assert allowed(*(visit("10.0.0.1", f"198.51.100.{number}, 203.0.113.9") for number in range(5))) == 3


def test_buyers_behind_a_proxy_that_nobody_named_do_not_share_a_limit(change_settings: Any) -> None:
    change_settings(TRUSTED_PROXIES=None)
    assert allowed(*(visit("10.0.0.1", session=with_a_basket()) for _ in range(8))) == 8


def test_a_robot_that_changes_its_session_and_its_header_is_stopped(change_settings: Any) -> None:
    change_settings(TRUSTED_PROXIES=None, SEARCHES_PER_VISITOR_PER_MINUTE=1)
    robots = (visit(forwarded=f"203.0.113.{number}", session=with_a_basket()) for number in range(10))
    assert allowed(*robots) == 5


def test_without_a_session_or_with_a_made_up_one_nobody_gets_more(change_settings: Any) -> None:
    change_settings(TRUSTED_PROXIES=None)
    robots = (visit(session=SessionStore(f"made-up-{number}" if number % 2 else None)) for number in range(8))
    assert allowed(*robots) == 3


def test_a_made_up_session_counts_as_none_on_a_page_that_reads_no_session(
    emulator: EmulatorServer, change_settings: Any
) -> None:
    _search(Client(), CODES[0])
    change_settings(TRUSTED_PROXIES=None)
    for number, office_id in enumerate(Office.objects.values_list("received_id", flat=True)[:4]):
        robot = Client()
        robot.cookies["sessionid"] = f"made-up-{number}"
        assert robot.get(reverse("deliver_to_po:office", args=[office_id])).status_code == 200
    assert emulator.calls["office_details"] == 3


BACKENDS = "django.core.cache.backends"
CACHES: dict[str, dict[str, str]] = {
    "memory": {"BACKEND": f"{BACKENDS}.locmem.LocMemCache"},
    "files": {"BACKEND": f"{BACKENDS}.filebased.FileBasedCache"},
    "database": {"BACKEND": f"{BACKENDS}.db.DatabaseCache", "LOCATION": "fair_use"},
    "redis": {"BACKEND": f"{BACKENDS}.redis.RedisCache"},
}


@pytest.fixture(
    params=[pytest.param(kind, marks=pytest.mark.services("REDIS_URL")) if kind == "redis" else kind for kind in CACHES]
)
def any_cache(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> None:
    """Use each of Django's caches that processes can share, and that of one process."""
    # Redis where this process has its own: what runs beside it clears the other.
    where = {"files": str(tmp_path), "redis": settings.CACHES["default"].get("LOCATION")}.get(request.param)
    chosen = {**CACHES[request.param], "KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = {"default": {**chosen, "LOCATION": where} if where else chosen}
    if request.param == "database":
        call_command("createcachetable", verbosity=0)


@pytest.mark.usefixtures("any_cache")
def test_a_visitor_who_goes_on_trying_may_ask_again_in_the_next_minute(
    time_machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fair_use, "WINDOW_SECONDS", WINDOW_SECONDS)
    time_machine.move_to(datetime(2026, 11, 27, 15, 4, 1, tzinfo=UTC), tick=False)
    assert allowed(*[visit()] * 4) == 3
    time_machine.shift(WINDOW_SECONDS - 2)
    assert allowed(visit()) == 0
    time_machine.shift(1)
    assert allowed(visit()) == 1


@pytest.mark.usefixtures("any_cache")
def test_what_one_visitor_is_refused_stops_nobody_behind_the_same_proxy(client: Client, change_settings: Any) -> None:
    _search(client, CODES[0])
    change_settings(TRUSTED_PROXIES=None)
    office_id = Office.objects.values_list("received_id", flat=True)[0]
    assert [_choose(Client(), office_id).status_code for _ in range(17)] == [302] * 3 + [429] * 14
    buyers = [Client() for _ in range(5)]
    for buyer in buyers:
        with_basket(buyer)
    assert [_choose(buyer, office_id).status_code for buyer in buyers] == [302] * 5


def test_a_count_that_the_cache_drops_in_between_begins_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def dropped(key: str, *_: Any, **__: Any) -> int:
        raise ValueError(f"Key '{key}' not found")

    monkeypatch.setattr(type(caches["default"]), "incr", dropped)
    assert allowed(*[visit()] * 5) == 5
    assert "cache fails" not in caplog.text


@pytest.mark.parametrize("how", ["Broken", "Silent", "Denying"])
def test_nobody_is_refused_while_the_cache_fails_though_it_hides_that(settings: Any, how: str) -> None:
    settings.CACHES = {"default": {"BACKEND": f"tests.broken_cache.{how}Cache"}}
    assert allowed(*[visit()] * 10) == 10


def test_no_limit_is_no_limit(change_settings: Any) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=0)
    assert allowed(*[visit()] * 10) == 10


def test_who_searches_and_chooses_too_often_still_has_the_office_checked_before_paying(
    client: Client, emulator: EmulatorServer
) -> None:
    for code in CODES[:4]:
        _search(client, code)
    office_id = Office.objects.values_list("received_id", flat=True)[0]
    for buyer in (client, Client()):
        _choose(buyer, office_id)
    emulator.state.close_office(office_id, "gone")
    answer = fill(client)
    assert "problem=office_no_longer" in answer["Location"]
    assert draft(client).office_check == OfficeCheck.GONE


def _choose(client: Client, office_id: str) -> Any:
    return client.post(reverse("deliver_to_po:choose"), {"q": CODES[0], "office_id": office_id})


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("", 0, "192.0.2.7"),
        ("203.0.113.1", 0, "192.0.2.7"),
        ("203.0.113.1", 1, "203.0.113.1"),
        ("made up, 203.0.113.1", 1, "203.0.113.1"),
        ("203.0.113.1, 10.0.0.2", 2, "203.0.113.1"),
        ("203.0.113.1", 2, "192.0.2.7"),
        ("203.0.113.1:55012", 1, "203.0.113.1"),
        ("::ffff:203.0.113.1", 1, "203.0.113.1"),
        ("garbage", 1, "192.0.2.7"),
        ("", 1, "192.0.2.7"),
    ],
)
def test_only_what_our_own_proxies_wrote_counts(forwarded: str, proxies: int, address: str) -> None:
    assert client_ip(visit(forwarded=forwarded), proxies) == address


def test_an_ipv6_network_is_one_visitor() -> None:
    one, other, stranger = (
        client_ip(visit(address), 0) for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    )
    assert one == other != stranger


def test_the_port_that_a_proxy_writes_is_no_part_of_an_ipv6_address() -> None:
    bare, with_port = (
        client_ip(visit(forwarded=written), 1) for written in ("2001:db8:1:2::1", "[2001:db8:1:2::1]:55012")
    )
    assert bare == with_port != "192.0.2.7"


def test_a_shop_without_sessions_has_limits_too(change_settings: Any) -> None:
    change_settings(TRUSTED_PROXIES=None)
    assert allowed(*[RequestFactory().get("/")] * 4) == 3
