"""Whatever Canada Post answers, each operation ends in a value or in an error of ours that repeats nothing of it.

Right answers are spoilt from a fixed seed: what they say, their bytes, statuses and headers. A failure names the seed,
the operation and the number of the case; ``run`` repeats it.
"""

import io
import logging
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
import requests
import urllib3
from hypothesis import settings
from requests.structures import CaseInsensitiveDict

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.calling.caller import Caller
from deliver_to_po.canadapost.calling.connections import session
from deliver_to_po.canadapost.calling.throttle import Limits
from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.portal.answers import error_of as portal_error
from deliver_to_po.canadapost.portal.client import NonContractPortal, PortalCanadaPost
from deliver_to_po.canadapost.reading import DOCUMENTS, SUCCESS
from deliver_to_po.canadapost.types import Artifact, Link, ShipmentInfo, ShipmentStatus
from deliver_to_po.canadapost.webservices.answers import error_of as webservices_error
from deliver_to_po.canadapost.webservices.calls import ApiKey
from deliver_to_po.canadapost.webservices.client import WebServicesCanadaPost
from deliver_to_po.canadapost.webservices.noncontract import NonContractCanadaPost
from tests.canadapost.portal_requests import ACCOUNT, BASE, NOT_REPEATABLE, OPERATIONS, make_caller, make_tokens
from tests.canadapost.test_canaries import said
from tests.canadapost.webservices import bodies
from tests.conformance.right_answers import right_answer
from tests.conformance.spoiling import CANARY, PAGES, Reply, spoil

SEED = 20261126
# How many for each operation over each API; in the profile "many" more than 30,000 together.
CASES = 640 if settings().max_examples > 100 else 15
# Two spellings of a search, two shipments, three tries and a redirect for each, and a token for some.
MOST_CALLS = 60
# Most tokens are good, or little else would be tried.
TOKENS_SPOILT, ANSWERS_SPOILT, STUBBORN = 0.1, 0.75, 0.3
LABEL = (Link("label", f"{bodies.HOST}/rs/artifact/1/2/0", "application/pdf"),)
XML_OPERATIONS: dict[str, Callable[[CanadaPost], Any]] = {
    **OPERATIONS,
    "label": lambda client: client.label(ShipmentInfo("1", ShipmentStatus.CREATED, links=LABEL)),
}
WITHOUT = ACCOUNT._replace(contract_id=None)
CLIENTS: dict[str, Callable[[Caller], CanadaPost]] = {
    "portal": lambda caller: PortalCanadaPost(caller, make_tokens(), ACCOUNT),
    "webservices": lambda caller: WebServicesCanadaPost(caller, ApiKey("user", f"{CANARY}-key"), ACCOUNT),
    "portal by card": lambda caller: NonContractPortal(caller, make_tokens(), WITHOUT),
    "webservices by card": lambda caller: NonContractCanadaPost(caller, ApiKey("user", f"{CANARY}-key"), WITHOUT),
}
# That nothing is near, found, seen yet or announced may be an error in Canada Post's answers.
MAY_TAKE_AN_ERROR = {
    *("find_offices", "find_offices_at", "find_shipments", "find_by_group", "find_by_day"),
    *("tracking_details", "find_pins", "outages"),
}
# What the class says of itself by raising NotSupported is not asked of it here.
NEEDS_CONTRACT = {"find_by_group", "void_shipment", "groups", "transmit", "manifest", "manifest_document"}
UNSUPPORTED = {
    "portal": set[str](),
    "webservices": {"groups", "transmit", "manifest", "manifest_document", "outages"},
    "portal by card": NEEDS_CONTRACT,
    "webservices by card": NEEDS_CONTRACT | {"outages"},
}
PAIRS = [(api, name) for api in CLIENTS for name in OPERATIONS if name not in UNSUPPORTED[api]]


class Endless(BaseException):
    """More calls than any operation needs: no code of ours may catch it."""


class SpoiltCanadaPost(requests.adapters.BaseAdapter):
    """Answers every call in this process: with ``page``, or spoilt by ``random``, or else rightly.

    It may be stubborn: then a call that is repeated gets the same answer again.
    """

    def __init__(self, random: Random | None = None, page: bytes | None = None):
        super().__init__()
        self._random, self._page = random, page
        self._stubborn = random is not None and random.random() < STUBBORN
        self._given: dict[str, Reply] = {}
        self.deeds: list[int] = []
        self.last: Reply | None = None
        self.calls = 0

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        self.calls += 1
        if self.calls > MOST_CALLS:
            raise Endless
        called = f"{request.method} {request.url}"
        reply = self._given.get(called) or self._reply(request)
        if self._stubborn:
            self._given[called] = reply
        if _changes_something(request):
            self.deeds.append(0 if reply.trouble else reply.status)
        self.last = reply
        if reply.trouble is not None:
            raise reply.trouble
        return _response(request, reply)

    def close(self) -> None:
        """Close nothing."""

    def _reply(self, request: requests.PreparedRequest) -> Reply:
        reply, is_token = right_answer(request), str(request.url).endswith("/token")
        if self._page is not None and not is_token:
            return Reply(self._page, media_type=reply.media_type)
        share = TOKENS_SPOILT if is_token else ANSWERS_SPOILT
        return spoil(reply, self._random) if self._random and self._random.random() < share else reply


