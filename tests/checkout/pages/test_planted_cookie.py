"""What somebody learns who planted the cookie of a buyer's session, or saw it, before the buyer said who picks up."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse

from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.checkout.pages.recipient_line import SHOWN
from deliver_to_po.host import asking
from deliver_to_po.models import Delivery
from tests.checkout.pages.stepping import NEXT, choose, draft, fill, one, search, with_basket
from tests.factories import TYPED

pytestmark = pytest.mark.usefixtures("shop", "bystanders")

COOKIE = project.SESSION_COOKIE_NAME
FALSE_NAME = {**TYPED, "name": "Nobody At All", "email": "nobody@example.com", "phone": "613 555-0111"}


def choose_first(thief: Client) -> None:
    with_basket(thief)
    choose(thief)


def name_somebody_first(thief: Client) -> None:
    """Say who picks up as well: somebody whom the buyer will correct."""
    choose_first(thief)
    fill(thief, **FALSE_NAME)


def with_cookie_of(other: Client) -> Client:
    client = Client()
    client.cookies[COOKIE] = other.cookies[COOKIE].value
    return client


def read_by(thief: Client) -> str:
    """Return all that the step shows to somebody."""
    pages = [thief.get(reverse(f"deliver_to_po:{name}"), follow=True) for name in ("choose", "recipient")]
    return "".join(page.content.decode() for page in pages)


@pytest.mark.parametrize("prepare", [with_basket, choose_first, name_somebody_first])
def test_who_planted_the_cookie_reads_nothing_of_the_recipient(prepare: Callable[[Client], object]) -> None:
    thief = Client()
    prepare(thief)
    buyer = with_cookie_of(thief)
    choose(buyer)
    assert fill(buyer)["Location"] == NEXT
    assert buyer.session["basket"] == {"1": 2}
    assert draft(buyer).recipient_name == TYPED["name"]
    seen = read_by(thief)
    assert [value for value in (TYPED["name"], TYPED["email"], TYPED["phone"][-8:]) if value in seen] == []


def test_nor_of_a_recipient_whom_the_shop_knew(monkeypatch: pytest.MonkeyPatch) -> None:
    def known(request: Any) -> RecipientSuggestion:
        return RecipientSuggestion(**TYPED) if "HTTP_X_BUYER" in request.META else RecipientSuggestion()

    monkeypatch.setattr(asking, "recipient_of", known)
    thief = Client()
    choose_first(thief)
    buyer = with_cookie_of(thief)
    buyer.defaults["HTTP_X_BUYER"] = "yes"
    page = search(buyer)
    sent = {SHOWN: str(one(page, f"input[name={SHOWN}]")["value"]), "office_id": draft(buyer).office_id}
    assert buyer.post(reverse("deliver_to_po:choose"), sent)["Location"] == NEXT
    assert draft(buyer).recipient_name == TYPED["name"]
    assert TYPED["name"] not in read_by(thief)


def test_a_buyer_to_whom_the_answer_never_comes_presses_again_and_goes_on() -> None:
    buyer = Client()
    with_basket(buyer)
    chose_twice = with_cookie_of(buyer)
    choose(buyer)
    choose(chose_twice)
    assert draft(chose_twice) != draft(buyer)
    pressed_twice = with_cookie_of(buyer)
    for press in (buyer, pressed_twice, chose_twice):
        assert fill(press)["Location"] == NEXT
        assert draft(press).recipient_name == TYPED["name"]
        assert press.session["basket"] == {"1": 2}


@pytest.mark.parametrize("logged_in", [False, True])
def test_the_same_recipient_again_and_a_buyer_who_is_logged_in_make_no_new_draft_and_keep_the_key(
    logged_in: bool, admin_user: Any
) -> None:
    buyer = Client()
    if logged_in:
        buyer.force_login(admin_user)
        known = buyer.session.session_key
        choose(buyer)
    else:
        choose(buyer)
        fill(buyer)
        known = buyer.session.session_key
    before = Delivery.objects.count()
    fill(buyer)
    assert (Delivery.objects.count(), buyer.session.session_key) == (before, known)
    assert draft(buyer).recipient_name == TYPED["name"]
