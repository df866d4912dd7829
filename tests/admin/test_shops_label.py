"""A label on a page of the shop's own: for those whom the shop lets see it, and for nobody else."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from deliver_to_po.adapter import OrderAdapter
from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.handoff.releasing.release import hold_delivery
from deliver_to_po.models import Delivery, Shipment
from tests.admin.conftest import Clerk, labelled
from tests.admin.test_open_label import PDF, meanwhile, stored_label
from tests.factories import make_delivery, make_order

pytestmark = pytest.mark.django_db


def url_of(shipment: Shipment) -> str:
    return reverse("deliver_to_po:label", args=[shipment.delivery_id, shipment.parcel])


@pytest.fixture
def for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the shop say that whoever has signed in may see labels."""
    monkeypatch.setattr(OrderAdapter, "may_see_label", lambda shop, request, order: True)


def text_of(response: Any) -> str:
    assert response["Cache-Control"] == "no-store, private"
    return str(response.content.decode())


def test_it_runs_in_no_transaction_of_the_request() -> None:
    """It asks Canada Post for a label that is not kept, and what it writes must be committed before."""
    page: Any = resolve(url_of(Shipment(delivery_id=uuid4(), parcel=1))).func
    assert page._non_atomic_requests == {"default"}


@pytest.mark.parametrize("permissions", [("view_label", "print_labels"), ()])
def test_whoever_may_prints_it_and_that_is_kept(
    clerk: Clerk, permissions: tuple[str, ...], request: pytest.FixtureRequest
) -> None:
    if not permissions:
        request.getfixturevalue("for_everybody")
    shipment, client = stored_label(), clerk(*permissions)
    assert b"".join(client.get(url_of(shipment))) == PDF
    shipment.refresh_from_db()
    assert shipment.printed_at is None
    assert b"".join(client.post(url_of(shipment))) == PDF
    shipment.refresh_from_db()
    assert shipment.printed_at is not None
    assert shipment.delivery.history.get().change == "open_label"


@pytest.mark.parametrize("permissions", [(), ("view_label",), ("view_delivery", "print_labels")])
def test_whoever_may_not_learns_nothing(clerk: Clerk, permissions: tuple[str, ...]) -> None:
    shipment, client = stored_label(), clerk(*permissions)
    assert client.get(url_of(shipment)).status_code == client.post(url_of(shipment)).status_code == 404


def test_the_shop_is_asked_of_nobody_who_has_not_signed_in(client: Client, for_everybody: None) -> None:
    assert client.get(url_of(stored_label())).status_code == 404


def test_what_must_not_be_printed_says_why(clerk: Clerk, for_everybody: None) -> None:
    shipment, client = stored_label(), clerk()
    hold_delivery(shipment.delivery, reason=Reason.ON_HOLD)
    assert "must not be printed now" in text_of(client.post(url_of(shipment)))
    voided = stored_label()
    Shipment.objects.filter(pk=voided.pk).update(state=ShipmentState.VOIDING)
    assert "has been voided" in text_of(client.get(url_of(voided)))
    lost = stored_label()
    lost.label.storage.delete(str(lost.label.name))
    assert "It is being fetched again" in text_of(client.get(url_of(lost)))


def test_what_is_cancelled_while_it_is_opened_to_print_is_not_handed_out(
    clerk: Clerk, for_everybody: None, shop_says: Any
) -> None:
    shipment, client = stored_label(), clerk()
    meanwhile(shop_says, Delivery.objects.all(), stop_asked_at=timezone.now())
    assert "has been voided" in text_of(client.post(url_of(shipment)))
    shipment.refresh_from_db()
    assert shipment.prints == 0


def test_a_storage_that_fails_is_no_error_page(
    clerk: Clerk, for_everybody: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipment = stored_label()
    monkeypatch.setattr(InMemoryStorage, "_open", lambda *args: 1 / 0)
    answer = clerk().get(url_of(shipment))
    assert (answer.status_code, "could not be read" in text_of(answer)) == (503, True)


def test_an_older_revision_of_a_parcel_is_not_its_label(clerk: Clerk, for_everybody: None) -> None:
    delivery = make_delivery()
    old = labelled(delivery, state=ShipmentState.VOIDED, label=ContentFile(PDF, "old.pdf"))
    Shipment.objects.filter(pk=old.pk).update(labelled_at=timezone.now())
    newer = labelled(delivery, revision=2, state=ShipmentState.WAITING, label="", shipment_id="", tracking_pin="")
    assert clerk().get(url_of(newer)).status_code == 404


TAG = Template("{% load deliver_to_po %}{% d2po_desk order %}")


def shown(order: Any, user: Any) -> str:
    request = HttpRequest()
    request.user = user
    return TAG.render(Context({"order": order, "request": request}))


def test_the_shops_page_of_an_order_shows_how_it_stands(admin_user: Any) -> None:
    shipment = stored_label()
    page = shown(shipment.delivery.order, admin_user)
    assert shipment.tracking_pin in page
    assert f'action="{url_of(shipment)}"' in page
    assert reverse("admin:deliver_to_po_delivery_change", args=[shipment.delivery_id]) in page
    assert "<strong>" in page
    Delivery.objects.update(erased_at=timezone.now())
    assert "<form" not in shown(shipment.delivery.order, admin_user)


def test_a_tests_number_leads_to_no_page_of_canada_posts() -> None:
    """Nobody there knows it."""
    shipment = stored_label()
    assert "canadapost-postescanada.ca" not in shown(shipment.delivery.order, AnonymousUser())
    Delivery.objects.update(live=True)
    assert f"/details/{shipment.tracking_pin}" in shown(shipment.delivery.order, AnonymousUser())


def test_whoever_may_not_sees_how_it_stands_and_no_way_to_it() -> None:
    shipment = stored_label()
    page = shown(shipment.delivery.order, AnonymousUser())
    assert shipment.tracking_pin in page
    assert "<form" not in page
    assert "/admin/" not in page


def test_a_user_who_knows_no_permissions_sees_what_the_shop_lets_them_see(for_everybody: None) -> None:
    """One made from AbstractBaseUser alone, in a shop without Django's admin."""
    shipment = stored_label()
    page = shown(shipment.delivery.order, SimpleNamespace(is_authenticated=True, is_active=True))
    assert f'action="{url_of(shipment)}"' in page
    assert "/admin/" not in page


def test_an_order_that_goes_home_shows_nothing() -> None:
    assert shown(make_order(), AnonymousUser()) == shown(None, AnonymousUser()) == ""
