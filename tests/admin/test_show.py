"""How the desk's pages show a parcel: the link to Canada Post's page of it."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import resolve, reverse
from django.utils.translation import override

from deliver_to_po.admin.show import advice_of, order_url, printed_by, tracking_link
from deliver_to_po.core.choices import DeliveryState, Reason
from deliver_to_po.models import Delivery, Shipment
from tests.admin.browsing import listed, page_of, text_of, url
from tests.admin.conftest import PIN, Clerk
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db


def link(shipment: Shipment, language: str) -> str:
    with override(language):
        return tracking_link(shipment).partition('href="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("setting", "advice"), [("when_paid", "continues automatically"), ("by_merchant", "press “Request the label”")]
)
def test_what_is_not_paid_goes_on_by_itself_only_where_the_payment_releases(
    change_settings: Any, setting: str, advice: str
) -> None:
    change_settings(RELEASE=setting)
    assert advice in advice_of(make_delivery(state=DeliveryState.HELD, reason=Reason.NOT_PAID))


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


def test_the_order_is_a_link_to_its_own_admin_page(admin_client: Client, monkeypatch: Any) -> None:
    delivery = make_delivery()
    monkeypatch.setattr("deliver_to_po.admin.show.order_admin_url_name", lambda order: "admin:auth_user_change")
    url = reverse("admin:auth_user_change", args=[delivery.order_id])
    [link] = listed(admin_client).select(f'.field-reference_shown a[href="{url}"]')
    assert link.get_text() == ("order" if str(delivery.order) == str(delivery) else str(delivery.order))


@pytest.mark.parametrize("key", ["W_23", "A_5F1", "2026_2F3", "x_25y"])
def test_the_link_of_an_order_whose_key_is_a_text_leads_to_that_order(monkeypatch: Any, key: str) -> None:
    order = make_delivery().order
    order.pk = key
    monkeypatch.setattr("deliver_to_po.admin.show.order_admin_url_name", lambda order: "admin:auth_user_change")
    assert unquote(resolve(order_url(admin.site, order)).kwargs["object_id"]) == key


@pytest.mark.parametrize("registered", [True, False])
@pytest.mark.parametrize("may", [True, False])
def test_an_order_is_a_link_only_for_those_who_may_view_it(
    clerk: Clerk, monkeypatch: Any, may: bool, registered: bool
) -> None:
    delivery = make_delivery()
    monkeypatch.setattr("deliver_to_po.admin.show.order_admin_url_name", lambda order: "admin:auth_user_change")
    if registered:
        orders: Any = type(delivery.order)
        monkeypatch.setitem(admin.site._registry, orders, admin.ModelAdmin(orders, admin.site))
        # The site's addresses were made before that, and know no page of the order's app.
        monkeypatch.setattr(admin.site, "get_app_list", lambda *_, **__: [])
    client = clerk("view_delivery")
    if may:
        options = Delivery._meta.get_field("order").related_model._meta
        view = Permission.objects.get(content_type__app_label=options.app_label, codename=f"view_{options.model_name}")
        User.objects.get(username="clerk").user_permissions.add(view)
    address = reverse("admin:auth_user_change", args=[delivery.order_id])
    page = listed(client) if registered else page_of(client, url("delivery_change", delivery))
    assert bool(page.select(f'a[href="{address}"]')) == may
    assert str(delivery.order) in page.get_text()


def test_an_order_without_an_admin_page_is_named_without_a_link(admin_client: Client, monkeypatch: Any) -> None:
    delivery = make_delivery()
    monkeypatch.setattr("deliver_to_po.admin.show.order_admin_url_name", lambda order: "admin:no_such_page")
    assert str(delivery.order) in text_of(admin_client, delivery)


def test_of_a_label_that_nobody_known_has_printed_it_is_somebody() -> None:
    assert printed_by(make_shipment()).startswith("printed by somebody on")
