"""The draft: only an office that was offered, a recipient kept through every change, an age."""

import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.checkout.draft import choose_office, confirm, fingerprint, get_draft, save_recipient
from deliver_to_po.checkout.placing import place
from deliver_to_po.choices import DeliveryState, OfficeCheck, Reason
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import (
    DraftExpired,
    DraftIncomplete,
    DraftUnknown,
    OfficeNoLongerTakesParcels,
    OfficeNotOffered,
    OfficesUnavailable,
)
from deliver_to_po.models import Office
from deliver_to_po.offices.finder import find
from tests.factories import RECIPIENT, make_delivery, make_draft, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(emulator: EmulatorServer) -> list[str]:
    """Return the ids of offices that a buyer has just been shown."""
    return [office.office_id for office in find(NearPostalCode("K1A0B1"), "en").offices]


def test_an_office_that_was_shown_can_be_chosen(offered: list[str]) -> None:
    draft = choose_office(offered[0], "fr")
    assert (draft.office_id, draft.language, draft.order_id) == (offered[0], "fr", None)
    assert draft.office_hours
    assert get_draft(draft.pk) == draft


@pytest.mark.parametrize("office_id", ["0000000001", "1", "", "x"])
def test_an_office_that_was_never_shown_cannot(emulator: EmulatorServer, office_id: str) -> None:
    with pytest.raises(OfficeNotOffered):
        choose_office(office_id, "en")


def test_choosing_again_keeps_the_recipient_and_counts(offered: list[str]) -> None:
    draft = choose_office(offered[0], "en")
    save_recipient(draft, RECIPIENT)
    again = choose_office(offered[1], "en", draft)
    assert again.pk == draft.pk
    assert (again.office_id, again.choice, again.recipient) == (offered[1], 1, RECIPIENT)


def test_the_office_can_be_chosen_without_its_hours(offered: list[str], emulator: EmulatorServer) -> None:
    emulator.faults.add("office_details", "500", count=None)
    assert choose_office(offered[0], "en").office_hours is None


def _seen(age: timedelta) -> None:
    Office.objects.update(offered_at=timezone.now() - age)


@pytest.mark.parametrize("close", [False, True])
def test_choosing_takes_no_longer_than_a_search_may(
    offered: list[str], emulator: EmulatorServer, change_settings: Any, close: bool
) -> None:
    """The office's hours, or whether it is gone, are a second call that never comes back."""
    _seen(timedelta(hours=25))
    change_settings(SEARCH_TIMEOUT_SECONDS=1.0)
    emulator.faults.add("find_offices", "delay", seconds=0.8)
    emulator.faults.add("office_details", "delay", seconds=10)
    if close:
        emulator.state.close_office(offered[0], "no_longer")
    started = time.monotonic()
    draft = choose_office(offered[0], "en")
    assert time.monotonic() - started < 1.6
    assert draft.office_check == (OfficeCheck.COULD_NOT_ASK if close else OfficeCheck.TAKES_PARCELS)
    assert draft.office_hours is None


def test_an_older_offer_is_confirmed_now(offered: list[str]) -> None:
    _seen(timedelta(days=2))
    assert choose_office(offered[0], "en").office_check == OfficeCheck.TAKES_PARCELS


def test_an_older_offer_that_is_over_is_refused(offered: list[str], emulator: EmulatorServer) -> None:
    _seen(timedelta(days=2))
    emulator.state.close_office(offered[0], "no_longer")
    with pytest.raises(OfficeNoLongerTakesParcels):
        choose_office(offered[0], "en")


def test_in_an_outage_an_offer_of_this_week_counts_with_a_flag(offered: list[str], emulator: EmulatorServer) -> None:
    _seen(timedelta(days=6))
    emulator.faults.add("*", "500", count=None)
    assert choose_office(offered[0], "en").office_check == OfficeCheck.COULD_NOT_ASK


def test_in_an_outage_an_older_offer_does_not(offered: list[str], emulator: EmulatorServer) -> None:
    _seen(timedelta(days=8))
    emulator.faults.add("*", "500", count=None)
    with pytest.raises(OfficesUnavailable):
        choose_office(offered[0], "en")


