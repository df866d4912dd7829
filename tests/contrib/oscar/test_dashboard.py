"""Oscar's dashboard: how a delivery stands, its label, and what a cancelled order does to it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from oscar.apps.order.exceptions import InvalidOrderStatus, InvalidShippingEvent
from oscar.apps.order.signals import order_placed
from oscar.apps.payment.exceptions import PaymentError
from oscar.core.loading import get_class, get_model

from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import ShopFailed, TooLateToChange
from deliver_to_po.models import Shipment
from deliver_to_po.signals import labelled
from example_shop.oscar.adapter import ShopAdapter
from tests.contrib.oscar.buyer import Buyer, Order, only_delivery, only_order
from tests.factories import make_shipment
from tests.rounds import do_due

MERCHANT, ITS_PARTNER, OTHER_PARTNER = (f"{name}@tilleul.example" for name in ("merchant", "tilleul", "atelier"))


def signed_in(email: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(email=email), "django.contrib.auth.backends.ModelBackend")
    return client


def page_of(client: Client) -> str:
    return client.get(reverse("dashboard:order-detail", args=[only_order().number])).content.decode()


@pytest.fixture(autouse=True)
def _every_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let orders and lines be cancelled, and what is cancelled no longer be."""
    for model in ("Order", "Line"):
        pipeline = {"Pending": ("Cancelled", "Being processed"), "Cancelled": ("Pending",)}
        monkeypatch.setattr(get_model("order", model), "pipeline", pipeline)


@pytest.fixture
def make_labels(django_capture_on_commit_callbacks: Any) -> Callable[[], None]:
    """Return what does whatever is due, and what is done once that is saved."""

    def make() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            while do_due():
                pass

    return make


@pytest.fixture
def label(buyer: Buyer, make_labels: Callable[[], None]) -> str:
    """Return the address of the label of an order that has one."""
    buyer.buy()
    make_labels()
    return reverse("deliver_to_po:label", args=[only_delivery().pk, 1])


def press(email: str, action: str, line: Any = None, **values: str) -> None:
    """Send one of the forms of the order's page: what becomes of the order, or of one piece of a line."""
    chosen = {} if line is None else {"selected_line": line.pk, f"selected_line_qty_{line.pk}": 1}
    values["order_action" if line is None else "line_action"] = action
    signed_in(email).post(reverse("dashboard:order-detail", args=[only_order().number]), {**chosen, **values})


@pytest.mark.parametrize("email", [MERCHANT, ITS_PARTNER])
def test_whoever_sees_the_order_prints_its_label(label: str, email: str) -> None:
    client = signed_in(email)
    page = page_of(client)
    assert label in page
    assert only_delivery().shipments.get().tracking_pin in page
    printed: Any = client.post(label)
    assert printed["content-type"] == "application/pdf"
    assert b"".join(printed.streaming_content).startswith(b"%PDF")
    assert only_delivery().shipments.get().printed_at


@pytest.mark.parametrize("email", [OTHER_PARTNER, ITS_PARTNER, "buyer@tilleul.example", ""])
def test_nobody_else_learns_of_it(label: str, email: str) -> None:
    # A partner's staff who may see its dashboard no longer.
    get_user_model().objects.get(email=ITS_PARTNER).user_permissions.clear()
    client = signed_in(email) if email else Client()
    for answer in (client.get(label), client.post(label)):
        assert answer.status_code == 404
    assert not only_delivery().shipments.get().printed_at


def test_a_cancelled_order_voids_its_label(label: str, emulator: EmulatorServer) -> None:
    press(MERCHANT, "change_order_status", new_status="Cancelled")
    do_due()
    assert only_delivery().state == "cancelled"
    [made] = emulator.shipments
    assert made.voided
    page = page_of(signed_in(MERCHANT))
    assert label not in page
    assert "Cancelled" in page


@pytest.mark.parametrize("as_it_is_placed", [True, False])
def test_an_order_that_is_cancelled_unheard_is_not_shipped(
    buyer: Buyer, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch, as_it_is_placed: bool
) -> None:
    buyer.go_to_preview()
    if as_it_is_placed:
        # Such as by what looks for fraud: there is no delivery yet.
        monkeypatch.setattr(order_placed, "send", lambda order, **_more: order.set_status("Cancelled"))
        buyer.place_order()
    else:
        buyer.place_order()
        # As a form of Django's admin saves it, without Oscar's signal.
        Order.objects.update(status="Cancelled")
    do_due()
    assert (emulator.shipments, only_delivery().state, only_delivery().reason) == ([], "held", "not_for_post_office")


def voided_by_weight(emulator: EmulatorServer) -> dict[float, bool]:
    return {made.body["deliverySpec"]["parcelCharacteristics"]["weight"]: made.voided for made in emulator.shipments}


def test_a_line_that_is_cancelled_is_not_shipped_and_with_the_last_one_nothing_is(
    buyer: Buyer, emulator: EmulatorServer
) -> None:
    buyer.put_into_basket("stoneware-mug")
    buyer.buy()
    for line in only_order().lines.order_by("-pk"):
        do_due()
        press(MERCHANT, "change_line_statuses", line, new_status="Cancelled")
    do_due()
    assert voided_by_weight(emulator) == {2.32: True, 1.9: True}
    assert only_delivery().state == "cancelled"


def test_a_line_that_is_no_longer_cancelled_is_shipped_again(buyer: Buyer, emulator: EmulatorServer) -> None:
    buyer.put_into_basket("stoneware-mug")
    buyer.buy()
    for status in ("Cancelled", "Pending"):
        only_order().lines.get(upc="stoneware-mug").set_status(status)
        while do_due():
            pass
    assert voided_by_weight(emulator) == {1.9: True, 2.32: False}


