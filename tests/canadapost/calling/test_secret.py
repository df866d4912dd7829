"""What a debug page or an error tracker shows of variables names no person and proves nothing."""

import pytest

from deliver_to_po.canadapost.calling.secret import Secret
from deliver_to_po.canadapost.portal.auth import Credentials, TokenSource
from deliver_to_po.canadapost.webservices.calls import ApiKey
from tests.canadapost.test_canaries import PERSON
from tests.factories import make_request


@pytest.mark.parametrize(
    "variable",
    [
        PERSON,
        make_request(recipient=PERSON),
        Credentials("canary", "canary"),
        ApiKey("canary", "canary"),
        {"Authorization": ApiKey("canary", "canary").header()},
        {"Authorization": Secret("Bearer canary")},
        TokenSource(Credentials("canary", "canary")),
    ],
    ids=lambda variable: type(variable).__name__,
)
def test_a_variable_shows_neither_person_nor_secret(variable: object) -> None:
    shown = repr(variable).lower()
    assert not [word for word in ("canary", "serin", "555-0142", "basic", "bearer") if word in shown]


def test_a_secret_is_sent_as_it_is() -> None:
    assert (Secret("Bearer x").encode(), str(Secret("a")) == "a") == (b"Bearer x", True)
