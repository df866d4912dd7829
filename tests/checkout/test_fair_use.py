"""Fair use: one visitor cannot make Canada Post be asked without end, whatever stands before Django."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.checkout.fair_use import WINDOW_SECONDS, client_ip, count_question
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import TooManySearches
from deliver_to_po.models import Office
from tests.checkout.test_views import TYPED, draft, fill, one, problem, soup

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]
CODES = [f"K1A{digit}B1" for digit in "0123456789"]


@pytest.fixture(autouse=True)
def few(emulator: EmulatorServer, change_settings: Any) -> None:
    """Allow three questions a minute."""
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=3, TRUSTED_PROXIES=0)


def _search(client: Client, code: str, **meta: Any) -> Any:
    return client.get(reverse("deliver_to_po:choose"), {"q": code}, **meta)


def test_too_many_searches_get_a_message_with_status_429(client: Client, emulator: EmulatorServer) -> None:
    statuses = [_search(client, code).status_code for code in CODES[:5]]
    assert statuses == [200, 200, 200, 429, 429]
    assert emulator.calls["find_offices"] == 3
    response = _search(client, CODES[5])
    assert "wait a minute" in response.content.decode()
    assert response["Retry-After"] == "60"


def test_what_the_cache_answers_is_never_too_much(client: Client) -> None:
    assert {_search(client, CODES[0]).status_code for _ in range(10)} == {200}


def test_another_visitor_is_not_held_up(client: Client) -> None:
    for code in CODES[:4]:
        _search(client, code, REMOTE_ADDR="203.0.113.1")
    assert _search(client, CODES[5], REMOTE_ADDR="203.0.113.1").status_code == 429
    assert _search(client, CODES[5], REMOTE_ADDR="203.0.113.2").status_code == 200


def test_a_visitor_cannot_write_another_address_into_the_header(client: Client, change_settings: Any) -> None:
    change_settings(TRUSTED_PROXIES=1)
    seen = [
        _search(client, code, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 203.0.113.9")
        for number, code in enumerate(CODES[:5])
    ]
    assert [response.status_code for response in seen] == [200, 200, 200, 429, 429]


def test_buyers_behind_a_proxy_that_nobody_named_do_not_share_a_limit(change_settings: Any) -> None:
    change_settings(TRUSTED_PROXIES=None)
    for code in CODES[:8]:
        assert _search(_with_a_basket(), code, REMOTE_ADDR="10.0.0.1").status_code == 200


def _with_a_basket() -> Client:
    buyer = Client()
    session = buyer.session
    session["seen"] = True
    session.save()
    return buyer


def test_a_robot_that_changes_its_session_and_its_header_is_stopped_all_the_same(change_settings: Any) -> None:
    change_settings(TRUSTED_PROXIES=None, SEARCHES_PER_VISITOR_PER_MINUTE=1)
    statuses = [
        _search(_with_a_basket(), code, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}").status_code
        for number, code in enumerate(CODES)
    ]
    assert statuses == [200] * 5 + [429] * 5


def test_without_a_session_or_with_a_made_up_one_nobody_gets_more(change_settings: Any) -> None:
    change_settings(TRUSTED_PROXIES=None)
    statuses = []
    for number, code in enumerate(CODES[:8]):
        robot = Client()
        if number % 2:
            robot.cookies["sessionid"] = f"made-up-{number}"
        statuses.append(_search(robot, code).status_code)
    assert statuses == [200] * 3 + [429] * 5


def test_a_made_up_session_counts_as_none_on_a_page_that_reads_no_session(
    emulator: EmulatorServer, change_settings: Any
) -> None:
    _search(Client(), CODES[0])
    change_settings(TRUSTED_PROXIES=None)
    statuses = []
    for number, office_id in enumerate(Office.objects.values_list("received_id", flat=True)[:6]):
        robot = Client()
        robot.cookies["sessionid"] = f"made-up-{number}"
        statuses.append(robot.get(reverse("deliver_to_po:office", args=[office_id])).status_code)
    assert statuses == [200] * 3 + [429] * 3


def test_after_a_minute_a_visitor_may_ask_again(client: Client, cache_of_this_process: None, time_machine: Any) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    assert [_search(client, code).status_code for code in CODES[:4]] == [200, 200, 200, 429]
    time_machine.shift(WINDOW_SECONDS - 1)
    assert _search(client, CODES[4]).status_code == 429
    time_machine.shift(2)
    assert _search(client, CODES[5]).status_code == 200


def test_a_count_that_the_cache_drops_in_between_begins_anew(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def dropped(key: str, *_: Any, **__: Any) -> int:
        raise ValueError(f"Key '{key}' not found")

    monkeypatch.setattr(type(caches["default"]), "incr", dropped)
    assert {_search(client, code).status_code for code in CODES} == {200}
    assert "cache fails" not in caplog.text


def test_saying_who_picks_up_counts_too_and_loses_nothing(client: Client, emulator: EmulatorServer) -> None:
    _search(client, CODES[0])
    office_id = Office.objects.values_list("received_id", flat=True)[0]
    _choose(client, office_id)
    answers = [fill(client) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [302, 429, 429, 429, 429]
    page = soup(answers[-1])
    assert "wait a minute" in problem(page)
    assert one(page, "input[name=name]")["value"] == TYPED["name"]
    assert draft(client).recipient_name == TYPED["name"]


def test_no_limit_is_no_limit(client: Client, change_settings: Any) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=0)
    assert {_search(client, code).status_code for code in CODES} == {200}


def _choose(client: Client, office_id: str) -> Any:
    return client.post(reverse("deliver_to_po:choose"), {"q": CODES[0], "office_id": office_id})


def test_an_office_that_was_offered_lately_is_chosen_whatever_was_searched(client: Client) -> None:
    for code in CODES[:4]:
        _search(client, code)
    office_id = Office.objects.values_list("received_id", flat=True)[0]
    assert _choose(client, office_id).status_code == 302


def test_a_choice_that_canada_post_must_confirm_counts_and_stays_ticked(client: Client) -> None:
    for code in CODES[:3]:
        _search(client, code)
    office_id = soup(_search(client, CODES[0])).select("input[name=office_id]")[2]["value"]
    Office.objects.update(offered_at=timezone.now() - timedelta(days=2))
    response = _choose(client, str(office_id))
    assert response.status_code == 429
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
