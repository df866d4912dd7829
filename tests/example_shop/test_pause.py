"""While the merchant has paused the option, the shop says so where it lists its deliveries, and home delivery stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Pause
from tests.example_shop.buyer import Buyer


@pytest.fixture
def pause(db: None) -> Pause:
    return Pause.objects.create(
        reason_en="Canada Post is on strike.",
        reason_fr="Postes Canada est en grève.",
        ends_at=timezone.now() + timedelta(days=2),
    )


@pytest.mark.parametrize(("language", "reason"), [("en", "on strike"), ("fr", "en grève")])
def test_the_option_is_off_with_its_reason(
    emulator: EmulatorServer, buyer: Buyer, pause: Pause, language: str, reason: str
) -> None:
    buyer.client.cookies["django_language"] = language
    buyer.say_who()
    page = buyer.get("shop:delivery")
    assert reason in page
    assert "disabled" in page
    assert buyer.choose_method("post_office").status_code == 200
    assert not emulator.calls
