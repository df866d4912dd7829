"""While the merchant has paused the option, the shop says so where it lists its deliveries, and home delivery stays."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Pause
from example_shop.models import Order
from tests.example_shop.buyer import Buyer, only_order


@pytest.fixture
def pause(db: None) -> Pause:
    """Return a pause that is in force."""
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


def test_home_delivery_stays(buyer: Buyer, pause: Pause) -> None:
    buyer.go_to_review("home")
    buyer.place_order()
    assert only_order().method == "home"
    assert Order.objects.count() == 1


def test_a_pause_that_begins_after_the_choice_places_no_order(emulator: EmulatorServer, buyer: Buyer) -> None:
    buyer.go_to_review("post_office")
    assert "Canada Post is on strike." not in buyer.get("shop:review")
    Pause.objects.create(
        reason_en="Canada Post is on strike",
        reason_fr="Postes Canada est en grève",
        ends_at=timezone.now() + timedelta(days=2),
    )
    buyer.place_order()
    assert not Order.objects.exists()
    assert "Canada Post is on strike. Deliver to Post Office is paused until" in buyer.get("deliver_to_po:choose")
    assert buyer.client.get(reverse("shop:review"))["Location"].startswith(reverse("deliver_to_po:choose"))
    assert buyer.client.get(reverse("deliver_to_po:recipient")).status_code == 302
