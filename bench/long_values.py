"""A value of 2.4 MB in each field, parameter, cookie and header of the step, against the same under an unknown name.

Nothing that anybody types may keep a process busy: every text is measured before anything is done with it.
"""

import logging
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import django

from bench.contest import Call, Contest, Rival, Row, hold
from bench.places import NEAR
from deliver_to_po.emulator.server import EmulatorServer

BYTES = 2_400_000
# To put combining characters in order takes quadratic time; digits are what regular expressions look for, and noughts
# ask for no longer list.
TEXTS = {"marks": "\u0301\u0327", "digits": "0"}
UNKNOWN = "unknown"
# What looks worst after a few rounds is measured again, so that chance does not decide.
ROUNDS, SUSPECTS, MORE_ROUNDS = 5, 8, 40
GOAL = 1.5
STEP = "/post-office/"
SEARCHED = {"q": NEAR, "show": "10", "filter": "weekend"}
LOCATED = {"lat": "45.42", "lon": "-75.69"}
# Abroad, and of another province, so that both questions are asked.
RECIPIENT = {
    "name": "Ann Buyer",
    "address_line_1": "9 Home Street",
    "address_line_2": "",
    "city": "Ottawa",
    "province": "QC",
    "postal_code": "K1K 4T3",
    "email": "ann@example.com",
    "phone": "+33 1 23 45 67 89",
}
PARAMETERS = ("q", "lat", "lon", "show", "filter", "problem")
COOKIES = ("sessionid", "csrftoken", "django_language", "messages")
HEADERS = ("X-Forwarded-For", "Accept-Language", "X-CSRFToken")
NONE: Mapping[str, str] = {}


@dataclass(frozen=True)
class Place:
    """Where a long value may be put: ``request`` returns a call that sends one there, under a name."""

    where: str
    name: str
    request: Callable[[str, str], Call]


class Fields(HTMLParser):
    """The names of all fields and buttons in the forms of a page that lead to the step."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._inside = False
        self.names: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the name of a field."""
        attributes = dict(attrs)
        if tag == "form":
            self._inside = (attributes.get("action") or STEP).startswith((STEP, "?", "#"))
        elif self._inside and (name := attributes.get("name")) and name not in self.names:
            self.names.append(name)

    def handle_endtag(self, tag: str) -> None:
        """Leave a form."""
        self._inside = self._inside and tag != "form"


class Buyer:
    """A browser with a draft, so that every page of the step can be seen."""

    def __init__(self) -> None:
        from django.test import Client

        self._client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
        page = self.get(STEP, {"q": NEAR})()
        self.search_fields = Fields(page).names
        self.token = self._client.cookies["csrftoken"].value
        self.office_id = page.partition('name="office_id" value="')[2].partition('"')[0]
        self.post(STEP, {"office_id": self.office_id, **SEARCHED})()
        self.cookies = {name: cookie.value for name, cookie in self._client.cookies.items()}
        self.recipient_fields = Fields(self.post(f"{STEP}recipient/", RECIPIENT)()).names

    def get(self, path: str, query: Mapping[str, str], headers: Mapping[str, str] = NONE) -> Callable[[], str]:
        """Return a call that gets a page; ``headers`` as WSGI names them."""
        extra: dict[str, Any] = {"QUERY_STRING": urlencode(query), **headers}
        return lambda: self._seen(self._client.get(path, **extra))

    def post(self, path: str, data: Mapping[str, str], headers: Mapping[str, str] = NONE) -> Callable[[], str]:
        """Return a call that posts a form."""
        from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

        body = encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": self.token, **data})
        extra: dict[str, Any] = dict(headers)
        return lambda: self._seen(self._client.generic("POST", path, body, MULTIPART_CONTENT, **extra))

    def _seen(self, answer: Any) -> str:
        assert answer.status_code in (200, 302, 403), answer.status_code
        return str(answer.content.decode())


