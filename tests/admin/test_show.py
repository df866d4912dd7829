"""How the desk's pages show a parcel: the link to Canada Post's page of it."""

from typing import Any

import pytest
from django.utils.translation import override

from deliver_to_po.admin.show import parcel_lines
from deliver_to_po.models import Shipment
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db

PIN = "7023210039414604"


def link(shipment: Shipment, language: str) -> str:
    with override(language):
        return parcel_lines(shipment.delivery, [shipment]).partition('href="')[2].partition('"')[0]


@pytest.mark.parametrize(("language", "segment"), [("en", "en"), ("fr", "fr"), ("fr-ca", "fr")])
def test_a_tracking_number_leads_to_canada_posts_page_in_the_clerks_language(language: str, segment: str) -> None:
    """Canada Post documents no such address, and its page was not reached from here.

    The page is ``/track-reperage/en#/home`` (https://github.com/itsvic-dev/deliveries/issues/85). ``#/details/NUMBER``
    beneath it, in ``en`` and ``fr``, is what a dozen public programs open that were found in November 2026, and one of
    them reads events from it; karrio's ``providers/canadapost/utils.py`` has ``#/resultList?searchFor=NUMBER``.
    """
    shipment = make_shipment(make_delivery(live=True), tracking_pin=PIN)
    assert link(shipment, language) == f"https://www.canadapost-postescanada.ca/track-reperage/{segment}#/details/{PIN}"


def test_a_number_that_a_clerk_typed_wrong_stays_one_part_of_the_address() -> None:
    shipment = make_shipment(make_delivery(live=True), tracking_pin='7023/..?a=b&"')
    assert link(shipment, "en").endswith("#/details/7023%2F..%3Fa%3Db%26%22")


@pytest.mark.parametrize("fields", [{"live": False}, {"live": True, "pin": ""}])
def test_a_test_and_a_parcel_without_a_number_have_no_link(fields: dict[str, Any]) -> None:
    shipment = make_shipment(make_delivery(live=fields["live"]), tracking_pin=fields.get("pin", PIN))
    assert link(shipment, "en") == ""
