"""A site that writes 1,234 or 1 234: what a page's form sends back, and what a script reads, is 1234."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from deliver_to_po.models import PrintJob
from tests.admin.browsing import LIST, desk, page_of, url
from tests.admin.conftest import labelled
from tests.handoff.conftest import post_offices
from tests.handoff.parcels_by_hand import by_hand, handed_to

__all__ = ["by_hand", "post_offices"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("by_hand")]
READ_BY_PROGRAMS = ("name", "value", "id", "for", "max", "aria-describedby", "href", "action", "formaction")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_number_in_a_form_has_a_sign_between_its_thousands(
    admin_client: Client, settings: Any, language: str
) -> None:
    settings.USE_THOUSAND_SEPARATOR = True
    awaited = handed_to("desk", pk=1234)
    handed_to("est", pk=2345)
    job = PrintJob.objects.create(live=False, user=User.objects.get(username="admin"))
    printed = labelled(pk=3456, printed_at=timezone.now(), print_job=job)
    job.chosen = [printed.pk] * 1200
    job.save()
    pages = (
        desk(LIST.removeprefix("admin:deliver_to_po_")),
        url("delivery_change", awaited.delivery),
        url("delivery_change", printed.delivery),
        desk("by_hand"),
        url("card", awaited),
        desk("print_job", job.pk),
        desk("print_again", job.pk),
        desk("day_end"),
        desk("table"),
    )
    found = [
        f"{path}: {name}={value}"
        for path in pages
        for name, value in attributes(page_of(admin_client, path, language))
        if re.search(r"\b\d{1,3}([,\s\u202f\xa0]\d{3})+\b", value)
    ]
    assert found == []


def attributes(page: BeautifulSoup) -> list[tuple[str, str]]:
    return [(name, str(tag[name])) for tag in page.find_all(True) for name in READ_BY_PROGRAMS if tag.has_attr(name)]
