"""Advice fits what was tried: nobody is sent where the doctor has just been."""

from collections.abc import Iterator
from itertools import product

import pytest

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.portal.auth import OPERATION as TOKEN
from deliver_to_po.core import conf
from deliver_to_po.core.carrier import HostKind
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.hosts import host_of
from deliver_to_po.examination.doctor.remedies import Asked, no_office, no_price, remedy, web_page

# API, BASE_URL, LIVE, and whether that is the address that is used without a BASE_URL.
PLACES = (
    ("portal", "http://127.0.0.1:8899", False, False),
    ("webservices", "http://127.1:8899", False, False),
    ("portal", conf.PORTAL_URL, False, True),
    ("portal", conf.PORTAL_URL, True, True),
    ("portal", "https://API.canadapost-postescanada.ca./prod/devportal-portaildesdeveloppeurs/", True, True),
    ("portal", "https://api.canadapost-postescanada.ca/elsewhere", False, False),
    ("webservices", conf.WEB_SERVICES_SANDBOX_URL, False, True),
    ("webservices", conf.WEB_SERVICES_SANDBOX_URL, True, False),
    ("webservices", conf.WEB_SERVICES_URL, True, True),
    ("webservices", conf.WEB_SERVICES_URL, False, False),
    ("portal", "https://proxy.example/canada-post", True, False),
    ("webservices", "https://proxy.example/canada-post", False, False),
)
NOT_OF_AN_EMULATOR = ("Canada Post", "agreement", "firewall", "proxy", "sandbox", "https")
FAILURES = {
    errors.CredentialsRefused: (401,),
    errors.NotEntitled: (403,),
    errors.Refused: (400,),
    errors.NotFound: (404,),
    errors.NotReady: (202,),
    errors.Unavailable: (None, 404, 503),
    errors.Unreadable: (200,),
    errors.UnknownOutcome: (None, 500),
    errors.AlreadyExists: (400,),
    errors.NotSupported: (None,),
}


def every_error(operation: str) -> Iterator[errors.CanadaPostError]:
    """Yield each error that the client can raise, with each status that makes a difference."""
    yield errors.InvalidRequest(operation, "customer_number", "is a number")
    yield errors.Throttled(operation)
    yield errors.Throttled(operation, status=429)
    for kind, statuses in FAILURES.items():
        yield from (kind(operation, status=status) for status in statuses)


def every_question(api: str, url: str, live: bool) -> Iterator[Asked]:
    """Yield each way in which the doctor may have asked at one place."""
    for recording, known, calls, without_contract in product((False, True), (False, True), (0, 240), (False, True)):
        settings = app_settings.canada_post._replace(api=api, base_url=url, live=live, calls_per_minute=calls)
        yield Asked(settings._replace(without_contract=without_contract), recording, known)


def what_does_not_fit(todo: str, asked: Asked, *, own: bool) -> list[str]:
    """Return what ``todo`` says that makes no sense after what was tried."""
    portal, kind, calls = asked.portal, asked.kind, asked.settings.calls_per_minute
    nonsense = {
        host_of(asked.settings.base_url): True,
        "BASE_URL": own,
        "--record": asked.recording,
        "Send the recorded file": not asked.recording,
        "lower CALLS_PER_MINUTE": calls == 0,
        "set CALLS_PER_MINUTE": calls > 0,
        "USERNAME": portal or asked.known,
        "API key": portal,
        "your key": portal,
        "CLIENT_ID": not portal or asked.known,
        "CLIENT_SECRET": not portal or asked.known,
        "portal": not portal,
        "application": not portal,
        "key for the sandbox": kind != HostKind.SANDBOX,
        "key for production": kind != HostKind.PRODUCTION,
        "CONTRACT_ID": asked.settings.without_contract,
        "emulator": kind != HostKind.LOOPBACK,
        **dict.fromkeys(NOT_OF_AN_EMULATOR, kind == HostKind.LOOPBACK),
    }
    return [words for words, forbidden in nonsense.items() if forbidden and words in todo]


@pytest.mark.parametrize(("api", "url", "live", "own"), PLACES)
def test_no_advice_names_what_was_just_tried(api: str, url: str, live: bool, own: bool) -> None:
    wrong = []
    for asked in every_question(api, url, live):
        asked_of = [*every_error("rates"), *(every_error(TOKEN) if api == "portal" else ())]
        for error in asked_of:
            if error.operation == TOKEN and asked.known:
                continue
            todo = remedy(error, asked)
            assert todo
            wrong += [(str(error), todo, words) for words in what_does_not_fit(todo, asked, own=own)]
        for todo in (no_price(asked), web_page(asked)):
            assert todo
            wrong += [("", todo, words) for words in what_does_not_fit(todo, asked, own=own)]
    assert wrong == []


