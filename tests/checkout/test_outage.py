"""The step through an outage: never an error page, always a way on."""

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.offices.finder import find

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("known", [True, False], ids=["offices known", "nothing known"])
@pytest.mark.parametrize("fault", ["500", "delay"])
def test_whatever_canada_post_does_the_page_says_what_is_shown(
    client: Client, emulator: EmulatorServer, change_settings: Any, fault: str, known: bool
) -> None:
    if known:
        find(NearPostalCode("K1P1J1"), "en")
    change_settings(SEARCH_TIMEOUT_SECONDS=0.4)
    emulator.faults.add("*", fault, count=None, seconds=30)
    started = time.monotonic()
    response = client.get(reverse("deliver_to_po:choose"), {"q": "K1A 0B1"})
    page = response.content.decode()
    assert response.status_code == 200
    assert time.monotonic() - started < 6
    assert "home delivery" in page
    assert ('data-rung="directory"' in page) == known
    assert ("data-office=" in page) == known
