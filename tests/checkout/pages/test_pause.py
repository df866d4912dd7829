"""While the option is paused, the step's page says why."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Pause

pytestmark = pytest.mark.django_db


def test_the_page_says_why_as_text_and_offers_home_delivery(client: Client, emulator: EmulatorServer) -> None:
    Pause.objects.create(
        reason_en="A <b>strike</b>.", reason_fr="Une grève.", ends_at=timezone.now() + timedelta(days=3)
    )
    page = client.get(reverse("deliver_to_po:choose"), {"q": "K1A 0B1"}).content.decode()
    assert "A &lt;b&gt;strike&lt;/b&gt;." in page
    assert "home delivery" in page
    assert "data-office=" not in page
