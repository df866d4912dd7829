"""The pause switch hides the option, with its reason in both languages and its end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from deliver_to_po import pause
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.checkout.choosing import choose_office
from deliver_to_po.checkout.confirming_office import confirm
from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.checkout.placing import place
from deliver_to_po.checkout.recipient import save_recipient
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import OptionPaused
from deliver_to_po.models import Delivery, Pause
from deliver_to_po.offices.finder import find
from deliver_to_po.pause import paused, refuse_list_while_paused, refuse_while_paused
from tests.factories import RECIPIENT, make_order

pytestmark = pytest.mark.django_db
OTTAWA = NearPostalCode("K1A0B1")


def _pause(**changes: Any) -> Pause:
    values: dict[str, Any] = {
        "reason_en": "Canada Post is on strike.",
        "reason_fr": "Postes Canada est en grève.",
        "ends_at": timezone.now() + timedelta(days=3),
    }
    return Pause.objects.create(**{**values, **changes})


def test_no_search_asks_while_the_option_is_paused(emulator: EmulatorServer) -> None:
    _pause()
    with pytest.raises(OptionPaused) as caught:
        find(OTTAWA, "en")
    assert "on strike" in str(caught.value.message)
    assert not emulator.calls.get("find_offices")


def test_no_office_is_chosen_or_confirmed_while_the_option_is_paused(emulator: EmulatorServer) -> None:
    office_id = find(OTTAWA, "en").offices[0].office_id
    draft = choose_office(office_id, "en")
    save_recipient(draft, RECIPIENT)
    _pause()
    with pytest.raises(OptionPaused):
        choose_office(office_id, "en")
    with pytest.raises(OptionPaused):
        confirm(draft)
    with pytest.raises(OptionPaused):
        place(make_order(), draft.pk, seen=fingerprint(draft))
    assert Delivery.objects.get(pk=draft.pk).recipient == RECIPIENT


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(
            {"starts_at": datetime(2026, 1, 1, tzinfo=UTC), "ends_at": datetime(2026, 1, 2, tzinfo=UTC)}, id="over"
        ),
        pytest.param(
            {"starts_at": datetime(2096, 1, 1, tzinfo=UTC), "ends_at": datetime(2096, 1, 2, tzinfo=UTC)}, id="to come"
        ),
    ],
)
def test_a_pause_that_is_over_or_to_come_stops_nothing(emulator: EmulatorServer, changes: dict[str, Any]) -> None:
    _pause(**changes)
    assert paused() == ""
    assert find(OTTAWA, "en").offices


def test_the_pause_is_told_in_both_languages_with_its_end(db: None) -> None:
    _pause(starts_at=datetime(2026, 1, 1, tzinfo=UTC), ends_at=datetime(2099, 3, 4, 17, tzinfo=UTC))
    assert "Canada Post is on strike." in paused()
    assert "2099" in paused()
    with translation.override("fr"):
        assert "Postes Canada est en grève." in paused()


def test_the_page_says_why_and_offers_home_delivery(client: Client, emulator: EmulatorServer) -> None:
    _pause()
    page = client.get(reverse("deliver_to_po:choose"), {"q": "K1A 0B1"}).content.decode()
    assert "Canada Post is on strike." in page
    assert "home delivery" in page
    assert "data-office=" not in page


def test_a_reason_is_shown_as_text(client: Client, emulator: EmulatorServer) -> None:
    _pause(reason_en="<script>alert(1)</script>")
    assert "<script>alert" not in client.get(reverse("deliver_to_po:choose")).content.decode()


def test_a_pause_cannot_end_before_it_starts(db: None) -> None:
    with pytest.raises(ValidationError):
        Pause(reason_en="a", reason_fr="b", ends_at=timezone.now() - timedelta(days=1)).full_clean()
    with pytest.raises(IntegrityError):
        _pause(ends_at=timezone.now() - timedelta(days=1))


def test_a_pause_is_noticed_once_it_is_committed_though_another_request_looked_before(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        _pause()
        with monkeypatch.context() as before_the_commit:
            before_the_commit.setattr(pause, "current_pause", lambda: None)
            refuse_list_while_paused()
    with pytest.raises(OptionPaused):
        refuse_list_while_paused()


def test_lists_look_again_after_five_seconds_and_everything_else_each_time(time_machine: Any) -> None:
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    refuse_list_while_paused()
    # As another process saves it: no signal comes here.
    Pause.objects.bulk_create([Pause(reason_en="a", reason_fr="b", ends_at=now + timedelta(days=1))])
    time_machine.move_to(now + timedelta(seconds=4), tick=False)
    refuse_list_while_paused()
    with pytest.raises(OptionPaused):
        refuse_while_paused()
    time_machine.move_to(now + timedelta(seconds=5), tick=False)
    with pytest.raises(OptionPaused):
        refuse_list_while_paused()


def test_a_pause_is_noticed_within_its_transaction_and_is_over_once_it_is_deleted() -> None:
    refuse_list_while_paused()
    now = _pause()
    with pytest.raises(OptionPaused):
        refuse_list_while_paused()
    now.delete()
    refuse_list_while_paused()


def test_of_several_pauses_the_one_that_ends_last_is_told() -> None:
    _pause(reason_en="Short.", ends_at=timezone.now() + timedelta(days=1))
    _pause(reason_en="Long.", ends_at=timezone.now() + timedelta(days=2))
    assert paused().startswith("Long.")


@pytest.mark.parametrize(
    ("reason", "told"), [("A strike", "A strike. "), ("A strike!  ", "A strike!  "), ("Wait…", "Wait… ")]
)
def test_a_reason_ends_with_a_full_stop(reason: str, told: str) -> None:
    _pause(reason_en=reason)
    assert paused().startswith(told)