@pytest.mark.parametrize("draft_id", ["", "x", None, 7, uuid.uuid4()])
def test_an_unknown_draft_is_said_to_be_unknown(draft_id: Any) -> None:
    with pytest.raises(DraftUnknown):
        get_draft(draft_id)


def test_a_delivery_that_is_placed_is_no_draft() -> None:
    with pytest.raises(DraftUnknown):
        get_draft(make_delivery().pk)


def test_an_old_draft_has_expired() -> None:
    with pytest.raises(DraftExpired):
        get_draft(make_draft(expires_at=timezone.now()).pk)


def test_saving_the_recipient_lets_the_draft_live_on() -> None:
    draft = make_draft(recipient_name="", expires_at=timezone.now() + timedelta(minutes=1))
    save_recipient(draft, RECIPIENT)
    assert draft.recipient == RECIPIENT
    assert draft.expires_at > timezone.now() + timedelta(days=1)


def test_a_recipient_is_not_written_into_a_placed_delivery() -> None:
    delivery = make_delivery()
    with pytest.raises(DraftUnknown):
        save_recipient(delivery, RECIPIENT)


def test_confirming_asks_canada_post_about_the_office(offered: list[str], emulator: EmulatorServer) -> None:
    draft = choose_office(offered[0], "en")
    save_recipient(draft, RECIPIENT)
    assert confirm(draft) == OfficeCheck.TAKES_PARCELS
    assert (draft.office_check, draft.reason) == (OfficeCheck.TAKES_PARCELS, Reason.NONE)
    assert draft.office_checked_at is not None


@pytest.mark.parametrize("how", ["no_longer", "gone"])
def test_an_office_that_stopped_keeps_the_draft_for_another_choice(
    offered: list[str], emulator: EmulatorServer, how: Any
) -> None:
    draft = choose_office(offered[0], "en")
    save_recipient(draft, RECIPIENT)
    emulator.state.close_office(offered[0], how)
    with pytest.raises(OfficeNoLongerTakesParcels):
        confirm(draft)
    assert get_draft(draft.pk).recipient == RECIPIENT


def test_in_an_outage_confirming_goes_on_with_a_flag(offered: list[str], emulator: EmulatorServer) -> None:
    draft = choose_office(offered[0], "en")
    save_recipient(draft, RECIPIENT)
    emulator.faults.add("*", "reset", count=None)
    assert confirm(draft) == OfficeCheck.COULD_NOT_ASK
    assert draft.reason == Reason.OFFICE_NOT_CHECKED


def test_an_incomplete_draft_is_not_confirmed(offered: list[str]) -> None:
    with pytest.raises(DraftIncomplete):
        confirm(choose_office(offered[0], "en"))


def test_an_office_chosen_while_another_tab_places_makes_a_new_draft(offered: list[str]) -> None:
    draft = choose_office(offered[0], "en")
    save_recipient(draft, RECIPIENT)
    placed = place(make_order(), draft.pk)
    again = choose_office(offered[1], "en", draft)
    placed.refresh_from_db()
    assert (placed.state, placed.office_id) == (DeliveryState.PLACED, offered[0])
    assert again.pk != placed.pk
    assert (again.office_id, again.recipient) == (offered[1], RECIPIENT)


def test_choosing_an_office_undoes_no_recipient_of_another_tab(offered: list[str]) -> None:
    draft = choose_office(offered[0], "en")
    stale = get_draft(draft.pk)
    save_recipient(draft, RECIPIENT)
    assert choose_office(offered[1], "en", stale).recipient == RECIPIENT


def test_the_answer_about_an_office_is_not_kept_for_another_one(offered: list[str]) -> None:
    draft = choose_office(offered[0], "en")
    save_recipient(draft, RECIPIENT)
    stale = get_draft(draft.pk)
    choose_office(offered[1], "en", draft)
    confirm(stale)
    assert stale.office_check == OfficeCheck.NOT_ASKED


def test_a_fingerprint_changes_with_office_and_recipient_only(offered: list[str]) -> None:
    draft = make_draft()
    first = fingerprint(draft)
    draft.office_check = OfficeCheck.COULD_NOT_ASK
    assert fingerprint(draft) == first
    draft.recipient_phone = "613-555-0100"
    second = fingerprint(draft)
    draft.office_id = "0000000007"
    assert len({first, second, fingerprint(draft)}) == 3
