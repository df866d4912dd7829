"""What one visitor can make us store, and what a page of the step holds while Canada Post is asked."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from deliver_to_po.canadapost.transport import Transport
from deliver_to_po.canadapost.types import NearPostalCode, PostOffice
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery
from deliver_to_po.offices.finder import find

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db: None, emulator: EmulatorServer) -> PostOffice:
    """Return an office that somebody's search has found."""
    return find(NearPostalCode("K1A0B1"), "en").offices[0]


def choose(client: Client, office: PostOffice) -> Any:
    """Choose an office in the list."""
    return client.post(reverse("deliver_to_po:choose"), {"office_id": office.office_id, "q": "K1A 0B1"})


def test_visitors_without_a_session_share_one_visitors_limit_on_drafts(
    office: PostOffice, change_settings: Any, bystanders: None
) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=3)
    before = Delivery.objects.count()
    answers = [choose(Client(), office) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429, 429]
    assert "Please wait a minute" in answers[-1].content.decode()
    assert Delivery.objects.count() == before + 3


def test_a_buyer_who_changes_their_mind_makes_no_new_draft(
    office: PostOffice, client: Client, change_settings: Any
) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=3)
    for _ in range(6):
        assert choose(client, office).status_code == 302
    assert Delivery.objects.count() == 1


def test_the_session_gets_another_key_with_the_first_choice_and_keeps_what_is_in_it(
    office: PostOffice, client: Client
) -> None:
    session = client.session
    session["basket"] = {"1": 2}
    session.save()
    known = session.session_key
    choose(client, office)
    assert client.session.session_key != known
    assert client.session["basket"] == {"1": 2}
    chosen = client.session.session_key
    choose(client, office)
    assert client.session.session_key == chosen


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_canada_post_is_asked(
    office: PostOffice, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    asked = []
    real = Transport.call

    def call(self: Transport, *args: Any, **kwargs: Any) -> Any:
        asked.append(connection.in_atomic_block)
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Transport, "call", call)
    choose(client, office)
    assert asked
    assert not any(asked)
