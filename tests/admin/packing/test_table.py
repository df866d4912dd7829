"""The packing table: what is scanned leads to its parcel, which has one next action; nothing typed is lost."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from deliver_to_po.admin.changes.consequences import when_made_again
from deliver_to_po.admin.packing.scanned import LONGEST
from deliver_to_po.admin.packing.table import LATELY
from deliver_to_po.admin.show import FOR_OTHERS
from deliver_to_po.core.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery, PrintJob, Shipment
from tests.admin.browsing import desk, said
from tests.admin.conftest import Clerk, deliver_to
from tests.factories import PARCEL, make_delivery, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bystanders")]
PIN = "7023210000000018"
PACKER = ("view_delivery", "change_parcels", "hand_off_delivery", "view_label", "print_labels")
BOX = {"length_cm": "30", "width_cm": "20", "height_cm": "10"}


@pytest.fixture
def packer(clerk: Clerk) -> Client:
    return clerk(*PACKER)


def weigh(client: Client, delivery: Delivery, weight: str, **more: str) -> Any:
    return client.post(page_of(delivery), {"weight": weight, **BOX, **more})


def scan(client: Client, typed: str) -> Any:
    return client.get(desk("table"), {"q": typed})


def page_of(delivery: Delivery, parcel: int = 1) -> str:
    return desk("table_parcel", delivery.pk, parcel)


def step(client: Client, url: str) -> str:
    return str(client.get(url).context["step"].do)


def test_the_weight_of_a_parcel_that_the_shop_names_no_longer_leads_back_to_its_page(
    packer: Client, shop_says: Any
) -> None:
    delivery = make_shipment(state=ShipmentState.LABELLED).delivery
    shop_says("parcels", [])
    assert weigh(packer, delivery, "1.3").url == page_of(delivery)


def test_a_scanned_number_leads_to_its_parcel_and_its_label(packer: Client) -> None:
    delivery = make_delivery(packed={"1": {"weight_kg": "1.300"}})
    shipment = make_shipment(delivery, state=ShipmentState.LABELLED, tracking_pin=PIN)
    assert step(packer, page_of(delivery)) == "print"
    response = scan(packer, PIN)
    assert response.url == f"{page_of(delivery)}?label={shipment.pk}"
    assert step(packer, response.url) == "next"


def test_a_parcel_with_its_label_is_weighed_or_printed_and_each_page_has_what_it_needs(packer: Client) -> None:
    delivery = make_delivery()
    shipment = make_shipment(delivery, state=ShipmentState.LABELLED)
    weigh = {
        "expected": "1.4 kg",
        "foretold": when_made_again([shipment]),
        "label_url": "",
        "may_print": False,
        "weigh_again": "",
    }
    label_url = desk("label", shipment.pk)
    printing = {"expected": "", "foretold": [], "label_url": label_url, "may_print": True, "weigh_again": "?weigh=1"}
    for query, expected in (("", weigh), ("?weighed=1", printing), ("?weigh=1", weigh)):
        context = packer.get(page_of(delivery) + query).context
        assert {name: context[name] for name in expected} == expected
        assert (context["parcel"], context["parcels"], context["wrong"]) == (1, 1, False)


@pytest.mark.parametrize("typed", ["<script>", "x" * (LONGEST + 1), "\x00"])
def test_what_nobody_knows_is_named_with_what_to_do(packer: Client, typed: str) -> None:
    response = scan(packer, typed)
    assert response.status_code == 200
    assert response.context["problem"].startswith("“")
    assert typed[:LONGEST].strip() in response.context["problem"]
    assert "<script>”" not in response.content.decode()


def test_what_must_not_be_packed_says_stop_and_why(packer: Client) -> None:
    shown = packer.get(page_of(make_delivery(state=DeliveryState.HELD, reason=Reason.ON_HOLD)))
    assert shown.context["step"].do == "stop"
    assert 'data-signal="wrong"' in shown.content.decode()
    assert shown.context["step"].why


def test_a_number_that_may_be_several_parcels_lists_them(packer: Client) -> None:
    delivery = make_delivery(reference="ORD-7")
    for parcel in (1, 2):
        make_shipment(delivery, parcel=parcel)
    response = scan(packer, "ORD-7")
    assert [url for _row, url in response.context["rows"]] == [page_of(delivery, 1), page_of(delivery, 2)]
    assert "“ORD-7” could be any of these" in response.content.decode()


def test_a_weight_from_the_scale_is_kept_and_the_next_step_follows(packer: Client) -> None:
    shipment = make_shipment()
    delivery = shipment.delivery
    assert step(packer, page_of(delivery)) == "weigh"
    response = weigh(packer, delivery, "1,3 kg")
    assert response.url == f"{page_of(delivery)}?weighed=1"
    assert said(response) == ["Done: labels not requested yet will be requested with these changes."]
    delivery.refresh_from_db()
    shipment.refresh_from_db()
    assert Decimal(delivery.packed["1"]["weight_kg"]) == Decimal("1.3")
    assert str(delivery.history.get(change=Change.CHANGE_PARCEL).user) == "clerk"
    assert shipment.state == ShipmentState.DROPPED
    assert step(packer, response.url) == "wait"


def test_each_parcel_is_weighed_by_itself_before_its_label_is_requested(
    packer: Client, change_settings: Any, shop_says: Any
) -> None:
    change_settings(RELEASE="by_merchant")
    shop_says("parcels", [PARCEL, PARCEL])
    fields = {"state": DeliveryState.PLACED, "released_at": None, "release_asked_at": None}
    delivery = make_delivery(packed={"1": {"weight_kg": "1.300"}}, **fields)
    assert [step(packer, page_of(delivery, parcel)) for parcel in (1, 2)] == ["label", "weigh"]
    assert step(packer, f"{page_of(delivery)}?weigh=1") == "weigh"


def test_an_empty_weight_stays_as_the_shop_says(packer: Client) -> None:
    delivery = make_shipment(state=ShipmentState.LABELLED).delivery
    response = weigh(packer, delivery, "")
    assert said(response) == []
    assert step(packer, response.url) == "print"
    assert not Delivery.objects.get(pk=delivery.pk).packed


def test_a_label_that_was_just_printed_is_scanned_without_another_weighing(packer: Client) -> None:
    printed = make_shipment(state=ShipmentState.LABELLED, label="l.pdf", printed_at=timezone.now(), tracking_pin=PIN)
    url = scan(packer, PIN).url
    assert (step(packer, url), step(packer, f"{url}&weigh=1")) == ("next", "weigh")
    job = PrintJob.objects.create(user=get_user_model().objects.get(username="clerk"), live=False)
    Shipment.objects.filter(pk=printed.pk).update(print_job=job)
    assert step(packer, url) == "weigh"


@pytest.mark.parametrize("figure", ["ERR", "99 kg"])
def test_nonsense_is_refused_and_stays_in_its_field(packer: Client, figure: str) -> None:
    delivery = make_shipment().delivery
    response = weigh(packer, delivery, figure, sure="99.000")
    assert response.context["form"].errors["weight"]
    assert response.context["form"]["weight"].value() == figure
    assert not Delivery.objects.get(pk=delivery.pk).packed


def test_a_scan_into_the_field_for_the_weight_leads_to_what_was_scanned(packer: Client) -> None:
    weighed, other = make_shipment(), make_shipment(state=ShipmentState.LABELLED, tracking_pin=PIN)
    response = weigh(packer, weighed.delivery, PIN)
    assert response.url == f"{desk('table')}?q={PIN}"
    assert scan(packer, PIN).url == f"{page_of(other.delivery)}?label={other.pk}"


def test_a_weight_that_is_the_number_of_an_order_is_asked_about_while_that_order_is_packed(packer: Client) -> None:
    delivery, other = make_shipment().delivery, make_delivery(reference="2", placed_at=timezone.now())
    asked = weigh(packer, delivery, "2")
    assert "“2” is also an order’s number" in asked.content.decode()
    assert weigh(packer, delivery, "2", sure=asked.context["sure"]).status_code == 302
    Delivery.objects.filter(pk=other.pk).update(placed_at=timezone.now() - LATELY)
    assert weigh(packer, make_shipment().delivery, "2").status_code == 302


def test_an_absurd_weight_is_asked_about_once(packer: Client) -> None:
    delivery = make_shipment().delivery
    asked = weigh(packer, delivery, "12.5 kg")
    assert "the scale says 12.5 kg" in asked.content.decode()
    assert not Delivery.objects.get(pk=delivery.pk).packed
    again = weigh(packer, delivery, "13 kg", sure=asked.context["sure"])
    assert again.context["sure"] == "13.000"
    answered = weigh(packer, delivery, "13 kg", sure="13.000")
    assert answered.status_code == 302
    assert Delivery.objects.get(pk=delivery.pk).packed["1"]["weight_kg"] == "13.000"


def test_an_order_goes_from_the_scale_to_its_label(packer: Client, emulator: EmulatorServer) -> None:
    delivery = deliver_to(emulator, state=DeliveryState.PLACED, released_at=None, release_asked_at=None)
    url = weigh(packer, delivery, "1.3").url
    assert step(packer, url) == "label"
    url = packer.post(url, {"label": "1"})["Location"]
    shown = packer.get(url)
    assert shown.context["step"].do == "print"
    shipment = Shipment.objects.get(delivery=delivery)
    assert shipment.weight_kg == Decimal("1.3")
    label_url = desk("label", shipment.pk)
    assert shown.context["label_url"] == label_url
    other = make_shipment(state=ShipmentState.LABELLED)
    packer.get(label_url)
    assert not Shipment.objects.filter(prints__gt=0).exists()
    packer.post(label_url)
    shipment.refresh_from_db()
    other.refresh_from_db()
    assert (str(shipment.printed_by), shipment.prints) == ("clerk", 1)
    assert (other.printed_at, other.prints) == (None, 0)
    printed = packer.get(url).context
    assert (printed["step"].do, printed["label_url"]) == ("next", label_url)
    assert ".m.." not in printed["step"].why


@pytest.mark.parametrize(
    ("permission", "label_is_there", "may_print"),
    [("view_label", True, False), ("print_labels", True, True), ("hand_off_delivery", False, False)],
)
def test_the_label_is_opened_or_printed_by_those_who_may_and_who_may_not_weigh_is_shown_no_form(
    clerk: Clerk, permission: str, label_is_there: bool, may_print: bool
) -> None:
    shipment = make_shipment(state=ShipmentState.LABELLED)
    shown = clerk("view_delivery", permission).get(page_of(shipment.delivery))
    label_url = desk("label", shipment.pk) if label_is_there else ""
    wanted = {"label_url": label_url, "may_print": may_print, "weigh_again": "", "form": None}
    assert {name: shown.context[name] for name in wanted} == wanted
    assert [text in shown.content.decode() for text in ("data-print", str(FOR_OTHERS))] == [may_print, not may_print]
    assert "no-store" in shown.headers["Cache-Control"]


def test_who_may_not_request_a_label_has_no_button_for_it(clerk: Clerk, change_settings: Any) -> None:
    change_settings(RELEASE="by_merchant")
    delivery = make_delivery(state=DeliveryState.PLACED, released_at=None, release_asked_at=None)
    shown = clerk("view_delivery").get(page_of(delivery))
    assert shown.context["step"].do == "wait"
    assert "Request the label" not in shown.content.decode()


@pytest.mark.parametrize(
    ("permissions", "data"),
    [
        ((), {"weight": "1", **BOX}),
        (("view_delivery",), {"weight": "1", **BOX}),
        (("view_delivery", "change_parcels"), {"label": "1"}),
        (("change_parcels", "hand_off_delivery"), {"weight": "1", **BOX}),
    ],
)
def test_each_action_needs_its_own_permission(clerk: Clerk, permissions: tuple[str, ...], data: dict[str, str]) -> None:
    delivery = make_delivery()
    assert clerk(*permissions).post(page_of(delivery), data).status_code == 403
    assert not Delivery.objects.get(pk=delivery.pk).packed


def test_a_parcel_that_the_shop_does_not_name_is_not_found(packer: Client) -> None:
    assert packer.get(page_of(make_delivery(), parcel=9)).status_code == 404
