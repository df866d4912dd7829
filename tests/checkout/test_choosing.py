"""Choosing: only an office that was offered, in a draft of the buyer's own, with the recipient unchanged."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from deliver_to_po.adapter import OrderAdapter
from deliver_to_po.canadapost.letter_case import as_people_write
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.checkout.choice import Choice, Visitor
from deliver_to_po.checkout.choosing import choose, chosen_office_id, known_postal_code, offered_office
from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.checkout.placing import place
from deliver_to_po.checkout.recipients.recipient import save_recipient
from deliver_to_po.core.choices import DeliveryState, OfficeCheck
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import (
    ChoiceRequired,
    OfficeNoLongerTakesParcels,
    OfficeNotOffered,
    OfficesUnavailable,
    OptionPaused,
    TooManySearches,
)
from deliver_to_po.host import calling
from deliver_to_po.models import Delivery, Office
from deliver_to_po.offices.finder import find
from tests.factories import RECIPIENT, make_draft, make_order, make_pause
from tests.offices.conftest import over_the_limit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]


def test_an_office_that_was_shown_can_be_chosen_and_is_kept_as_the_directory_describes_it(offered: list[str]) -> None:
    with translation.override("fr"):
        draft, row = choose(Choice(), offered[0]), Office.objects.get(received_id=offered[0])
    assert (draft.office_id, draft.language, draft.order_id) == (offered[0], "fr", None)
    assert (draft.office_name, draft.office_location) == (row.name("fr"), row.location("fr"))
    assert (draft.office_address, draft.office_city) == (row.street, row.city)
    assert (draft.office_province, draft.office_postal_code) == (row.province, row.postal_code)
    assert (draft.office_latitude, draft.office_longitude) == (row.latitude, row.longitude)
    assert draft.office_hours
    assert Delivery.objects.get(pk=draft.pk) == draft


def test_where_neither_office_nor_service_is_named_there_must_be_a_choice() -> None:
    with pytest.raises(ChoiceRequired):
        choose(Choice())


@pytest.mark.parametrize("office_id", ["0000000001", "1", "", "x"])
def test_an_office_that_was_never_shown_cannot(emulator: EmulatorServer, office_id: str) -> None:
    with pytest.raises(OfficeNotOffered):
        choose(Choice(), office_id)


def test_what_is_no_id_never_comes_to_the_database_which_may_refuse_it(django_assert_num_queries: Any) -> None:
    """It is asked for the pause alone."""
    with django_assert_num_queries(1), pytest.raises(OfficeNotOffered):
        offered_office("1\0", "en", listed_by=None, before_asking=lambda: None)


def test_choosing_again_before_an_order_keeps_the_recipient_and_is_not_counted(offered: list[str]) -> None:
    draft = choose(Choice(), offered[0])
    save_recipient(draft, RECIPIENT)
    again = choose(Choice(draft=draft), offered[1])
    assert again.pk == draft.pk
    assert (again.office_id, again.choice, again.recipient) == (offered[1], 0, RECIPIENT)


def test_whoever_lives_where_the_chosen_office_is_is_asked_for_another_address(offered: list[str]) -> None:
    draft, office = choose(Choice(), offered[0]), Office.objects.get(received_id=offered[1])
    at_office = replace(RECIPIENT.address, line_1=office.street.lower(), line_2="", postal_code=office.postal_code)
    save_recipient(draft, replace(RECIPIENT, address=at_office))
    assert choose(Choice(draft=draft), offered[0]).complete
    again = choose(Choice(draft=draft), offered[1])
    assert (again.complete, again.recipient_address_line_1, again.recipient_name) == (False, "", RECIPIENT.name)


def test_choosing_again_lets_the_draft_live_on(offered: list[str]) -> None:
    draft = make_draft(expires_at=timezone.now() + timedelta(minutes=1))
    assert choose(Choice(draft=draft), offered[0]).expires_at > timezone.now() + timedelta(days=1)


def _seen(age: timedelta) -> None:
    Office.objects.update(offered_at=timezone.now() - age)


@pytest.mark.parametrize("close", [False, True])
def test_choosing_takes_no_longer_than_a_search_may(
    offered: list[str], emulator: EmulatorServer, change_settings: Any, close: bool
) -> None:
    """The office's hours, or whether it is gone, are a second call that never comes back."""
    _seen(timedelta(hours=25))
    change_settings(SEARCH_TIMEOUT_SECONDS=2.0)
    emulator.faults.add("find_offices", "delay", seconds=0.8)
    emulator.faults.add("office_details", "delay", seconds=10)
    if close:
        emulator.state.close_office(offered[0], "no_longer")
    started = time.monotonic()
    draft = choose(Choice(), offered[0])
    assert time.monotonic() - started < 4
    assert draft.office_check == (OfficeCheck.COULD_NOT_ASK if close else OfficeCheck.TAKES_PARCELS)
    assert draft.office_hours is None


def test_an_older_offer_is_confirmed_now(offered: list[str]) -> None:
    _seen(timedelta(days=2))
    draft = choose(Choice(), offered[0])
    assert draft.office_check == OfficeCheck.TAKES_PARCELS
    assert draft.office_checked_at is not None


