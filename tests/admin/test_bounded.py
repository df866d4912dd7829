"""The desk's lists measure what they are asked for before anything is done with it."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from deliver_to_po.admin.bounded import LONGEST

pytestmark = pytest.mark.django_db

MARKS = "\u0301\u0327" * 80_000
LISTS = {
    "delivery": (
        "q",
        "state",
        "shipment_state",
        "live",
        "language",
        "placed_at__gte",
        "placed_at__year",
        "o",
        "p",
        "x",
    ),
    "office": ("q", "province", "environment", "closed_at__isempty", "o", "p"),
    "pause": ("q", "o", "p"),
}
ASKED = [(model, parameter) for model, parameters in LISTS.items() for parameter in parameters]


@pytest.mark.parametrize(("model", "parameter"), ASKED)
@pytest.mark.parametrize("text", [MARKS, "a " * 80_000, "7" * 160_000], ids=["marks", "words", "digits"])
def test_a_search_or_filter_far_too_long_shows_the_whole_list_and_says_so(
    admin_client: Client, model: str, parameter: str, text: str
) -> None:
    address = reverse(f"admin:deliver_to_po_{model}_changelist")
    began = time.process_time()
    answer = admin_client.get(address, {"a": "1", parameter: ["x", text]})
    assert time.process_time() - began < 2
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    page = admin_client.get(address).content.decode()
    assert f"At most {LONGEST} characters" in page
    assert text[:300] not in page


def test_a_search_that_fits_is_made(admin_client: Client) -> None:
    for model in LISTS:
        address = reverse(f"admin:deliver_to_po_{model}_changelist")
        assert admin_client.get(address, {"q": "x" * LONGEST}).status_code == 200
        assert admin_client.get(address, {"q": "x" * (LONGEST + 1)}).status_code == 302


def test_it_is_said_in_french_too(admin_client: Client) -> None:
    address = reverse("admin:deliver_to_po_office_changelist")
    page = admin_client.get(address, {"q": "x" * 999}, headers={"Accept-Language": "fr"}, follow=True).content.decode()
    assert f"au plus {LONGEST} caractères" in page


@pytest.mark.parametrize("field", ["reason_en", "reason_fr", "starts_at_0", "starts_at_1", "ends_at_0", "ends_at_1"])
def test_a_pause_with_a_text_far_too_long_is_refused_at_once(admin_client: Client, field: str) -> None:
    typed = {
        "reason_en": "On strike.",
        "reason_fr": "En grève.",
        "starts_at_0": "2026-01-01",
        "starts_at_1": "00:00",
        "ends_at_0": "2099-01-01",
        "ends_at_1": "00:00",
    }
    began = time.process_time()
    answer = admin_client.post(reverse("admin:deliver_to_po_pause_add"), {**typed, field: MARKS})
    assert time.process_time() - began < 2
    assert answer.status_code == 200
    assert answer.context["errors"]


@pytest.mark.parametrize(("model", "parameter"), ASKED)
def test_a_character_that_no_database_takes_shows_the_whole_list_and_says_so(
    admin_client: Client, model: str, parameter: str
) -> None:
    address = reverse(f"admin:deliver_to_po_{model}_changelist")
    answer = admin_client.get(address, {parameter: "a\0b"})
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    assert "a character that nobody can type" in admin_client.get(address).content.decode()


@pytest.mark.parametrize("model", [*LISTS, "export", "manifest"])
def test_a_number_that_no_database_keeps_shows_the_whole_list_and_says_so(admin_client: Client, model: str) -> None:
    address = reverse(f"admin:deliver_to_po_{model}_changelist")
    answer = admin_client.get(address, {"id__in": "7" * 20})
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    assert "No list here has such a long number" in admin_client.get(address).content.decode()
    assert admin_client.get(address, {"q": "7" * 20}).status_code == 200
