"""The page about Canada Post says what the code does, and how surely everything is known."""

import inspect

from deliver_to_po.canadapost.calling.throttle import PUBLISHED
from deliver_to_po.canadapost.client import CanadaPost, Capabilities
from deliver_to_po.canadapost.portal.client import PortalCanadaPost
from deliver_to_po.canadapost.webservices.client import WebServicesCanadaPost
from scripts.canada_post_facts import OPERATIONS, WORDS
from scripts.canada_post_page import KINDS, PAGE, is_supported, page


def test_the_page_is_the_one_that_the_code_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m scripts.canada_post_page"


def test_every_operation_of_the_client_has_a_row_and_nothing_else_has() -> None:
    methods = {
        name for name, member in vars(CanadaPost).items() if inspect.isfunction(member) and not name.startswith("_")
    }
    assert {operation.method for operation in OPERATIONS} == methods
    assert len(OPERATIONS) == len(methods)


def test_every_capability_belongs_to_an_operation() -> None:
    assert {operation.capability for operation in OPERATIONS} - {""} == set(Capabilities._fields)


def test_what_an_api_can_do_is_described_and_what_it_cannot_is_not_as_in_the_code() -> None:
    for operation in OPERATIONS:
        source = inspect.getsource(getattr(WebServicesCanadaPost, operation.method))
        can = operation.webservices is not None
        assert is_supported(operation, PortalCanadaPost.capabilities)
        assert (is_supported(operation, WebServicesCanadaPost.capabilities), "NotSupported(" in source) == (
            can,
            not can,
        )


def test_how_surely_it_is_known_is_said_in_words() -> None:
    for operation in OPERATIONS:
        known = [found for found in (operation.portal, operation.webservices) if found]
        assert known
        assert all(found.request in WORDS and found.answer in WORDS for found in known)


def test_every_published_limit_is_on_the_page() -> None:
    assert set(KINDS) == set(PUBLISHED)
    assert all(f"{KINDS[kind]} {calls}" in page() for kind, calls in PUBLISHED.items())
