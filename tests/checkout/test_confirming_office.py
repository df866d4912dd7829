"""Confirming: Canada Post's answer about the office is kept, in this draft and about this office only."""

from typing import Any

import pytest

from deliver_to_po.canadapost.letter_case import as_people_write
from deliver_to_po.checkout.choice import Choice
from deliver_to_po.checkout.choosing import choose
from deliver_to_po.checkout.confirming_office import confirm
from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.checkout.placing import place
from deliver_to_po.checkout.recipients.recipient import save_recipient
from deliver_to_po.core.choices import OfficeCheck, Reason
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import DraftIncomplete, DraftTaken, OfficeNoLongerTakesParcels
from deliver_to_po.models import Delivery, Office
from tests.factories import RECIPIENT, make_delivery, make_draft, make_order
from tests.offices.conftest import over_the_limit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]


@pytest.fixture
def draft(offered: list[str]) -> Delivery:
    """Return a complete draft for the first of the ``offered`` offices."""
    draft = choose(Choice(), offered[0])
    save_recipient(draft, RECIPIENT)
    return draft


def test_confirming_asks_canada_post_about_the_office(draft: Delivery) -> None:
    assert confirm(draft) == OfficeCheck.TAKES_PARCELS
    assert (draft.office_check, draft.reason) == (OfficeCheck.TAKES_PARCELS, Reason.NONE)
    assert draft.office_checked_at is not None


def test_others_who_chose_the_same_office_are_left_alone(draft: Delivery) -> None:
    same_office = {"office_id": draft.office_id, "office_check": OfficeCheck.NOT_ASKED, "office_checked_at": None}
    others = [make_draft(**same_office), make_delivery(**same_office)]
    confirm(draft)
    for other in others:
        other.refresh_from_db()
        assert (other.office_check, other.office_checked_at) == (OfficeCheck.NOT_ASKED, None)


@pytest.mark.parametrize("how", ["no_longer", "gone"])
def test_an_office_that_stopped_keeps_the_draft_for_another_choice(
    draft: Delivery, emulator: EmulatorServer, how: Any
) -> None:
    emulator.state.close_office(draft.office_id, how)
    with pytest.raises(OfficeNoLongerTakesParcels) as refused:
        confirm(draft)
    assert as_people_write(draft.office_name) in str(refused.value.message)
    kept = Delivery.objects.get(pk=draft.pk)
    assert (kept.recipient, kept.office_check) == (RECIPIENT, OfficeCheck(how))


def test_in_an_outage_confirming_goes_on_with_a_flag(draft: Delivery, emulator: EmulatorServer) -> None:
    emulator.faults.add("*", "reset", count=None)
    assert confirm(draft) == OfficeCheck.COULD_NOT_ASK
    assert draft.reason == Reason.OFFICE_NOT_CHECKED


def test_an_incomplete_draft_is_not_confirmed_and_asks_nobody(offered: list[str], emulator: EmulatorServer) -> None:
    incomplete = choose(Choice(), offered[0])
    asked = emulator.calls["find_offices"]
    with pytest.raises(DraftIncomplete):
        confirm(incomplete)
    assert emulator.calls["find_offices"] == asked


def test_a_draft_that_another_tab_placed_is_not_confirmed(draft: Delivery) -> None:
    stale = Delivery.objects.get(pk=draft.pk)
    placed = place(make_order(), draft.pk, seen=fingerprint(draft))
    with pytest.raises(DraftTaken):
        confirm(stale)
    placed.refresh_from_db()
    assert placed.office_check == OfficeCheck.NOT_ASKED


def test_the_answer_about_an_office_is_not_kept_for_another_one(draft: Delivery, offered: list[str]) -> None:
    stale = Delivery.objects.get(pk=draft.pk)
    choose(Choice(draft=draft), offered[1])
    confirm(stale)
    assert stale.office_check == OfficeCheck.NOT_ASKED


@pytest.mark.parametrize("known", [OfficeCheck.NOT_ASKED, OfficeCheck.TAKES_PARCELS, OfficeCheck.COULD_NOT_ASK])
def test_who_asks_too_often_asks_nobody_and_goes_on_with_what_was_known(
    draft: Delivery, emulator: EmulatorServer, known: OfficeCheck
) -> None:
    draft.office_check = known
    draft.save()
    asked = dict(emulator.calls)
    assert confirm(draft, before_asking=over_the_limit) == known
    assert emulator.calls == asked
    kept = Delivery.objects.get(pk=draft.pk)
    assert kept.office_check == known
    placed = place(make_order(), draft.pk, seen=fingerprint(kept))
    flag = Reason.NONE if known == OfficeCheck.TAKES_PARCELS else Reason.OFFICE_NOT_CHECKED
    assert placed.reason == flag


def test_who_asks_too_often_is_told_of_an_office_that_was_found_closed(draft: Delivery) -> None:
    draft.office_check = OfficeCheck.NO_LONGER
    draft.save()
    with pytest.raises(OfficeNoLongerTakesParcels) as refused:
        confirm(draft, before_asking=over_the_limit)
    assert as_people_write(draft.office_name) in str(refused.value.message)
    assert Delivery.objects.get(pk=draft.pk).recipient == RECIPIENT


@pytest.mark.parametrize(("language", "other"), [("en", "fr"), ("fr", "en")])
def test_canada_post_is_asked_in_the_draft_s_language(
    draft: Delivery, offered: list[str], language: str, other: str
) -> None:
    Office.objects.update(name_en="", name_fr="")
    draft.language = language
    confirm(draft)
    row = Office.objects.get(received_id=draft.office_id)
    assert getattr(row, f"name_{language}")
    assert not getattr(row, f"name_{other}")
