"""The recipient in one line: shown only if nothing is missing, wrong or doubtful, and named only if it was shown."""

from dataclasses import replace
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.checkout.pages.recipient_line import PicksUp, agreed, ask_who, has_said_who, who_picks_up
from deliver_to_po.host import asking
from deliver_to_po.models import Delivery
from deliver_to_po.models.parts import RECIPIENT_FIELDS
from tests.factories import RECIPIENT, TYPED, build_draft


@pytest.fixture(autouse=True)
def shop_knows(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that sets what the shop suggests; at first all that a label needs."""

    def know(**changes: str) -> None:
        known = RecipientSuggestion(**{**TYPED, **changes})
        monkeypatch.setattr(asking, "recipient_of", lambda request: known)

    know()
    return know


def visit() -> HttpRequest:
    request = RequestFactory().post("/")
    request.session = {}  # type: ignore[assignment]
    return request


def blank() -> Delivery:
    """Return a draft for which nobody has typed anything."""
    return build_draft(**dict.fromkeys(RECIPIENT_FIELDS, ""))


def shown(draft: Delivery | None = None) -> str:
    """Return what the page sends along with a choice."""
    line = who_picks_up(visit(), draft)
    return line.shown if line else ""


def test_a_recipient_whom_the_shop_knows_is_shown_in_one_line() -> None:
    line = who_picks_up(visit(), None)
    assert line is not None
    assert (line.recipient, line.city_line.startswith("Ottawa")) == (RECIPIENT, True)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"phone": ""}, id="something is missing"),
        pytest.param({"postal_code": "90210"}, id="something is wrong"),
        pytest.param({"phone": "+33 1 42 68 53 00"}, id="something is doubtful"),
        pytest.param({"postal_code": "H2X 1Y4"}, id="the province is another"),
    ],
)
def test_the_form_asks_if_the_shop_does_not_know_all_for_sure(shop_knows: Any, changes: dict[str, str]) -> None:
    shop_knows(**changes)
    assert who_picks_up(visit(), None) is None


def test_a_doubt_that_the_buyer_has_answered_is_not_asked_again() -> None:
    assert who_picks_up(visit(), build_draft(recipient_phone="+33 1 42 68 53 00")) is not None


def test_a_buyer_who_wants_to_name_another_person_is_asked_until_it_is_said() -> None:
    request = visit()
    ask_who(request)
    assert who_picks_up(request, None) is None
    has_said_who(request)
    assert who_picks_up(request, None) is not None


def test_the_recipient_whom_the_page_showed_is_named() -> None:
    assert agreed(visit(), blank(), shown()) == RECIPIENT


def test_a_line_that_was_shown_before_the_key_changed_names_the_recipient(settings: Any) -> None:
    sent = shown()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert agreed(visit(), blank(), sent) == RECIPIENT


def test_who_is_taken_as_suggested_follows_the_shop_and_who_was_typed_does_not(shop_knows: Any) -> None:
    request, sent = visit(), shown()
    shop_knows(email="new@example.com")
    assert who_picks_up(request, build_draft()) == PicksUp(RECIPIENT)
    shop_knows()
    assert agreed(request, blank(), sent) == RECIPIENT
    shop_knows(email="new@example.com")
    line = who_picks_up(request, build_draft())
    assert line is not None
    assert line.recipient.email == "new@example.com"
    assert who_picks_up(request, build_draft(recipient_name="Théo Gagnon")) == PicksUp(
        replace(RECIPIENT, name="Théo Gagnon")
    )
    shop_knows(**dict.fromkeys(TYPED, ""))
    assert who_picks_up(request, build_draft()) == PicksUp(RECIPIENT), "the shop's session is lost"


@pytest.mark.parametrize("who", ["", "é", "x" * 100_000])
def test_a_choice_without_the_line_names_nobody(who: str) -> None:
    assert agreed(visit(), blank(), who) is None


def test_a_recipient_whom_the_page_did_not_show_is_not_named(shop_knows: Any) -> None:
    seen = shown()
    shop_knows(name="Somebody Else")
    assert agreed(visit(), blank(), seen) is None