def test_an_order_that_is_no_longer_cancelled_says_that_its_delivery_stays_so(label: str) -> None:
    for status in ("Cancelled", "Pending"):
        only_order().set_status(status)
    assert [note.message for note in only_order().notes.all()] == [str(TooLateToChange())]


@pytest.mark.parametrize("fails", ["parcels", "shipped_lines"])
def test_why_parcels_cannot_follow_a_cancelled_line_stands_on_the_order(
    label: str, fails: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = only_order().lines.get()
    monkeypatch.setattr(ShopAdapter, "shipped_lines", lambda *_args: [line])
    monkeypatch.setattr(ShopAdapter, fails, lambda *_args: 1 / 0)
    line.set_status("Cancelled")
    assert [note.message for note in only_order().notes.all()] == [str(ShopFailed())]
    assert only_delivery().state == "released"


def test_any_other_status_leaves_it_alone(label: str) -> None:
    press(MERCHANT, "change_order_status", new_status="Being processed")
    assert only_delivery().state == "released"


def test_an_order_that_goes_home_shows_nothing_of_it(buyer: Buyer) -> None:
    buyer.go_to_preview()
    buyer.choose_method("home")
    buyer.place_order()
    assert "d2po-desk" not in page_of(signed_in(MERCHANT))


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], object]:
    """Return what says that a label with that number is made; labels become Oscar's event "Shipped"."""
    monkeypatch.setattr(ShopAdapter, "shipping_event", "Shipped")
    return lambda number: labelled.send(sender=Shipment, order_pk=only_order().pk, tracking_number=number)


@pytest.mark.usefixtures("tell")
def test_labels_become_one_shipping_event_of_what_is_shipped(buyer: Buyer, make_labels: Callable[[], None]) -> None:
    buyer.put_into_basket("stoneware-mug")
    buyer.buy()
    only_order().lines.get(upc="stoneware-mug").set_status("Cancelled")
    for _ in range(2):
        make_labels()
    [event] = only_order().shipping_events.all()
    assert [line.upc for line in event.lines.all()] == ["wool-blanket"]
    assert only_delivery().shipments.latest("pk").tracking_pin in only_order().notes.get().message


@pytest.mark.parametrize("fails", [False, True])
def test_an_adapter_may_yield_its_lines_and_costs_no_number_where_it_fails(
    label: str, tell: Callable[[str], object], monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    def one_by_one(adapter: ShopAdapter, order: Any) -> Iterator[Any]:
        if fails:
            raise ValueError
        yield from order.lines.all()

    monkeypatch.setattr(ShopAdapter, "shipped_lines", one_by_one)
    number = only_delivery().shipments.get().tracking_pin
    tell(number)
    assert [event.lines.count() for event in only_order().shipping_events.all()] == ([] if fails else [1])
    assert number in only_order().notes.get().message


def test_the_number_of_a_label_that_was_made_again_is_noted_beside_the_first(
    label: str, tell: Callable[[str], object]
) -> None:
    numbers = [only_delivery().shipments.get().tracking_pin, "7023210039414604"]
    for number in numbers:
        only_delivery().shipments.update(tracking_pin=number)
        tell(number)
    notes = only_order().notes.order_by("pk").values_list("message", flat=True)
    assert [note.rpartition(" ")[2] for note in notes] == numbers
    assert only_order().shipping_events.count() == 1


@pytest.mark.usefixtures("tell")
def test_what_staff_has_sent_by_itself_is_in_no_second_shipping_event(
    buyer: Buyer, make_labels: Callable[[], None]
) -> None:
    buyer.put_into_basket("stoneware-mug", 3)
    buyer.buy()
    mugs = only_order().lines.get(upc="stoneware-mug")
    press(MERCHANT, "create_shipping_event", mugs, shipping_event_type="shipped", reference="")
    make_labels()
    _by_hand, event = only_order().shipping_events.order_by("pk")
    sent = {one.line.upc: one.quantity for one in event.line_quantities.all()}
    assert sent == {"wool-blanket": 1, "stoneware-mug": 2}


@pytest.mark.parametrize("error", [InvalidShippingEvent, InvalidOrderStatus, PaymentError])
def test_a_shop_that_refuses_the_shipping_event_has_the_reason_and_the_number_noted(
    label: str,
    tell: Callable[[str], object],
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise error("The card is declined.")

    monkeypatch.setattr(get_class("order.processing", "EventHandler"), "handle_shipping_event", refuse)
    number = only_delivery().shipments.get().tracking_pin
    tell(number)
    why, told = only_order().notes.order_by("pk").values_list("message", flat=True)
    assert (why, number in told) == ("The card is declined.", True)
    assert (error.__name__ in caplog.text, why in caplog.text) == (True, False)


@pytest.mark.parametrize(("state", "events"), [("dropped", 1), ("voided", 0), ("refused", 0)])
def test_a_parcel_that_was_dropped_keeps_no_shipping_event_back(
    label: str, tell: Callable[[str], object], state: str, events: int
) -> None:
    delivery = only_delivery()
    made = {} if state == "dropped" else {"tracking_pin": "7023210039414604"}
    make_shipment(delivery, parcel=2, state=state, open_parcel=None, **made)
    tell(delivery.shipments.get(parcel=1).tracking_pin)
    assert only_order().shipping_events.count() == events
