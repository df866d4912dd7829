"""The desk's action that deletes test deliveries, so that their orders can be deleted."""

import uuid
from datetime import timedelta

import pytest
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.admin.changes.confirm_page import CONFIRMED
from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.models import Delivery, Shipment
from tests.admin.browsing import LIST
from tests.admin.conftest import Clerk
from tests.bystanders import Bystanders
from tests.factories import make_delivery, make_draft, make_shipment

pytestmark = pytest.mark.django_db

SURE = {CONFIRMED: "yes"}


def press(client: Client, *deliveries: Delivery, language: str = "en", **more: str) -> str:
    """Press the action for these deliveries, and return the page that follows."""
    data = {"action": "delete_tests", "_selected_action": [str(delivery.pk) for delivery in deliveries], **more}
    headers = {"Accept-Language": language}
    return client.post(reverse(LIST), data, follow=True, headers=headers).content.decode()


@pytest.mark.parametrize(
    ("language", "question", "done"),
    [
        ("en", "The orders can be deleted afterwards.", "2 test deliveries are deleted."),
        (
            "fr",
            "On peut ensuite supprimer les commandes.",
            "2\u00a0livraisons d’essai sont supprimées.",
        ),
    ],
)
def test_test_deliveries_are_deleted_after_one_question_and_then_their_orders_can_be(
    admin_client: Client, bystanders: Bystanders, language: str, question: str, done: str
) -> None:
    make_delivery(live=True)
    first, second = make_shipment().delivery, make_delivery(state=DeliveryState.NEEDS_CHOICE)
    assert first.order is not None
    with pytest.raises(ProtectedError):
        first.order.delete()
    assert question in press(admin_client, first, second, language=language)
    assert Delivery.objects.filter(pk__in=[first.pk, second.pk]).count() == 2
    assert done in press(admin_client, first, second, language=language, **SURE)
    assert not Delivery.objects.filter(pk__in=[first.pk, second.pk]).exists()
    first.order.delete()


def test_real_deliveries_and_drafts_are_left_as_they_are(admin_client: Client, bystanders: Bystanders) -> None:
    real, draft = make_delivery(state=DeliveryState.CANCELLED, live=True), make_draft()
    # A test that was replaced by a real delivery: one order has both.
    former = make_delivery(state=DeliveryState.CANCELLED)
    Delivery.objects.filter(pk=former.pk).update(current_order=None)
    newer = make_delivery(order=former.order, replaces=former, live=True)
    rows = (real, draft, former, newer)
    for more in ({}, SURE):
        page = press(admin_client, *rows, **more)
        assert not any(f'value="{row.pk}"' in page.partition("results")[0] for row in rows)
    assert Delivery.objects.filter(pk__in=[row.pk for row in rows]).count() == 4


def test_what_a_worker_has_in_hand_is_left_for_later(admin_client: Client) -> None:
    busy, idle = make_shipment().delivery, make_shipment().delivery
    lease = {"lease": uuid.uuid4(), "due_at": timezone.now() + timedelta(minutes=1)}
    Shipment.objects.filter(delivery=busy).update(**lease)
    assert "is being requested right now" in press(admin_client, busy, idle, **SURE)
    assert list(Delivery.objects.filter(pk__in=[busy.pk, idle.pk])) == [busy]


def test_who_may_only_look_deletes_nothing(clerk: Clerk, bystanders: Bystanders) -> None:
    client, delivery = clerk("view_delivery"), make_delivery()
    assert "delete_tests" not in client.get(reverse(LIST)).content.decode()
    press(client, delivery, **SURE)
    assert Delivery.objects.filter(pk=delivery.pk).exists()
