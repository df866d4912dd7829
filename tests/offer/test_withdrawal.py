"""The option is withdrawn where a shop lists its methods: while it is paused, or while nothing answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import OfficesUnavailable, OptionPaused
from deliver_to_po.models import Pause
from deliver_to_po.offer.offers import withdrawn
from deliver_to_po.offices.finder import find

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("cache_of_this_process")
def test_it_is_withdrawn_for_a_minute_after_a_search_that_nothing_answered(
    emulator: EmulatorServer, time_machine: Any
) -> None:
    emulator.faults.add("*", "500", count=None)
    assert withdrawn() == ""
    with pytest.raises(OfficesUnavailable):
        find(NearPostalCode("K1A0B1"), "en")
    assert "cannot reach" in withdrawn()
    time_machine.move_to(timezone.now() + timedelta(seconds=61))
    assert withdrawn() == ""


def test_a_cache_that_fails_withdraws_nothing(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "tests.broken_cache.BrokenCache"}}
    assert withdrawn() == ""


def test_it_is_withdrawn_with_the_merchant_s_reason_while_it_is_paused() -> None:
    Pause.objects.create(reason_en="A strike.", reason_fr="Une grève.", ends_at=timezone.now() + timedelta(days=1))
    assert withdrawn().startswith("A strike.")


def test_no_search_asks_while_the_option_is_paused(emulator: EmulatorServer) -> None:
    Pause.objects.create(reason_en="A strike.", reason_fr="Une grève.", ends_at=timezone.now() + timedelta(days=1))
    with pytest.raises(OptionPaused, match="A strike"):
        find(NearPostalCode("K1A0B1"), "en")
    assert not emulator.calls.get("find_offices")
