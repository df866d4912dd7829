"""Erasing recipients from the list: asked once, done, and said how many were not."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from deliver_to_po.admin.changes.confirm_page import CONFIRMED
from deliver_to_po.admin.deliveries import erasing
from deliver_to_po.core.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.privacy.erasing import Erasure, erase_recipients
from tests.admin.browsing import page_of, said, select, url
from tests.admin.conftest import Clerk
from tests.bystanders import Bystanders
from tests.factories import make_delivery, make_shipment

pytestmark = pytest.mark.django_db
ACTION, SURE = "erase_recipients", {CONFIRMED: "yes"}


def test_recipients_are_erased_after_one_question(admin_client: Client, bystanders: Bystanders) -> None:
    delivery = make_delivery(state="cancelled")
    assert "will be erased for good." in select(admin_client, ACTION, delivery).content.decode()
    delivery.refresh_from_db()
    assert delivery.erased_at is None
    assert said(select(admin_client, ACTION, delivery, **SURE)) == ["1 delivery is erased."]
    delivery.refresh_from_db()
    assert (delivery.recipient_name, delivery.erased_at is None) == ("", False)


def test_what_could_not_be_erased_now_is_counted_with_what_to_do(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = iter([Erasure.ERASED, Erasure.LATER, Erasure.FAILED])
    monkeypatch.setattr(erasing, "erase_delivery", lambda delivery, *, user: next(outcomes))
    done, later, failed = said(select(admin_client, ACTION, *(make_delivery() for _ in range(3)), **SURE))
    assert done == "1 delivery is erased."
    assert later.startswith("1 delivery has a parcel that is being made. Erase it again")
    assert failed.startswith("1 delivery is not erased: its label could not be deleted.")


def test_it_needs_its_permission(clerk: Clerk) -> None:
    delivery = make_delivery(state="cancelled")
    select(clerk("view_delivery", "cancel_delivery"), ACTION, delivery, **SURE)
    delivery.refresh_from_db()
    assert delivery.erased_at is None


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("The recipient has been erased. Nothing more of it is sent.", "before Canada Post had finished the")),
        (
            "fr",
            ("Les coordonnées du destinataire ont été effacées. Rien d’autre n’en sera", "n’avait pas encore terminé"),
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
