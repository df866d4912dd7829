"""The post office that a buyer took last time: by the shop's orders, or by a signed cookie."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from deliver_to_po.checkout.last_office import (
    COOKIE,
    COULD_REMEMBER,
    REMEMBER,
    last_office_id,
    may_remember,
    remember,
    remembered,
)
from deliver_to_po.models import Delivery

OFFICE_ID = "0000100137"


def visit(cookie: str = "", **sent: str) -> HttpRequest:
    """Return a request of a device that holds ``cookie`` and sends a form."""
    request = RequestFactory().post("/", sent)
    if cookie:
        request.COOKIES[COOKIE] = cookie
    return request


def cookie_of(response: HttpResponse) -> Any:
    return response.cookies.get(COOKIE)


def test_a_device_remembers_an_office_when_the_box_is_ticked_and_only_then() -> None:
    request = visit(**{REMEMBER: "1"})
    kept = cookie_of(remember(request, HttpResponse(), OFFICE_ID))
    request.META["wsgi.url_scheme"] = "https"
    assert (kept["secure"], cookie_of(remember(request, HttpResponse(), OFFICE_ID))["secure"]) == ("", True)
    assert (kept["httponly"], kept["samesite"], kept["path"]) == (True, "Lax", "/post-office/")
    assert remembered(visit(kept.value)) == OFFICE_ID
    assert cookie_of(remember(visit(), HttpResponse(), OFFICE_ID)) is None


def test_a_box_that_was_shown_and_is_not_ticked_forgets_the_office() -> None:
    kept = cookie_of(remember(visit(**{REMEMBER: "1"}), HttpResponse(), OFFICE_ID)).value
    assert cookie_of(remember(visit(kept), HttpResponse(), OFFICE_ID)) is None
    forgotten = cookie_of(remember(visit(kept, **{COULD_REMEMBER: "1"}), HttpResponse(), OFFICE_ID))
    assert (forgotten.value, forgotten["max-age"]) == ("", 0)


@pytest.mark.parametrize("value", [OFFICE_ID, f"{OFFICE_ID}:x:y", "x" * 4000])
def test_a_cookie_that_is_not_signed_is_none(value: str) -> None:
    assert remembered(visit(value)) == ""


@pytest.mark.parametrize("value", ["x", "1" * 41])
def test_a_signed_text_that_is_no_office_id_is_none(value: str) -> None:
    kept = cookie_of(remember(visit(**{REMEMBER: "1"}), HttpResponse(), value)).value
    assert remembered(visit(kept)) == ""


def test_the_shops_orders_come_before_the_device_and_need_no_box(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = cookie_of(remember(visit(**{REMEMBER: "1"}), HttpResponse(), OFFICE_ID)).value
    monkeypatch.setattr("deliver_to_po.host.asking.last_delivery_of", lambda request: Delivery(office_id="0000000021"))
    assert last_office_id(visit(kept)) == "0000000021"
    assert not may_remember(visit(kept))
    monkeypatch.undo()
    assert last_office_id(visit(kept)) == OFFICE_ID
    assert may_remember(visit(kept))
