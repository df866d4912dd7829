"""What a program may send wrong: each is refused with a code and in words, none is a 500, and nothing is stored."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.db import InterfaceError, OperationalError
from django.http.request import UnreadablePostError
from django.utils import timezone

from deliver_to_po import errors
from deliver_to_po.api.reading import MOST_BYTES
from deliver_to_po.models import Delivery
from tests.api.client import Program
from tests.factories import TYPED_RECIPIENT as RECIPIENT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("offered")]

SEARCH, START = ("POST", "offices/search"), ("POST", "choices")
NOBODYS = UUID(int=7)
LONG = "x" * 10_000
DEEP = b'{"q": ' + b"[" * 8_000


def rows() -> list[Any]:
    """Return what is stored of choices."""
    return list(Delivery.objects.order_by("pk").values())


WRONG: list[tuple[str, str, Any, int, str]] = [
    (*SEARCH, b"", 422, "invalid"),
    (*SEARCH, b"{", 400, "unreadable"),
    (*SEARCH, b"\xff\xfe{}", 400, "unreadable"),
    (*SEARCH, DEEP, 400, "unreadable"),
    (*SEARCH, b'{"position": {"latitude": NaN, "longitude": 1}}', 422, "invalid"),
    (*SEARCH, b'{"limit": ' + b"9" * 5_000 + b"}", 400, "unreadable"),
    (*SEARCH, b" " * MOST_BYTES, 400, "unreadable"),
    (*SEARCH, b" " * (MOST_BYTES + 1), 413, "too_large"),
    (*SEARCH, b"x" * 10_000_000, 413, "too_large"),
    (*SEARCH, None, 422, "invalid"),
    (*SEARCH, [], 422, "invalid"),
    (*SEARCH, {}, 422, "invalid"),
    (*SEARCH, {"q": 7}, 422, "invalid"),
    (*SEARCH, {"q": "\ud800"}, 422, "invalid"),
    (*SEARCH, {"q": "\x00"}, 422, "query_not_understood"),
    (*SEARCH, {"q": "Qwertyuiop"}, 422, "query_not_understood"),
    (*SEARCH, {"q": "K1A 0B1", "position": {"latitude": 45, "longitude": -75}}, 422, "invalid"),
    (*SEARCH, {"position": {"latitude": 91, "longitude": -75}}, 422, "invalid"),
    (*SEARCH, {"position": {"latitude": 1, "longitude": 1}}, 422, "query_not_understood"),
    (*SEARCH, {"q": "K1A 0B1", "limit": "5"}, 422, "invalid"),
    (*SEARCH, {"q": "K1A 0B1", "filters": [LONG]}, 422, "invalid"),
    (*SEARCH, {"q": "K1A 0B1", LONG[:9_000]: 1}, 422, "invalid"),
    ("GET", "offices", None, 422, "invalid"),
    ("GET", "offices?latitude=45.4215&longitude=-75.697", None, 422, "invalid"),
    ("GET", "offices?latitude=45.4\x00&longitude=-75", None, 422, "invalid"),
    ("GET", "offices/999999999999", None, 404, "office_not_offered"),
    ("GET", "offices/x", None, 404, "office_not_offered"),
    ("GET", f"offices/{'9' * 2_000}", None, 404, "office_not_offered"),
    ("GET", "offices/1/2", None, 404, "not_found"),
    ("GET", "", None, 404, "not_found"),
    ("GET", "%00", None, 404, "not_found"),
    ("DELETE", "choices", None, 405, "not_allowed"),
    (*START, {"office_id": "999999999999"}, 422, "office_not_offered"),
    (*START, {"office_id": "x"}, 422, "invalid"),
    (*START, {"office_id": "OFFERED", "service": "DOM.PC"}, 422, "invalid"),
    (*START, {"office_id": "OFFERED", "cart": "7"}, 422, "invalid"),
    ("GET", "choices/x", None, 404, "draft_unknown"),
    ("GET", f"choices/{NOBODYS}", None, 404, "draft_unknown"),
    ("POST", f"choices/{NOBODYS}/reserve", {"seen": "x"}, 404, "draft_unknown"),
    ("POST", f"choices/{NOBODYS}/place", {}, 404, "not_found"),
]


def test_what_cannot_be_right_is_refused_and_stores_nothing(offered: list[str]) -> None:
    program, before = Program(), rows()
    for method, path, body, status, code in WRONG:
        asked = {**body, "office_id": offered[0]} if isinstance(body, dict) and "OFFERED" in body.values() else body
        answered, problem = program.send(method, path, asked)
        said = f"{method} {path[:50]} {str(body)[:50]}: {problem}"
        assert (answered, problem["code"], problem["status"]) == (status, code, status), said
        assert problem["message"] == problem["detail"] != "", said
        assert all(one["message"] and one["code"] and one["path"] for one in problem["errors"]), said
        assert LONG[:500] not in said
    assert rows() == before


def test_only_json_is_read_so_that_no_form_of_another_site_is() -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        status, problem = Program().send("POST", "choices", b'{"office_id": "1"}', **{"content-type": kind})
        assert (status, problem["code"]) == (415, "not_json")
    assert rows() == []


def test_a_body_that_breaks_off_is_none_that_can_be_read() -> None:
    with patch("django.http.HttpRequest.read", side_effect=UnreadablePostError):
        status, problem = Program().send(*SEARCH, {"q": "K1A 0B1"})
    assert (status, problem["code"]) == (400, "unreadable")


OF_A_CHOICE: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("PATCH", "", {"service": "DOM.XP"}),
    ("PUT", "/recipient", RECIPIENT),
    ("POST", "/reserve", {"seen": "x" * 64}),
    ("POST", "/unreserve", None),
]


def test_another_ones_choice_is_like_one_that_never_was(offered: list[str]) -> None:
    owner, stranger = Program(), Program()
    owner.choose(offered[0])
    stranger.choose(offered[1])
    before = rows()
    for method, path, body in OF_A_CHOICE:
        stranger.choice_id = str(NOBODYS)
        unknown = stranger.of_choice(method, path, body)
        assert (unknown[0], unknown[1]["code"]) == (404, "draft_unknown")
        stranger.choice_id = owner.choice_id
        for secret in ("", "x", "x" * 43, LONG, "é", stranger.secret):
            assert stranger.of_choice(method, path, body, D2PO_Secret=secret) == unknown
    assert rows() == before


RECIPIENTS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"name": ""}, [("required", "$.name")]),
    ({"name": "x" * 100, "email": "é@x.ca"}, [("max_length", "$.name"), ("not_ascii", "$.email")]),
    ({"city": "Ga\x00tineau"}, [("unprintable", "$.city")]),
    ({"phone": "911"}, [("invalid", "$.phone")]),
    ({"phone": "+33 1 42 68 53 00"}, [("question", "$.phone")]),
    ({"name": LONG}, [("string_too_long", "$.name")]),
    ({"name": None, "phone": 7}, [("string_type", "$.name"), ("string_type", "$.phone")]),
    ({"age": 7}, [("extra_forbidden", "$.age")]),
    ({"confirmed": ["name"]}, [("literal_error", "$.confirmed[0]")]),
]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_wrong_recipient_is_refused_field_by_field(language: str, offered: list[str]) -> None:
    program = Program(language)
    program.choose(offered[0])
    before = rows()
    for changes, wrong in RECIPIENTS:
        status, problem = program.of_choice("PUT", "/recipient", {**RECIPIENT, **changes})
        assert (status, [(one["code"], one["path"]) for one in problem["errors"]]) == (422, wrong)
    assert rows() == before


def test_a_position_abroad_is_no_mistake_of_what_was_typed() -> None:
    paris = {"latitude": 48.86, "longitude": 2.35}
    for asked in ((*SEARCH, {"position": paris}), ("GET", "offices?latitude=48.86&longitude=2.35")):
        status, problem = Program().send(*asked)
        assert (status, problem["code"], problem["path"]) == (422, "query_not_understood", "")
        assert "not in Canada" in problem["message"]


def test_steps_that_are_skipped_or_come_late_are_refused_and_change_nothing(offered: list[str]) -> None:
    program = Program()
    program.choose(offered[0])
    reserve = ("POST", "/reserve")
    assert program.of_choice(*reserve, {"seen": ""})[1]["code"] == "draft_incomplete"
    seen = program.of_choice("PUT", "/recipient", RECIPIENT)[1]["seen"]
    before = rows()
    for asked, status, code in [
        ({}, 422, "invalid"),
        ({"seen": LONG}, 422, "invalid"),
        ({"seen": seen, "charge": -1}, 422, "invalid"),
        ({"seen": seen, "charge": "1e400"}, 422, "invalid"),
        ({"seen": seen, "charge": "100000.00"}, 422, "invalid"),
        ({"seen": seen, "charge": 100_000}, 422, "invalid"),
        ({"seen": seen, "charge": "99999.99"}, 409, "price_changed"),
        ({"seen": seen, "charge": "0.00"}, 409, "price_changed"),
        ({"seen": seen, "charge": "9.999"}, 422, "invalid"),
        ({"seen": seen, "charge": "free"}, 422, "invalid"),
        ({"seen": "x" * 64}, 409, "draft_changed"),
        ({"seen": seen[:40] + "0" * 24}, 409, "price_changed"),
        ({"seen": seen, "charge": "0.01"}, 409, "price_changed"),
    ]:
        # What is refused uses no key up.
        answered, problem = program.of_choice(*reserve, asked, Idempotency_Key="a")
        assert (answered, problem["code"]) == (status, code)
    assert program.of_choice(*reserve, {"seen": "x" * 64})[1]["path"] == "$.seen"
    for key in ("x" * 101, "é"):
        assert program.of_choice(*reserve, {"seen": seen}, Idempotency_Key=key)[1]["code"] == "key_invalid"
    assert rows() == before
    assert program.of_choice(*reserve, {"seen": seen}, Idempotency_Key="a")[0] == 200
    again = program.of_choice(*reserve, {"seen": seen, "charge": "1.00"}, Idempotency_Key="a")
    assert (again[0], again[1]["code"]) == (422, "key_reused")
    Delivery.objects.update(state="draft", reserved_at=None, expires_at=timezone.now() - timedelta(seconds=1))
    assert program.of_choice("GET")[0] == 410


def test_what_goes_to_no_post_office_is_told_before_one_is_chosen(offered: list[str]) -> None:
    status, problem = Program(cart="nothing=1").send("POST", "choices", {"office_id": offered[0]})
    assert (status, problem["code"], rows()) == (409, "not_mailable", [])


def test_where_the_shop_does_not_know_what_is_bought_nothing_is_chosen(offered: list[str]) -> None:
    with patch("deliver_to_po.host.asking.cart_of", return_value=None):
        status, problem = Program().send("POST", "choices", {"office_id": offered[0]})
    assert (status, problem["code"], rows()) == (409, "cart_unknown", [])


def test_a_service_that_does_not_go_to_an_office_is_told_beside_the_choice_which_is_saved(offered: list[str]) -> None:
    program = Program()
    program.choose(offered[0])
    with patch("deliver_to_po.checkout.choosing._go_by", side_effect=errors.NotMailable("Not there.")):
        status, changed = program.of_choice("PATCH", body={"office_id": offered[1], "service": "DOM.XP"})
        again = program.of_choice("PATCH", body={"service": "DOM.XP"})
    with patch("deliver_to_po.api.step.keep_price", side_effect=errors.NotMailable("Not there.")):
        assert program.of_choice("GET")[1]["messages"] == changed["messages"]
    assert (status, changed["office_id"]) == (200, offered[1])
    assert [(one["code"], one["message"]) for one in changed["messages"]] == [("not_mailable", "Not there.")]
    assert (again[0], again[1]["code"]) == (409, "not_mailable")
    elsewhere = Program(cart="nothing=1")
    elsewhere.choice_id, elsewhere.secret = program.choice_id, program.secret
    status, told = elsewhere.of_choice("GET")
    assert (status, [one["code"] for one in told["messages"]]) == (200, ["not_mailable"])


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_told_as_such(offered: list[str], error: type[Exception]) -> None:
    program = Program()
    program.choose(offered[0])
    with patch("deliver_to_po.checkout.draft.Delivery.objects.filter", side_effect=error):
        status, problem = program.of_choice("GET")
    assert (status, problem["code"]) == (503, "busy")
