"""The merchant pauses the option, and ends the pause."""

import time
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import Reason
from deliver_to_po.models import Pause, Shipment
from tests.admin.browsing import desk, page_of
from tests.admin.conftest import Clerk
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db


def _typed(**changes: str) -> dict[str, str]:
    values = {
        "reason_en": "Canada Post is on strike.",
        "reason_fr": "Postes Canada est en grève.",
        "starts_at_0": "2026-01-01",
        "starts_at_1": "00:00",
        "ends_at_0": "2099-01-01",
        "ends_at_1": "00:00",
    }
    return {**values, **changes}


def test_a_clerk_pauses_the_option(clerk: Clerk) -> None:
    client = clerk("add_pause", "view_pause")
    client.post(desk("pause_add"), _typed())
    assert Pause.objects.in_force().get().reason("fr") == "Postes Canada est en grève."
    assert "on strike" in client.get(desk("pause_changelist")).content.decode()


def test_a_shop_that_speaks_french_alone_gives_its_reason_in_french(clerk: Clerk, settings: Any) -> None:
    settings.LANGUAGE_CODE, settings.LANGUAGES = "fr-ca", [("fr-ca", "Français")]
    client = clerk("add_pause", "view_pause")
    client.post(desk("pause_add"), {name: text for name, text in _typed().items() if name != "reason_en"})
    assert Pause.objects.get().reason("en") == "Postes Canada est en grève."
    assert "anglais" not in page_of(client, desk("pause_changelist")).get_text()


def test_times_are_typed_and_shown_by_the_shops_clock_whatever_zone_django_has(
    clerk: Clerk, settings: Any, change_settings: Any
) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    change_settings(TIME_ZONE="America/Toronto")
    client = clerk("add_pause", "change_pause", "view_pause")
    client.post(desk("pause_add"), _typed(ends_at_1="17:00"))
    pause = Pause.objects.get()
    assert pause.ends_at == datetime(2099, 1, 1, 17, tzinfo=ZoneInfo("America/Toronto"))
    form = page_of(client, desk("pause_change", pause.pk))
    assert [field.get("value") for field in form.select("[name=ends_at_0], [name=ends_at_1]")] == [
        "2099-01-01",
        "17:00:00",
    ]


def test_a_clerk_without_permission_pauses_nothing(clerk: Clerk) -> None:
    assert clerk("view_pause").post(desk("pause_add"), _typed()).status_code == 403
    assert not Pause.objects.exists()


def test_ending_a_pause_lets_what_waited_go_on(clerk: Clerk) -> None:
    pause = Pause.objects.create(reason_en="a", reason_fr="b", ends_at=timezone.now() + timedelta(days=1))
    later = timezone.now() + timedelta(minutes=9)
    shipment = make_shipment(make_delivery(), reason=Reason.PAUSED, due_at=later)
    clerk("change_pause", "view_pause").post(desk("pause_change", pause.pk), _typed(ends_at_0="2026-01-02"))
    assert Shipment.objects.filter(pk=shipment.pk, due_at__lt=timezone.now()).exists()


MARKS = "\u0301\u0327" * 80_000


@pytest.mark.parametrize(
    ("field", "text"), [("reason_fr", ""), ("reason_fr", MARKS), ("ends_at_0", MARKS), ("starts_at_1", MARKS)]
)
def test_a_pause_without_its_french_or_with_a_text_far_too_long_is_refused_at_once(
    clerk: Clerk, field: str, text: str
) -> None:
    began = time.process_time()
    answer = clerk("add_pause").post(desk("pause_add"), _typed(**{field: text}))
    assert time.process_time() - began < 2
    assert answer.context["errors"]
    assert not Pause.objects.exists()