def _changes_something(request: requests.PreparedRequest) -> bool:
    asks = str(request.url).endswith(("/token", "/prices", "/price"))
    return request.method == "DELETE" or (request.method == "POST" and not asks)


def _response(request: requests.PreparedRequest, reply: Reply) -> requests.Response:
    headers = {"Content-Type": reply.media_type, **dict(reply.headers)}
    response = requests.Response()
    response.status_code, response.request, response.url = reply.status, request, str(request.url)
    response.headers = CaseInsensitiveDict(headers)
    response.raw = urllib3.HTTPResponse(
        io.BytesIO(reply.body),
        headers=headers,
        status=reply.status,
        preload_content=False,
        request_method=request.method,
    )
    return response


def make_client(api: str, canada_post: SpoiltCanadaPost) -> CanadaPost:
    """Return a client of its own, whose pauses take no time."""
    http = session()
    http.mount("https://", canada_post)
    http.mount("http://", canada_post)
    base, error_of = (BASE, portal_error) if api.startswith("portal") else (bodies.HOST, webservices_error)
    return CLIENTS[api](make_caller(base, limits=Limits(None, {}), http=http, error_of=error_of))


def ask(api: str, operation: str, canada_post: SpoiltCanadaPost) -> Any:
    """Return the value of an operation, or the error of ours that it raised."""
    try:
        return (OPERATIONS if api.startswith("portal") else XML_OPERATIONS)[operation](make_client(api, canada_post))
    except errors.CanadaPostError as error:
        return error


def run(api: str, operation: str, number: int) -> tuple[Any, SpoiltCanadaPost]:
    """Return the outcome of one case, and the Canada Post that it met: each third a page for everything, else chance.

    Each operation begins with another page, so that a few cases of each have every page between them.
    """
    first = PAIRS.index((api, operation)) * CASES // 3
    page = PAGES[(first + number // 3) % len(PAGES)] if number % 3 == 0 else None
    canada_post = SpoiltCanadaPost(Random(f"{SEED} {api} {operation} {number}"), page)  # noqa: S311
    return ask(api, operation, canada_post), canada_post


def complaint(operation: str, outcome: Any, canada_post: SpoiltCanadaPost) -> str:
    """Return what is wrong with an outcome, ``""`` when it is as it should be."""
    if isinstance(outcome, errors.CanadaPostError):
        if CANARY.lower() in said(outcome).lower():
            return f"the error repeats the answer: {outcome!r}"
        if operation in NOT_REPEATABLE:
            return _complaint_of_deed(outcome, canada_post.deeds)
        return "an outcome that is unknown of what changes nothing" if type(outcome) is errors.UnknownOutcome else ""
    last = canada_post.last
    if operation not in MAY_TAKE_AN_ERROR and last and (last.trouble or last.status not in SUCCESS):
        return "a success although the last answer was none"
    if operation == "void_shipment":
        return "" if last and last.status == 204 else "a void although the answer does not say so"
    if isinstance(outcome, Artifact):
        whole = any(outcome.content.startswith(start) and end in outcome.content for start, end, _ in DOCUMENTS)
        return "a repr that shows the document" if CANARY in repr(outcome) else "" if whole else "a cut document"
    rows = outcome if isinstance(outcome, list) else [outcome]
    typed = all(row is None or isinstance(row, str) or type(row).__module__ == Artifact.__module__ for row in rows)
    return "" if typed else "a value that is none of ours"


def _complaint_of_deed(error: errors.CanadaPostError, statuses: list[int]) -> str:
    if len(statuses) > 1 + statuses.count(401):
        return "sent twice"
    if isinstance(error, errors.Unreadable):
        return "an unreadable answer where something may have been made"
    came = bool(statuses) and 200 <= statuses[-1] < 300
    return "taken for harmless" if came and isinstance(error, errors.Unavailable | errors.NotFound) else ""


def test_a_right_answer_is_a_value() -> None:
    for api, operation in PAIRS:
        outcome = ask(api, operation, SpoiltCanadaPost())
        assert not isinstance(outcome, errors.CanadaPostError), (api, operation)
        assert outcome or operation == "void_shipment", api


@pytest.mark.parametrize(("api", "operation"), PAIRS)
def test_a_spoilt_answer_ends_in_a_value_or_in_an_error_of_ours(
    api: str, operation: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    kinds: Counter[str] = Counter()
    for number in range(CASES):
        where = f"seed {SEED}: run({api!r}, {operation!r}, {number})"
        try:
            outcome, canada_post = run(api, operation, number)
        except (Exception, Endless) as error:
            raise AssertionError(f"{where} raised {type(error).__name__}") from error
        assert complaint(operation, outcome, canada_post) == "", where
        kinds[type(outcome).__name__] += 1
    assert CANARY not in caplog.text
    # Else the cases would all be alike.
    assert len(kinds) >= 2, kinds


def test_every_page_is_answered_to_some_operation() -> None:
    assert len(PAIRS) * (CASES // 3) > len(PAGES)
