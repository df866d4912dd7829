"""Each message is taken once, and remembered for a day."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from deliver_to_po.api.callbacks.signed_reports import forget_messages
from deliver_to_po.canadapost.identifiers import tracking_number
from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.models import Shipment, WebhookMessage
from deliver_to_po.shipping.signing import Signer
from tests.api.callbacks.conftest import OTHER_SECRET, Caller, label_of
from tests.factories import make_shipment

pytestmark = pytest.mark.usefixtures("bystanders")
S = ShipmentState
OTHERS = Signer([OTHER_SECRET])


def test_the_same_message_again_is_answered_alike_and_changes_nothing(
    handed: Shipment, caller: Caller, folder: Path
) -> None:
    how = {"message_id": "m1"}
    caller.report(handed, how=how, label=label_of())
    before = Shipment.objects.filter(pk=handed.pk).values().get()
    assert caller.report(handed, how=how, label=label_of()) == (200, {"result": "taken", "repeated": True})
    assert Shipment.objects.filter(pk=handed.pk).values().get() == before
    assert len(list(folder.iterdir())) == 1


def test_another_message_under_the_same_id_is_not_taken(handed: Shipment, caller: Caller) -> None:
    caller.report(handed, how={"message_id": "m1"})
    status, answer = caller.report(handed, how={"message_id": "m1"}, outcome="not_made")
    assert status == 409
    assert "webhook-id" in answer["problem"]
    handed.refresh_from_db()
    assert handed.state == S.DONE


def test_the_same_news_under_another_id_is_the_same_again(handed: Shipment, caller: Caller) -> None:
    caller.report(handed)
    assert caller.report(handed) == (200, {"result": "same_again", "repeated": False})


def test_a_message_id_of_another_system_is_another_message(handed: Shipment, caller: Caller) -> None:
    theirs = make_shipment(state=S.HANDED, due_at=None, system="other")
    caller.report(handed, how={"message_id": "m1"})
    how = {"message_id": "m1", "alias": "other", "signer": OTHERS}
    assert caller.report(theirs, how=how, tracking_number=tracking_number("7023210", 2))[0] == 200
    theirs.refresh_from_db()
    assert theirs.tracking_pin == tracking_number("7023210", 2)


def test_what_was_not_taken_may_come_again_under_its_id(handed: Shipment, caller: Caller) -> None:
    how = {"message_id": "m1"}
    other = make_shipment(state=S.DONE, tracking_pin="7023210039414604")
    assert caller.report(handed, how=how)[0] == 409
    Shipment.objects.filter(pk=other.pk).update(tracking_pin="")
    assert caller.report(handed, how=how)[0] == 200


def test_messages_are_forgotten_after_a_day(handed: Shipment, caller: Caller) -> None:
    caller.report(handed)
    assert forget_messages() == 0
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert forget_messages() == 1
    assert not WebhookMessage.objects.exists()