def _places(buyer: Buyer) -> Iterator[Place]:
    """Yield each field of each form, each parameter of each address, and each cookie and header that is read."""
    forms = (
        ("search", STEP, {"search": "1", **SEARCHED}, buyer.search_fields),
        ("search by location", STEP, {"search": "1", **LOCATED}, ["lat", "lon"]),
        ("choose", STEP, {"office_id": buyer.office_id, **SEARCHED}, buyer.search_fields),
        ("recipient", f"{STEP}recipient/", RECIPIENT, buyer.recipient_fields),
    )
    for where, path, filled, fields in forms:
        for field in fields:
            yield Place(where, field, partial(_in_form, buyer, path, _without(field, filled)))
    pages = ((STEP, PARAMETERS), (f"{STEP}recipient/", ("q", "problem")), (f"{STEP}office/{buyer.office_id}/", ("q",)))
    for path, parameters in pages:
        for parameter in parameters:
            yield Place(f"?{path}", parameter, partial(_in_address, buyer, path))
    for cookie in COOKIES:
        yield Place("cookie", cookie, partial(_in_cookie, buyer, _without(cookie, buyer.cookies)))
    for header in HEADERS:
        yield Place("header", header, partial(_in_header, buyer))


def _without(name: str, filled: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in filled.items() if key != name}


def _in_form(buyer: Buyer, path: str, filled: Mapping[str, str], name: str, text: str) -> Call:
    return buyer.post(path, {**filled, name: text})


def _in_address(buyer: Buyer, path: str, name: str, text: str) -> Call:
    # As much as fits into BYTES once it is quoted.
    return buyer.get(path, {name: text[: BYTES // len(quote(text[0]))]})


def _in_cookie(buyer: Buyer, others: Mapping[str, str], name: str, text: str) -> Call:
    cookies = {**others, name: _as_header(text)}
    return buyer.get(STEP, {}, {"HTTP_COOKIE": "; ".join(f"{key}={value}" for key, value in cookies.items())})


def _in_header(buyer: Buyer, name: str, text: str) -> Call:
    """Return a call that chooses an office without a draft, which counts what the visitor makes us store."""
    headers = {f"HTTP_{name.upper().replace('-', '_')}": _as_header(text), "HTTP_COOKIE": f"csrftoken={buyer.token}"}
    return buyer.post(STEP, {"office_id": buyer.office_id, **SEARCHED}, headers)


def _as_header(text: str) -> str:
    """Return a text as a server hands over what is in a header."""
    return text.encode().decode("latin-1")


def long_values() -> Iterator[Row]:
    """Measure every place, and yield the worst."""
    with _shop():
        buyer = Buyer()
        first = [(_row(place, text, ROUNDS), place, text) for place in _places(buyer) for text in TEXTS.values()]
        suspects = sorted(first, key=lambda one: one[0].ratio)[-SUSPECTS:]
        worst = max((_row(place, text, MORE_ROUNDS) for _, place, text in suspects), key=lambda row: row.ratio)
    yield Row("long_values", worst.value, worst.ratio, f"an unknown name; of {len(first)} worst: {worst.against}", GOAL)


def _row(place: Place, text: str, rounds: int) -> Row:
    long = text * (BYTES // len(text.encode()))
    rival = Rival("long_values", f"{place.where} {place.name}", place.request(UNKNOWN, long), GOAL)
    [row] = hold(Contest(place.request(place.name, long), [rival], rounds, 1))
    return row


@contextmanager
def _shop() -> Iterator[None]:
    """Set the shop up in this process, beside an emulator."""
    with tempfile.TemporaryDirectory() as folder, EmulatorServer() as emulator:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "bench.shop.settings",
            "SHOP_DATA": folder,
            "CANADA_POST_URL": emulator.url,
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'shop.sqlite3'}",
            "COUNT_VISITORS": "1",
        }
        django.setup()
        # Forms with a token that is too long are refused, each with a line.
        logging.getLogger("django.security.csrf").setLevel(logging.ERROR)
        from django.core.management import call_command

        from bench.shop.fill import fill

        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        fill(0)
        yield
