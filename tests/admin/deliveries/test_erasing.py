"""Erasing recipients and deleting tests from the list: asked once, done, and said how many were not."""

import uuid
from datetime import timedelta

import pytest
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone

from deliver_to_po.admin.changes.confirm_page import CONFIRMED
from deliver_to_po.admin.deliveries import erasing
from deliver_to_po.core.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.privacy.erasing import Erasure, erase_recipients
from tests.admin.browsing import listed, page_of, said, select, url
from tests.admin.conftest import Clerk
from tests.bystanders import Bystanders
from tests.factories import make_delivery, make_draft, make_shipment

pytestmark = pytest.mark.django_db
ERASE, DELETE, SURE = "erase_recipients", "delete_tests", {CONFIRMED: "yes"}


def test_recipients_are_erased_after_one_question(admin_client: Client, bystanders: Bystanders) -> None:
    delivery = make_delivery(state="cancelled")
    assert "will be erased for good." in select(admin_client, ERASE, delivery).content.decode()
    delivery.refresh_from_db()
    assert delivery.erased_at is None
    assert said(select(admin_client, ERASE, delivery, **SURE)) == ["1 delivery is erased."]
    delivery.refresh_from_db()
    assert (delivery.recipient_name, delivery.erased_at is None) == ("", False)


def test_what_could_not_be_erased_now_is_counted_with_what_to_do(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = iter([Erasure.ERASED, Erasure.LATER, Erasure.FAILED])
    monkeypatch.setattr(erasing, "erase_delivery", lambda delivery, *, user: next(outcomes))
    done, later, failed = said(select(admin_client, ERASE, *(make_delivery() for _ in range(3)), **SURE))
    assert done == "1 delivery is erased."
    assert ": 1 delivery has a parcel that is being made. Erase it again" in later
    assert ": 1 delivery is not erased: its label could not be deleted." in failed


@pytest.mark.parametrize("action", [ERASE, DELETE])
def test_each_needs_its_permission(clerk: Clerk, bystanders: Bystanders, action: str) -> None:
    delivery, client = make_delivery(state="cancelled"), clerk("view_delivery", "cancel_delivery")
    assert not listed(client).select(f"option[value={action}]")
    select(client, action, delivery, **SURE)
    assert Delivery.objects.filter(pk=delivery.pk, erased_at=None).exists()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("The recipient has been erased. Nothing more of it is sent.", "before Canada Post had finished the")),
        (
            "fr",
            (
                "Les coordonnées du destinataire ont été effacées. Rien d’autre n’en sera",
                "avant que Postes Canada ait terminé",
            ),
        ),
    ],
)
def test_the_desk_says_of_what_is_erased_what_there_is_to_know_and_links_to_no_label(
    admin_client: Client, language: str, said: tuple[str, ...]
) -> None:
    long_ago = timezone.now() - timedelta(days=211)
    delivery = make_delivery(state=DeliveryState.HELD, reason=Reason.ON_HOLD, placed_at=long_ago)
    make_shipment(delivery, state=ShipmentState.LABELLED)
    make_shipment(delivery, parcel=2, state=ShipmentState.UNKNOWN)
    other = make_shipment(state=ShipmentState.LABELLED)
    label_links = []
    assert erase_recipients() == 1
    for row in (delivery, other.delivery):
        page = str(page_of(admin_client, url("delivery_change", row), language))
        label_links.append("/label/" in page)
        assert all((words in page) == (row == delivery) for words in said)
    assert label_links == [False, True]


@pytest.mark.parametrize(
    ("language", "question", "done"),
    [
        ("en", "The orders can be deleted afterwards.", "2 test deliveries are deleted."),
        ("fr", "On peut ensuite supprimer les commandes.", "2\u00a0livraisons d’essai sont supprimées."),
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
    asked = select(admin_client, DELETE, first, second, language=language)
    assert question in asked.content.decode()
    assert Delivery.objects.filter(pk__in=[first.pk, second.pk]).count() == 2
    assert said(select(admin_client, DELETE, first, second, language=language, **SURE)) == [done]
    assert not Delivery.objects.filter(pk__in=[first.pk, second.pk]).exists()
    first.order.delete()


def test_real_deliveries_and_drafts_are_left_as_they_are(admin_client: Client, bystanders: Bystanders) -> None:
    real, draft = make_delivery(state=DeliveryState.CANCELLED, live=True), make_draft()
    # A test that was replaced by a real delivery: one order has both.
    former = make_delivery(state=DeliveryState.CANCELLED)
    Delivery.objects.filter(pk=former.pk).update(current_order=None)
    newer = make_delivery(order=former.order, replaces=former, live=True)
    for more in ({}, SURE):
        answer = select(admin_client, DELETE, real, draft, former, newer, **more)
        assert said(answer) == ["There is no test delivery among these."]
    assert Delivery.objects.filter(pk__in=[real.pk, draft.pk, former.pk, newer.pk]).count() == 4


def test_what_a_worker_has_in_hand_is_left_for_later(admin_client: Client) -> None:
    busy, idle = make_shipment().delivery, make_shipment().delivery
    Shipment.objects.filter(delivery=busy).update(lease=uuid.uuid4(), due_at=timezone.now() + timedelta(minutes=1))
    told = said(select(admin_client, DELETE, busy, idle, **SURE))
    assert sorted(told) == [
        "1 test delivery is deleted.",
        f"{busy}: The label of 1 test delivery is being requested right now. Try again in a minute.",
    ]
    assert list(Delivery.objects.filter(pk__in=[busy.pk, idle.pk])) == [busy]
