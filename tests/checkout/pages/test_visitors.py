"""What one visitor can make us store, and what a page of the step holds while Canada Post is asked."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.calling.transport import Transport
from deliver_to_po.checkout.session import SESSION_KEY
from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery
from tests.checkout.pages.stepping import choose, fill, one, problem, soup, with_basket
from tests.factories import PARCEL, RECIPIENT, TYPED, held, make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def something_to_send(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every visitor have something in the cart that goes to a post office."""
    shop = type(order_adapter())
    monkeypatch.setattr(shop, "mailable", lambda self, cart: "")
    monkeypatch.setattr(shop, "parcels", lambda self, order: [PARCEL])


def test_over_the_limit_on_drafts_the_list_and_the_choice_stay(offered: list[str], change_settings: Any) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=1)
    choose(Client(), offered[0])
    page = soup(choose(Client(), offered[0]))
    assert [radio["value"] for radio in page.select("input[name=office_id][checked]")] == offered[:1]
    assert "Wait a minute" in problem(page)


def test_editing_what_is_reserved_counts_as_a_new_draft_and_loses_nothing_that_was_typed(
    emulator: EmulatorServer, client: Client, change_settings: Any, bystanders: None
) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=2)
    reserved = make_draft(state=DeliveryState.RESERVED)
    before = Delivery.objects.count()
    session = client.session
    session[SESSION_KEY] = held(reserved)
    session.save()
    answers = []
    for _ in range(3):
        client.cookies["sessionid"] = str(session.session_key)
        answers.append(fill(client))
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert Delivery.objects.count() == before + 2
    assert answers[-1]["Retry-After"] == "60"
    page = soup(answers[-1])
    assert "Wait a minute" in problem(page)
    assert one(page, "input[name=name]")["value"] == TYPED["name"]
    reserved.refresh_from_db()
    assert (reserved.state, reserved.recipient) == (DeliveryState.RESERVED, RECIPIENT)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "no longer have your post office choice"), ("fr", "votre choix de bureau de poste")]
)
def test_who_loses_the_cookies_after_choosing_is_asked_to_choose_again(
    offered: list[str], client: Client, language: str, words: str
) -> None:
    choose(client, offered[0])
    client.cookies.clear()
    client.cookies["django_language"] = language
    for sent_back in (client.get(reverse("deliver_to_po:recipient")), fill(client)):
        answer = client.get(sent_back["Location"])
        assert answer.status_code == 200
        assert words in problem(soup(answer))
    assert Delivery.objects.count() == 1


def test_a_buyer_who_changes_their_mind_makes_no_new_draft(
    offered: list[str], client: Client, change_settings: Any
) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=3)
    for _ in range(6):
        assert choose(client, offered[0]).status_code == 302
    assert Delivery.objects.count() == 1


def test_the_session_gets_another_key_with_the_first_choice_and_keeps_what_is_in_it(
    offered: list[str], client: Client
) -> None:
    known = with_basket(client)
    choose(client, offered[0])
    assert client.session.session_key != known
    assert client.session["basket"] == {"1": 2}
    chosen = client.session.session_key
    choose(client, offered[0])
    assert client.session.session_key == chosen
    thief = Client()
    thief.cookies["sessionid"] = known
    assert SESSION_KEY not in thief.session


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_canada_post_is_asked(
    offered: list[str], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    asked = []
    real = Transport.call

    def call(self: Transport, *args: Any, **kwargs: Any) -> Any:
        asked.append(connection.in_atomic_block)
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Transport, "call", call)
    choose(client, offered[0])
    assert asked
    assert not any(asked)
