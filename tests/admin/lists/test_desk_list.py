"""The desk's lists measure what they are asked for before anything is done with it, and say what is wrong just now."""

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.admin.lists.desk_list import LONGEST, why_not
from deliver_to_po.core.choices import Compared, ManifestState, Reason, Rung
from deliver_to_po.examination.troubles import SHOP, remember
from deliver_to_po.models import Comparison, Manifest, Pause
from deliver_to_po.models.comparison import Difference
from deliver_to_po.offices.outage import note_outage, outage_is_over
from tests.admin.conftest import Clerk

pytestmark = pytest.mark.django_db
MARKS = "\u0301\u0327" * 80_000
LISTS = ("delivery", "office", "pause", "export", "manifest")
TOO_LONG, NO_CHARACTER = f"at most {LONGEST} characters", "a character that cannot be typed"
TOO_LARGE = "No list on this site has such a long number"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"q": "x" * LONGEST}, ""),
        ({"q": "x" * (LONGEST + 1)}, TOO_LONG),
        ({"q": MARKS}, TOO_LONG),
        ({"state": ["x", "a " * 80_000]}, TOO_LONG),
        ({"p": "7" * 160_000}, TOO_LONG),
        ({"q": "a\0b"}, NO_CHARACTER),
        ({"placed_at__gte": "a\0b"}, NO_CHARACTER),
        ({"id__in": "7" * 20}, TOO_LARGE),
        ({"id__in": "7" * 18}, ""),
        ({"q": "7" * 20}, ""),
    ],
)
def test_what_no_database_can_look_for_is_told(query: dict[str, str | list[str]], told: str) -> None:
    why = why_not(RequestFactory().get("/", query))
    assert told in why
    assert bool(why) == bool(told)


@pytest.mark.parametrize(
    ("model", "lookup"),
    [
        ("delivery", "recipient_email__startswith"),
        ("delivery", "recipient_postal_code"),
        ("delivery", "shipments__recipient_phone"),
        ("delivery", "replaces__recipient_name__regex"),
        ("delivery", "search_keys__key__startswith"),
        ("delivery", "history__note__contains"),
        ("delivery", "shipments__reason_text__contains"),
        ("export", "shipments__recipient_name"),
        ("manifest", "shipments__recipient_name"),
        ("manifest", "shipments__delivery__recipient_name"),
    ],
)
def test_a_filter_by_what_a_recipient_is_called_is_refused(admin_client: Client, model: str, lookup: str) -> None:
    """Nobody is offered one: letter by letter it would try a person out, in an address that is logged."""
    address = reverse(f"admin:deliver_to_po_{model}_changelist")
    assert admin_client.get(address, {lookup: "m"}).status_code == 400


@pytest.mark.parametrize(
    ("model", "query"),
    [
        ("delivery", {"state": "held", "queue": "to_pack", "live": "1", "placed_at__gte": "2026-01-01 00:00:00-05:00"}),
        ("manifest", {"state__exact": "fetched"}),
        ("office", {"province": "ON", "closed_at__isempty": "1"}),
    ],
)
def test_the_filters_that_a_list_offers_go_on_working(admin_client: Client, model: str, query: dict[str, str]) -> None:
    assert admin_client.get(reverse(f"admin:deliver_to_po_{model}_changelist"), query).status_code == 200


@pytest.mark.parametrize("model", LISTS)
def test_each_list_is_shown_whole_instead_and_says_why(admin_client: Client, model: str) -> None:
    address = reverse(f"admin:deliver_to_po_{model}_changelist")
    began = time.process_time()
    answer = admin_client.get(address, {"a": "1", "q": "x" * 160_000})
    assert time.process_time() - began < 2
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    page = admin_client.get(address).content.decode()
    assert TOO_LONG in page
    assert "x" * 300 not in page


def test_every_list_says_what_buyers_see_just_now(clerk: Clerk) -> None:
    client = clerk("view_delivery", "view_office", "view_pause")
    pages = [reverse(f"admin:deliver_to_po_{name}_changelist") for name in ("delivery", "office", "pause")]
    outage_is_over()
    assert all("has not answered" not in client.get(page).content.decode() for page in pages)
    note_outage(Rung.DIRECTORY)
    for page in pages:
        assert "our own list, straight-line distances" in client.get(page).content.decode()
    outage_is_over()
    # Neither noon nor midnight.
    ends_at = (timezone.now() + timedelta(days=1)).replace(minute=30)
    Pause.objects.create(reason_en="a", reason_fr="b", ends_at=ends_at)
    page = client.get(pages[0]).content.decode()
    assert re.search(r"Deliver to Post Office is paused until [^<]*[ap]\.m\. No label is made", page)
    assert "has not answered" not in page


def test_every_list_says_what_an_examination_found_until_it_is_mended(clerk: Clerk) -> None:
    page = reverse("admin:deliver_to_po_delivery_changelist")
    client = clerk("view_delivery")
    told = "A payment of another amount lets the parcel go (code: another_amount)."
    remember(SHOP, ["another_amount"])
    assert told in client.get(page).content.decode()
    remember(SHOP, [])
    assert told not in client.get(page).content.decode()


def test_every_list_says_that_parcels_differ_since_without_a_contract_nobody_ends_the_day(clerk: Clerk) -> None:
    page, client = reverse("admin:deliver_to_po_delivery_changelist"), clerk("view_delivery")
    told = "1 parcel differs. Look at “Day’s end” in the admin."
    one = Comparison.objects.create(what=Compared.DAY, name="2026-11-25")
    assert told not in client.get(page).content.decode()
    one.keep([Difference("1")])
    assert told in client.get(page).content.decode()
    one.keep(one.found, left=["1"])
    assert told not in client.get(page).content.decode()


@pytest.mark.parametrize("model", ["delivery", "manifest"])
def test_every_list_says_that_a_manifest_needs_attention_though_its_parcels_have_left(
    clerk: Clerk, model: str, django_assert_max_num_queries: Any
) -> None:
    page, client = reverse(f"admin:deliver_to_po_{model}_changelist"), clerk("view_delivery", "view_manifest")
    left = {"state": ManifestState.ATTENTION, "reason": Reason.MANIFEST_MISSING, "transmitted_at": timezone.now()}
    Manifest.objects.create(**left)
    Manifest.objects.create(**left, live=True)
    one = Comparison.objects.create(what=Compared.DAY, name="2026-11-25")
    one.keep([Difference("1"), Difference("2")])
    assert "1 manifest needs attention." in client.get(page).content.decode()
    with django_assert_max_num_queries(10):
        assert "2 parcels differ." in client.get(page).content.decode()
