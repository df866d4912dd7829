"""The pause switch hides the option, with its reason in both languages and its end."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from deliver_to_po.canadapost.types import Language
from deliver_to_po.core.wording import day_of_year
from deliver_to_po.errors import OptionPaused
from deliver_to_po.models import Pause, pause_in_force
from deliver_to_po.models.pause_in_force import paused, refuse_list_while_paused, refuse_while_paused
from tests.factories import make_pause

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("year", [2026, 2096], ids=["over", "to come"])
def test_a_pause_that_is_over_or_to_come_stops_nothing(year: int) -> None:
    make_pause(starts_at=datetime(year, 1, 1, tzinfo=UTC), ends_at=datetime(year, 1, 2, tzinfo=UTC))
    assert paused() == ""
    refuse_while_paused()


def test_the_pause_is_told_in_both_languages_with_its_end() -> None:
    make_pause(starts_at=datetime(2026, 1, 1, tzinfo=UTC), ends_at=datetime(2099, 3, 4, 17, tzinfo=UTC))
    assert "Strike." in paused()
    assert "2099" in paused()
    with translation.override("fr"):
        assert "Grève." in paused()


def test_a_pause_is_told_to_end_on_the_shops_day(late_in_vancouver: date) -> None:
    make_pause(ends_at=timezone.now() + timedelta(hours=1))
    assert f"until {day_of_year(late_in_vancouver)}." in paused()


def test_a_pause_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValidationError):
        Pause(reason_en="a", reason_fr="b", ends_at=timezone.now() - timedelta(days=1)).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_pause(ends_at=timezone.now() - timedelta(days=1))


def test_a_pause_is_noticed_once_it_is_committed_though_another_request_looked_before(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        make_pause()
        with monkeypatch.context() as before_the_commit:
            before_the_commit.setattr(pause_in_force, "current_pause", lambda: None)
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


def test_a_clock_that_is_set_back_hides_no_pause(time_machine: Any) -> None:
    now = timezone.now()
    time_machine.move_to(now + timedelta(hours=1), tick=False)
    refuse_list_while_paused()
    time_machine.move_to(now, tick=False)
    # As another process saves it.
    Pause.objects.bulk_create([Pause(reason_en="a", reason_fr="b", starts_at=now, ends_at=now + timedelta(days=1))])
    with pytest.raises(OptionPaused):
        refuse_list_while_paused()


def test_a_pause_is_noticed_within_its_transaction_and_is_over_once_it_is_deleted() -> None:
    refuse_list_while_paused()
    now = make_pause()
    with pytest.raises(OptionPaused):
        refuse_list_while_paused()
    now.delete()
    refuse_list_while_paused()


def test_of_several_pauses_the_one_that_ends_last_is_told() -> None:
    make_pause(reason_en="Short.", ends_at=timezone.now() + timedelta(days=1))
    make_pause(reason_en="Long.", ends_at=timezone.now() + timedelta(days=2))
    assert paused().startswith("Long.")


def test_home_delivery_is_offered_unless_it_cannot_be_chosen() -> None:
    make_pause()
    assert paused().endswith("Choose home delivery.")
    assert "home delivery" not in paused(offers_home=False)


@pytest.mark.parametrize(
    ("reason", "told"), [("A strike", "A strike. "), ("A strike!  ", "A strike!  "), ("Wait…", "Wait… ")]
)
def test_a_reason_ends_with_a_full_stop(reason: str, told: str) -> None:
    make_pause(reason_en=reason)
    assert paused().startswith(told)


@pytest.mark.parametrize(
    ("english", "french", "language", "told"),
    [
        ("A strike.", "Une grève.", "en", "A strike."),
        ("A strike.", "Une grève.", "fr", "Une grève."),
        ("A strike.", "", "fr", "A strike."),
        ("", "Une grève.", "en", "Une grève."),
    ],
)
def test_a_reason_is_told_in_the_language_asked_for_else_in_the_other(
    english: str, french: str, language: Language, told: str
) -> None:
    assert Pause(reason_en=english, reason_fr=french).reason(language) == told