@pytest.mark.parametrize(("api", "url", "live", "own"), PLACES)
def test_an_address_is_canada_posts_own_however_it_is_spelled(api: str, url: str, live: bool, own: bool) -> None:
    settings = app_settings.canada_post._replace(api=api, base_url=url, live=live)
    assert Asked(settings).own_address is own


def asked(api: str, url: str, **settings: object) -> Asked:
    return Asked(app_settings.canada_post._replace(api=api, base_url=url, **settings))  # type: ignore[arg-type]


PORTAL, EMULATOR = asked("portal", conf.PORTAL_URL), asked("portal", "http://127.0.0.1:9")
PROXY, SANDBOX = asked("portal", "https://proxy.example"), asked("webservices", conf.WEB_SERVICES_SANDBOX_URL)
LIVE = asked("webservices", conf.WEB_SERVICES_URL, live=True)
WITHOUT_CONTRACT = asked("webservices", conf.WEB_SERVICES_SANDBOX_URL, without_contract=True)


@pytest.mark.parametrize(
    ("error", "whom", "todo"),
    [
        (errors.CredentialsRefused(TOKEN), PORTAL, "Copy CLIENT_ID and CLIENT_SECRET again"),
        (errors.CredentialsRefused("rates"), PORTAL._replace(known=True), "Subscribe your application"),
        (errors.CredentialsRefused("rates"), SANDBOX, "from your key for the sandbox"),
        (errors.CredentialsRefused("rates"), LIVE, "from your key for production"),
        (errors.CredentialsRefused("rates"), LIVE._replace(known=True), "whether your API key may use this service"),
        (
            errors.CredentialsRefused("rates"),
            asked("webservices", "https://proxy.example"),
            "each has a key of its own",
        ),
        (errors.NotEntitled("groups"), PORTAL, "ask Canada Post what your account lacks"),
        (errors.NotEntitled(TOKEN), PORTAL, "that your application is active"),
        (errors.NotFound("rates"), PROXY, "Leave BASE_URL out"),
        (errors.NotFound("rates"), PORTAL, "send the file to this project"),
        (errors.Unavailable("rates"), PORTAL, "a firewall may be in the way"),
        (errors.Unavailable("rates", status=503), PORTAL, "Try again later"),
        (errors.Unavailable("rates"), PROXY, "whatever is at BASE_URL works"),
        (errors.Unavailable("rates"), EMULATOR, "Start the emulator"),
        (errors.Unavailable("rates", status=500), EMULATOR, "planned a fault"),
        (errors.Throttled("rates", status=429), asked("portal", conf.PORTAL_URL, calls_per_minute=9), "lower CALLS"),
        (errors.Throttled("rates", status=429), asked("portal", conf.PORTAL_URL, calls_per_minute=0), "set CALLS"),
        (errors.Throttled("rates"), PORTAL, "run the doctor again"),
        (errors.Refused("rates"), WITHOUT_CONTRACT, "Check CUSTOMER_NUMBER against your account"),
        (errors.CredentialsRefused("rates"), EMULATOR._replace(known=True), "planned a fault"),
        (errors.NotEntitled("rates"), EMULATOR, "what the emulator printed"),
        (errors.Refused("rates"), PORTAL, "Check CUSTOMER_NUMBER, MOBO and CONTRACT_ID"),
        (errors.Unavailable(TOKEN, status=404), PROXY, "Leave BASE_URL out"),
        (errors.Unavailable(TOKEN, status=404), EMULATOR, "what the emulator printed"),
        (errors.Throttled("rates", status=429), EMULATOR, "without a limit on calls"),
    ],
)
def test_each_reaction_has_its_advice(error: errors.CanadaPostError, whom: Asked, todo: str) -> None:
    assert todo in remedy(error, whom)


@pytest.mark.parametrize(("near", "other"), [("K1A0B1", "H2X 1Y4"), ("H2X1Y4", "K1A 0B1"), ("X0A0H0", "K1A 0B1")])
def test_another_place_is_named_than_the_one_without_offices(near: str, other: str) -> None:
    assert f'"{other}"' in no_office(near)


@pytest.mark.parametrize(
    ("whom", "todo"),
    [
        (PORTAL, "set WITHOUT_CONTRACT to True"),
        (EMULATOR, "what the emulator printed"),
        (WITHOUT_CONTRACT, "Check CUSTOMER_NUMBER against your account"),
    ],
)
def test_without_a_price_the_account_is_looked_at(whom: Asked, todo: str) -> None:
    assert todo in no_price(whom)
