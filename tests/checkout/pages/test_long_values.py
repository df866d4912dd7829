"""A text far too long, wherever one may be sent to the step, is cut before it is worked on and is not shown again.

What it costs is measured by ``python -m bench long_values``.
"""

import unicodedata
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from deliver_to_po.checkout.pages.taking import take
from deliver_to_po.emulator.server import EmulatorServer
from tests.factories import TYPED

pytestmark = pytest.mark.django_db

# Before they were cut first, so many took seven seconds to put in order (Python 3.11).
MARKS = "\u0301\u0327" * 40_000
TEXTS = [MARKS, "7" * 160_000, "a." * 80_000, " " * 160_000]
# Far above every cap of the step, and far below the texts.
LONGEST = 10_000
SEARCH = {"q": "K1A 0B1", "show": "5", "filter": "weekend"}
# All three questions are asked.
RECIPIENT = {**TYPED, "province": "QC", "email": "zoe@gmial.com", "phone": "+33 1 23 45 67 89"}
SEARCH_FIELDS = {"q", "lat", "lon", "show", "filter", "map", "via", "search"}
SEARCH_FIELDS |= {"office_id", "deliver", "service", "remember", "could_remember"}
HEADERS = ("X-Forwarded-For", "Accept-Language", "X-CSRFToken", "Referer", "User-Agent")
RECIPIENT_FIELDS = {*TYPED, "office", "confirm_postal_code", "confirm_email", "confirm_phone"}
LEFT_FIELDS = RECIPIENT_FIELDS | {"change"}


@pytest.fixture
def buyer(client: Client, emulator: EmulatorServer) -> Client:
    """Return a browser whose buyer has chosen an office."""
    page = _soup(client.get(reverse("deliver_to_po:choose"), SEARCH))
    client.post(reverse("deliver_to_po:choose"), {**SEARCH, "office_id": page.select("[name=office_id]")[0]["value"]})
    return client


def _soup(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def _fields(page: BeautifulSoup) -> set[str]:
    """Return the names of what the step's own forms send, also from beside them."""
    return {str(field["name"]) for field in page.select(".d2po [name]")} - {"csrfmiddlewaretoken"}


def _check(send: Any) -> None:
    """Let ``send`` make a request; what is worked on is short, and the answer repeats little of what was sent."""
    with patch("unicodedata.normalize", wraps=unicodedata.normalize) as put_in_order:
        answer = send()
    assert max((len(call.args[1]) for call in put_in_order.call_args_list), default=0) <= LONGEST
    assert answer.status_code in (200, 302, 404), answer.status_code
    text = answer.content.decode() + str(answer.headers)
    assert len(text) < 200_000
    assert MARKS[:2_000] not in text


def test_every_field_of_every_form_of_the_step_is_tried_below(buyer: Client) -> None:
    search = _fields(_soup(buyer.get(reverse("deliver_to_po:choose"), SEARCH)))
    recipient = _fields(_soup(buyer.post(reverse("deliver_to_po:recipient"), RECIPIENT)))
    assert search == SEARCH_FIELDS
    assert recipient == LEFT_FIELDS


@pytest.mark.parametrize("text", TEXTS, ids=["marks", "digits", "dots", "spaces"])
def test_in_the_office_of_a_form_whose_choice_has_ended(client: Client, emulator: EmulatorServer, text: str) -> None:
    with patch("deliver_to_po.checkout.pages.step.take", wraps=take) as begun:
        _check(lambda: client.post(reverse("deliver_to_po:recipient"), {**RECIPIENT, "office": text}))
    assert [len(call.args[2].office_id) <= LONGEST for call in begun.call_args_list] == [True]


@pytest.mark.parametrize("text", TEXTS, ids=["marks", "digits", "dots", "spaces"])
@pytest.mark.parametrize(
    ("page", "names"), [("choose", SEARCH_FIELDS), ("recipient", RECIPIENT_FIELDS), ("recipient", LEFT_FIELDS)]
)
def test_in_every_field_at_once(buyer: Client, page: str, names: set[str], text: str) -> None:
    address = reverse(f"deliver_to_po:{page}")
    _check(lambda: buyer.post(address, dict.fromkeys(names, text)))
    _check(lambda: buyer.get(address, dict.fromkeys(names | {"problem", "unknown"}, text)))


@pytest.mark.parametrize("proxies", [None, 1])
def test_in_every_header_at_once(buyer: Client, change_settings: Any, proxies: int | None) -> None:
    change_settings(TRUSTED_PROXIES=proxies)
    buyer.cookies.clear()
    for text in ("1," * 80_000, "[" * 160_000):
        headers = dict.fromkeys(HEADERS, text)
        _check(lambda headers=headers: buyer.post(reverse("deliver_to_po:choose"), SEARCH, headers=headers))


def _posted() -> Iterator[tuple[str, dict[str, str], str]]:
    yield from (("choose", {**SEARCH, "search": "1"}, name) for name in sorted(SEARCH_FIELDS))
    yield from (("choose", {"search": "1", "lat": "45.42", "lon": "-75.69"}, name) for name in ("lat", "lon"))
    yield from (("choose", {**SEARCH, "office_id": "1"}, name) for name in sorted(SEARCH_FIELDS - {"search"}))
    yield from (("recipient", RECIPIENT, name) for name in sorted(RECIPIENT_FIELDS))


@pytest.mark.slow
@pytest.mark.parametrize(("page", "filled", "name"), list(_posted()))
def test_in_each_field_of_a_form(buyer: Client, page: str, filled: dict[str, str], name: str) -> None:
    for text in TEXTS:
        data = {**filled, name: text}
        _check(lambda data=data: buyer.post(reverse(f"deliver_to_po:{page}"), data))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["q", "lat", "lon", "show", "filter", "map", "problem", "unknown"])
@pytest.mark.parametrize("page", ["choose", "recipient", "office"])
def test_in_each_name_of_an_address(buyer: Client, page: str, name: str) -> None:
    address = reverse(f"deliver_to_po:{page}", args=["1"] if page == "office" else [])
    for text in TEXTS:
        _check(lambda text=text: buyer.get(address, {name: text}))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "django_language", "messages"])
def test_in_each_cookie(buyer: Client, name: str) -> None:
    for text in TEXTS[1:3]:
        _check(lambda text=text: buyer.get(reverse("deliver_to_po:choose"), SEARCH, HTTP_COOKIE=f"{name}={text}"))
