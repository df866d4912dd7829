"""The page about Canada Post says what the code does, and how surely everything is known."""

import inspect
from dataclasses import fields

import pytest

from deliver_to_po.canadapost.client import CanadaPost, Capabilities
from deliver_to_po.canadapost.portal.client import PortalCanadaPost
from deliver_to_po.canadapost.throttle import PUBLISHED
from deliver_to_po.canadapost.webservices.client import WebServicesCanadaPost
from scripts.canada_post_facts import OPERATIONS, WORDS, Operation
from scripts.canada_post_page import KINDS, PAGE, is_supported, page

by_method = pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.method for operation in OPERATIONS])


def test_the_page_is_the_one_that_the_code_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m scripts.canada_post_page"


def test_every_operation_of_the_client_has_a_row_and_nothing_else_has() -> None:
    methods = {
        name for name, member in vars(CanadaPost).items() if inspect.isfunction(member) and not name.startswith("_")
    }
    assert {operation.method for operation in OPERATIONS} == methods
    assert len(OPERATIONS) == len(methods)


def test_every_capability_belongs_to_an_operation() -> None:
    assert {operation.capability for operation in OPERATIONS} - {""} == {field.name for field in fields(Capabilities)}


@by_method
def test_what_an_api_can_do_is_described_and_what_it_cannot_is_not(operation: Operation) -> None:
    assert is_supported(operation, PortalCanadaPost.capabilities)
    assert is_supported(operation, WebServicesCanadaPost.capabilities) == (operation.webservices is not None)


@by_method
def test_how_surely_it_is_known_is_said_in_words(operation: Operation) -> None:
    known = [found for found in (operation.portal, operation.webservices) if found]
    assert known
    assert all(found.request in WORDS and found.answer in WORDS for found in known)


@by_method
def test_an_operation_that_is_not_supported_says_so_in_the_code_too(operation: Operation) -> None:
    source = inspect.getsource(getattr(WebServicesCanadaPost, operation.method))
    assert ("not_supported(" in source) == (operation.webservices is None)


def test_every_published_limit_is_on_the_page() -> None:
    assert set(KINDS) == set(PUBLISHED)
    assert all(f"| {KINDS[kind]} | {calls} |" in page() for kind, calls in PUBLISHED.items())
