"""Fair use: one visitor cannot make Canada Post be asked without end, whatever stands before Django."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.checkout.fair_use import WINDOW_SECONDS, client_ip, count_question
from deliver_to_po.choices import OfficeCheck
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import TooManySearches
from deliver_to_po.models import Office
from deliver_to_po.offices.outage import current_outage
from tests.checkout.test_views import TYPED, draft, fill, one, problem, soup

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


FRESH, DIRECTORY = "fresh", "directory"


@pytest.mark.parametrize(
    ("language", "why", "from_whom"),
    [
        ("en", "Too many searches came from your connection", "from our own list"),
        ("fr", "Trop de recherches sont venues de votre connexion", "de notre propre liste"),
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


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "in a short time, so this is Canada Post’s list as we received it"),
        ("fr", "en peu de temps; voici donc la liste de Postes Canada telle que nous l’avons reçue"),
    ],
)
def test_who_searches_too_often_gets_an_older_list_where_there_is_one(
    client: Client, emulator: EmulatorServer, change_settings: Any, time_machine: Any, language: str, words: str
) -> None:
    client.cookies["django_language"] = language
    time_machine.move_to(timezone.now(), tick=False)
    _search(client, CODES[0])
    time_machine.shift(timedelta(hours=7))
    for code in CODES[1:4]:
        _search(client, code)
    asked = dict(emulator.calls)
    response = _search(client, CODES[0])
    assert _rung(response) == "stale"
    assert words in one(soup(response), ".d2po-note[data-rung]").get_text()
    assert emulator.calls == asked
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


def test_filters_work_over_the_limit_too(client: Client, emulator: EmulatorServer) -> None:
    for code in CODES[:3]:
        _search(client, code)
    asked = dict(emulator.calls)
    response = client.get(reverse("deliver_to_po:choose"), {"q": CODES[4], "filter": "saturday"})
    assert _rung(response) == DIRECTORY
    assert emulator.calls == asked


def test_what_the_cache_answers_is_never_too_much(client: Client) -> None:
    assert {_rung(_search(client, CODES[0])) for _ in range(10)} == {FRESH}


def test_another_visitor_is_not_held_up(client: Client) -> None:
    for code in CODES[:4]:
        _search(client, code, REMOTE_ADDR="203.0.113.1")
    assert _rung(_search(client, CODES[5], REMOTE_ADDR="203.0.113.1")) == DIRECTORY
    assert _rung(_search(client, CODES[5], REMOTE_ADDR="203.0.113.2")) == FRESH
    # What somebody else has found is there for all.
    assert _rung(_search(client, CODES[5], REMOTE_ADDR="203.0.113.1")) == FRESH


def test_a_visitor_cannot_write_another_address_into_the_header(client: Client, change_settings: Any) -> None:
    change_settings(TRUSTED_PROXIES=1)
    seen = [
        _search(client, code, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 203.0.113.9")
        for number, code in enumerate(CODES[:5])
    ]
    assert [_rung(response) for response in seen] == [FRESH] * 3 + [DIRECTORY] * 2


def test_buyers_behind_a_proxy_that_nobody_named_do_not_share_a_limit(change_settings: Any) -> None:
    change_settings(TRUSTED_PROXIES=None)
    for code in CODES[:8]:
        assert _rung(_search(_with_a_basket(), code, REMOTE_ADDR="10.0.0.1")) == FRESH


def _with_a_basket() -> Client:
    buyer = Client()
    session = buyer.session
    session["seen"] = True
    session.save()
    return buyer


def test_a_robot_that_changes_its_session_and_its_header_is_stopped_all_the_same(change_settings: Any) -> None:
    change_settings(TRUSTED_PROXIES=None, SEARCHES_PER_VISITOR_PER_MINUTE=1)
    rungs = [
        _rung(_search(_with_a_basket(), code, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}"))
        for number, code in enumerate(CODES)
    ]
    assert rungs == [FRESH] * 5 + [DIRECTORY] * 5


def test_without_a_session_or_with_a_made_up_one_nobody_gets_more(change_settings: Any) -> None:
    change_settings(TRUSTED_PROXIES=None)
    rungs = []
    for number, code in enumerate(CODES[:8]):
        robot = Client()
        if number % 2:
            robot.cookies["sessionid"] = f"made-up-{number}"
        rungs.append(_rung(_search(robot, code)))
    assert rungs == [FRESH] * 3 + [DIRECTORY] * 5


def test_a_made_up_session_counts_as_none_on_a_page_that_reads_no_session(
    emulator: EmulatorServer, change_settings: Any
) -> None:
    _search(Client(), CODES[0])
    change_settings(TRUSTED_PROXIES=None)
    for number, office_id in enumerate(Office.objects.values_list("received_id", flat=True)[:6]):
        robot = Client()
        robot.cookies["sessionid"] = f"made-up-{number}"
        assert robot.get(reverse("deliver_to_po:office", args=[office_id])).status_code == 200
    assert emulator.calls["office_details"] == 3


def test_after_a_minute_a_visitor_may_ask_again(client: Client, cache_of_this_process: None, time_machine: Any) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    assert [_rung(_search(client, code)) for code in CODES[:4]] == [FRESH] * 3 + [DIRECTORY]
    time_machine.shift(WINDOW_SECONDS - 1)
    assert _rung(_search(client, CODES[4])) == DIRECTORY
    time_machine.shift(2)
    assert _rung(_search(client, CODES[5])) == FRESH


def test_a_count_that_the_cache_drops_in_between_begins_anew(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def dropped(key: str, *_: Any, **__: Any) -> int:
        raise ValueError(f"Key '{key}' not found")

    monkeypatch.setattr(type(caches["default"]), "incr", dropped)
    assert {_rung(_search(client, code)) for code in CODES} == {FRESH}
    assert "cache fails" not in caplog.text


def test_saying_who_picks_up_counts_too_and_nobody_is_held_up(client: Client, emulator: EmulatorServer) -> None:
    _search(client, CODES[0])
    office_id = Office.objects.values_list("received_id", flat=True)[0]
    _choose(client, office_id)
    assert [fill(client).status_code for _ in range(2)] == [302, 302]
    asked = dict(emulator.calls)
    answer = fill(client, name="Zoé Tremblay")
    assert answer.status_code == 302
    assert answer["Location"] == fill(client)["Location"]
    assert draft(client).recipient_name == TYPED["name"]
    assert emulator.calls == asked


def test_no_limit_is_no_limit(client: Client, change_settings: Any) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=0)
    assert {_rung(_search(client, code)) for code in CODES} == {FRESH}


def _choose(client: Client, office_id: str) -> Any:
    return client.post(reverse("deliver_to_po:choose"), {"q": CODES[0], "office_id": office_id})


def test_an_office_that_was_offered_lately_is_chosen_whatever_was_searched(client: Client) -> None:
    for code in CODES[:4]:
        _search(client, code)
    office_id = Office.objects.values_list("received_id", flat=True)[0]
    assert _choose(client, office_id).status_code == 302


def test_a_choice_of_this_week_is_made_over_the_limit_and_asks_nobody(client: Client, emulator: EmulatorServer) -> None:
    for code in CODES[:3]:
        _search(client, code)
    office_id = str(soup(_search(client, CODES[0])).select("input[name=office_id]")[2]["value"])
    Office.objects.update(offered_at=timezone.now() - timedelta(days=2))
    asked = dict(emulator.calls)
    assert _choose(client, office_id).status_code == 302
    assert (draft(client).office_id, draft(client).office_check) == (office_id, OfficeCheck.NOT_ASKED)
    assert emulator.calls == asked


def test_a_choice_that_only_canada_post_could_confirm_must_wait_and_stays_ticked(client: Client) -> None:
    for code in CODES[:3]:
        _search(client, code)
    office_id = soup(_search(client, CODES[0])).select("input[name=office_id]")[2]["value"]
    Office.objects.update(offered_at=timezone.now() - timedelta(days=8))
    response = _choose(client, str(office_id))
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert "Wait a minute" in problem(soup(response))
    assert [radio["value"] for radio in soup(response).select("input[name=office_id][checked]")] == [office_id]


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("", 0, "192.0.2.7"),
        ("203.0.113.1", 0, "192.0.2.7"),
        ("203.0.113.1", 1, "203.0.113.1"),
        ("made up, 203.0.113.1", 1, "203.0.113.1"),
        ("203.0.113.1, 10.0.0.2", 2, "203.0.113.1"),
        ("203.0.113.1:55012", 1, "203.0.113.1"),
        ("::ffff:203.0.113.1", 1, "203.0.113.1"),
        ("garbage", 1, "192.0.2.7"),
        ("", 1, "192.0.2.7"),
    ],
)
def test_only_what_our_own_proxies_wrote_counts(forwarded: str, proxies: int, address: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="192.0.2.7")
    assert client_ip(request, proxies) == address


def test_an_ipv6_network_is_one_visitor() -> None:
    one, other, stranger = (
        client_ip(RequestFactory().get("/", REMOTE_ADDR=address), 0)
        for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    )
    assert one == other != stranger


def test_the_port_that_a_proxy_writes_is_no_part_of_an_ipv6_address() -> None:
    bare, with_port = (
        client_ip(RequestFactory().get("/", headers={"X-Forwarded-For": written}, REMOTE_ADDR="192.0.2.7"), 1)
        for written in ("2001:db8:1:2::1", "[2001:db8:1:2::1]:55012")
    )
    assert bare == with_port != "192.0.2.7"


def test_a_shop_without_sessions_has_limits_too(change_settings: Any) -> None:
    change_settings(TRUSTED_PROXIES=None)
    request = RequestFactory().get("/")
    for _ in range(3):
        count_question(request)
    with pytest.raises(TooManySearches):
        count_question(request)