def test_an_older_offer_that_is_over_is_refused_by_name(offered: list[str], emulator: EmulatorServer) -> None:
    _seen(timedelta(days=2))
    emulator.state.close_office(offered[0], "no_longer")
    with pytest.raises(OfficeNoLongerTakesParcels) as refused:
        choose(Choice(), offered[0])
    assert as_people_write(Office.objects.get(received_id=offered[0]).name("en")) in str(refused.value.message)


def test_in_an_outage_an_offer_of_this_week_counts_with_a_flag_and_an_older_one_does_not(
    offered: list[str], emulator: EmulatorServer
) -> None:
    emulator.faults.add("*", "500", count=None)
    _seen(timedelta(days=6))
    assert choose(Choice(), offered[0]).office_check == OfficeCheck.COULD_NOT_ASK
    _seen(timedelta(days=8))
    with pytest.raises(OfficesUnavailable):
        choose(Choice(), offered[0])


def test_during_a_pause_nothing_is_chosen(offered: list[str]) -> None:
    make_pause()
    with pytest.raises(OptionPaused) as refused:
        choose(Choice(), offered[0])
    assert "Strike." in str(refused.value.message)


def test_who_asks_too_often_can_choose_an_offer_of_this_week_and_asks_nobody(
    offered: list[str], emulator: EmulatorServer
) -> None:
    _seen(timedelta(days=6))
    asked = dict(emulator.calls)
    draft = choose(Choice(visitor=Visitor(ask=over_the_limit)), offered[0])
    assert (draft.office_id, draft.office_check, draft.office_checked_at) == (offered[0], OfficeCheck.NOT_ASKED, None)
    assert emulator.calls == asked


def test_who_asks_too_often_cannot_have_an_older_offer_confirmed(offered: list[str], emulator: EmulatorServer) -> None:
    _seen(timedelta(days=8))
    asked = emulator.calls["find_offices"]
    with pytest.raises(TooManySearches):
        choose(Choice(visitor=Visitor(ask=over_the_limit)), offered[0])
    assert emulator.calls["find_offices"] == asked


class OfBrowser(Choice):
    """A choice that may become another one, as that of a session."""

    may_be_another = True


def test_an_office_chosen_while_another_tab_places_makes_a_new_draft(offered: list[str]) -> None:
    draft = choose(Choice(), offered[0])
    save_recipient(draft, RECIPIENT)
    placed = place(make_order(), draft.pk, seen=fingerprint(draft))
    again = choose(OfBrowser(draft=draft), offered[1])
    placed.refresh_from_db()
    assert (placed.state, placed.office_id) == (DeliveryState.PLACED, offered[0])
    assert again.pk != placed.pk
    assert (again.office_id, again.recipient) == (offered[1], RECIPIENT)


def test_choosing_an_office_undoes_no_recipient_of_another_tab(offered: list[str]) -> None:
    draft = choose(Choice(), offered[0])
    stale = Delivery.objects.get(pk=draft.pk)
    save_recipient(draft, RECIPIENT)
    assert choose(Choice(draft=stale), offered[1]).recipient == RECIPIENT


def test_an_office_that_has_closed_is_chosen_no_more() -> None:
    assert chosen_office_id(make_draft(office_id="0000000007")) == "0000000007"
    assert chosen_office_id(make_draft(office_check=OfficeCheck.COULD_NOT_ASK)) == "0000102978"
    assert chosen_office_id(make_draft(office_check=OfficeCheck.NO_LONGER)) == ""
    assert chosen_office_id(make_draft(office_check=OfficeCheck.GONE)) == ""
    assert chosen_office_id(None) == ""


class GuessingAdapter(OrderAdapter[Any]):
    """A shop that guesses a postal code."""

    def postal_code(self, request: Any) -> str:
        return "V6B 1A1"


def test_a_search_starts_where_the_recipient_lives_else_at_the_office_else_where_the_shop_guesses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calling, "order_adapter", GuessingAdapter)
    request = RequestFactory().get("/")
    assert known_postal_code(make_draft(), request) == "K1K4T3"
    assert known_postal_code(make_draft(recipient_postal_code=""), request) == "K2B7K0"
    assert known_postal_code(None, request) == "V6B 1A1"


@pytest.mark.parametrize("list_is_ready", [True, False])
def test_an_office_of_a_kept_list_is_taken_although_the_directory_was_emptied(
    list_is_ready: bool, offered: list[str], client: Client
) -> None:
    query = {"q": "K1A 0B1"}
    client.get(reverse("deliver_to_po:choose"), query)
    Office.objects.all().delete()
    if not list_is_ready:
        # A minute later the list is made again of what Canada Post answered.
        find(NearPostalCode("K1A0B1"), "en")
        query = {}
    chosen = client.post(reverse("deliver_to_po:choose"), {**query, "office_id": offered[0]})
    assert chosen.status_code == 302
    assert Delivery.objects.get(office_id=offered[0]).office_check == OfficeCheck.NOT_ASKED


def test_an_office_that_no_kept_list_names_is_still_refused(offered: list[str], client: Client) -> None:
    Office.objects.all().delete()
    refused = client.post(reverse("deliver_to_po:choose"), {"q": "B3H 4R2", "office_id": offered[0]})
    assert refused.status_code == 200
    assert not Delivery.objects.filter(office_id=offered[0]).exists()
