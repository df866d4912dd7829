"""Signals for the shop: each once, after the commit only, with what the module says; no receiver breaks anything."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from deliver_to_po import shop, signals
from deliver_to_po.adapter import order_adapter
from deliver_to_po.checkout.draft import fingerprint
from deliver_to_po.core.choices import Change, OfficeCheck, Reason, ShipmentState
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import move_delivery, move_shipment
from deliver_to_po.signals import send_on_commit
from tests.bystanders import Bystanders
from tests.factories import make_delivery, make_draft, make_order, make_shipment
from tests.shop.buying import order_first, payment_came, reserve

# Signals are sent by real commits.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.order_model]

Heard = list[tuple[str, type, dict[str, Any]]]


@pytest.fixture
def heard() -> Iterator[Heard]:
    """Return what every signal said, in order."""
    news: Heard = []
    receivers = []
    for name in signals.__all__:

        def hear(sender: type, signal: Any, name: str = name, **said: Any) -> None:
            news.append((name, sender, said))

        getattr(signals, name).connect(hear)
        receivers.append((getattr(signals, name), hear))
    yield news
    for signal, hear in receivers:
        signal.disconnect(hear)


def names(heard: Heard) -> list[str]:
    return [name for name, _, _ in heard]


def said(delivery: Delivery, reason: str = "") -> dict[str, Any]:
    return {"delivery_id": delivery.pk, "order_pk": delivery.order_id, "reason": reason}


def test_a_choice_that_takes_the_place_of_none_is_placed_and_nothing_is_cancelled(heard: Heard) -> None:
    order, draft = make_order(), make_draft()
    shop.choose_for(order)
    heard.clear()
    shop.place(order, draft.pk, seen=fingerprint(draft))
    assert names(heard) == ["placed"]


def test_what_is_reserved_paid_for_and_released_is_told_once_each(heard: Heard, bystanders: Bystanders) -> None:
    draft = reserve(make_draft())
    assert heard == [("reserved", Delivery, {"delivery_id": draft.pk, "order_pk": None, "reason": ""})]
    heard.clear()
    bought = payment_came(draft.pk)
    assert heard == [("placed", Delivery, said(bought.delivery)), ("released", Delivery, said(bought.delivery))]
    heard.clear()
    shop.place(bought.order, draft.pk, paid=True)
    shop.release(bought.order)
    assert heard == []


def test_reserving_again_and_giving_back_is_no_news(heard: Heard) -> None:
    draft = reserve(make_draft())
    reserve(draft)
    shop.unreserve(draft.pk)
    assert names(heard) == ["reserved"]


def test_an_order_that_is_paid_later_is_told_in_two_steps(heard: Heard) -> None:
    bought = order_first(make_draft())
    assert names(heard) == ["placed"]
    shop.release(bought.order)
    assert names(heard) == ["placed", "released"]


def test_nothing_is_told_of_what_was_rolled_back(heard: Heard) -> None:
    order, draft = make_order(), make_draft()

    def place_and_fail() -> None:
        with transaction.atomic():
            shop.place(order, draft.pk, paid=True)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        place_and_fail()
    assert heard == []


def test_nothing_is_told_of_what_was_refused(heard: Heard) -> None:
    draft = make_draft(office_check=OfficeCheck.GONE)
    with pytest.raises(Exception, match="no longer accepts parcels"):
        shop.place(make_order(), draft.pk, seen=fingerprint(draft))
    assert heard == []


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [("hold_reason", "a check for fraud", Reason.SHOP_HOLD), ("parcels", None, Reason.SHOP_ERROR)],
)
def test_what_is_put_on_hold_is_told_with_the_reason(
    question: str, answer: Any, reason: Reason, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(order_adapter()), question, lambda self, order: answer)
    bought = payment_came(reserve(make_draft()).pk)
    assert names(heard) == ["reserved", "placed", "held"]
    assert heard[-1] == ("held", Delivery, said(bought.delivery, reason.value))


def test_the_same_hold_again_is_no_news(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(order_adapter()), "parcels", lambda self, order: None)
    bought = payment_came(reserve(make_draft()).pk)
    heard.clear()
    shop.release(bought.order)
    shop.hold(bought.order)
    shop.hold(bought.order)
    assert heard == [("held", Delivery, said(bought.delivery, "on_hold"))]


def test_what_goes_on_is_told_only_when_it_is_released(heard: Heard) -> None:
    bought = order_first(make_draft())
    shop.hold(bought.order)
    shop.release(bought.order)
    heard.clear()
    shop.resume(bought.order)
    assert heard == [("released", Delivery, said(bought.delivery))]


@pytest.mark.parametrize(("draft_id", "reason"), [("unknown", "never_chosen"), ("closed", "office_gone")])
def test_what_needs_a_choice_is_told_once(draft_id: str, reason: str, heard: Heard) -> None:
    draft = reserve(make_draft())
    Delivery.objects.filter(pk=draft.pk).update(office_check=OfficeCheck.GONE)
    heard.clear()
    bought = payment_came(draft.pk if draft_id == "closed" else uuid.uuid4())
    assert heard == [("needs_choice", Delivery, said(bought.delivery, reason))]


def test_what_is_cancelled_is_told(heard: Heard) -> None:
    delivery = make_delivery()
    move_delivery(delivery, Change.CANCEL, reason=Reason.CANCELLED)
    assert heard == [("cancelled", Delivery, said(delivery, "cancelled"))]


@pytest.mark.parametrize(
    ("state", "move", "fields", "name", "reason"),
    [
        (ShipmentState.MADE, "label", {"label": "x.pdf", "reason": Reason.NONE}, "labelled", ""),
        (ShipmentState.REQUESTED, "refuse", {"reason": Reason.REFUSED}, "refused", "refused"),
    ],
)
def test_what_became_of_a_parcel_is_told_with_its_number(
    state: str, move: str, fields: dict[str, Any], name: str, reason: str, heard: Heard
) -> None:
    shipment = make_shipment(state=state, lease=uuid.uuid4(), tracking_pin="7023210039414604")
    assert move_shipment(shipment, move, lease=shipment.lease, **fields)
    more = {"shipment_pk": shipment.pk, "tracking_number": "7023210039414604"}
    assert heard == [(name, Shipment, said(shipment.delivery, reason) | more)]


def test_a_label_that_was_fetched_once_more_is_no_news(heard: Heard) -> None:
    shipment = make_shipment(state=ShipmentState.LABELLED)
    assert move_shipment(shipment, "fetch_again")
    Shipment.objects.filter(pk=shipment.pk).update(lease=(lease := uuid.uuid4()))
    assert move_shipment(shipment, "label", lease=lease, label="y.pdf")
    assert heard == []


@pytest.fixture
def failing_receiver() -> Iterator[None]:
    """Connect a receiver that fails, before any other."""

    def fail(**_: Any) -> None:
        raise RuntimeError("receiver")

    signals.placed.connect(fail)
    yield
    signals.placed.disconnect(fail)


def test_a_receiver_that_fails_breaks_nothing_and_stops_no_other(
    failing_receiver: None, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    bought = payment_came(reserve(make_draft()).pk)
    assert shop.release(bought.order) == shop.Released.ALREADY
    assert names(heard) == ["reserved", "placed", "released"]
    assert "receiver" in caplog.text


def test_a_receiver_sees_what_was_committed(heard: Heard) -> None:
    seen: list[str] = []

    def look(delivery_id: uuid.UUID, **_: Any) -> None:
        seen.append(Delivery.objects.get(pk=delivery_id).state)

    signals.placed.connect(look)
    try:
        with transaction.atomic():
            draft = make_draft()
            delivery = shop.place(make_order(), draft.pk, seen=fingerprint(draft))
            move_delivery(delivery, Change.HOLD)
    finally:
        signals.placed.disconnect(look)
    assert seen == ["held"]


def test_without_a_transaction_it_is_told_at_once(heard: Heard) -> None:
    key = uuid.uuid4()
    send_on_commit(signals.held, Delivery, delivery_id=key, order_pk=7, reason="on_hold")
    assert heard == [("held", Delivery, {"delivery_id": key, "order_pk": 7, "reason": "on_hold"})]
