"""A parcel's whole way with systems that a person works with: from ``manage.py check`` to the tracking number."""

from typing import Any

import pytest

from deliver_to_po import shop
from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.identifiers import tracking_number
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.handoff.by_hand.entering import Entered, enter_file, enter_number
from deliver_to_po.handoff.by_hand.exporting import awaited, export, file_of
from deliver_to_po.models import Delivery
from deliver_to_po.models.shipment import label_storage
from deliver_to_po.offer.summary import summarize
from deliver_to_po.operations.checks.handoff import check_shipping_systems
from deliver_to_po.shipping.files.parcel_fields import parcel_reference
from tests.factories import going_to, make_draft
from tests.rounds import hand_off_due
from tests.shop.buying import order_first, payment_came

pytestmark = pytest.mark.django_db
NUMBER = tracking_number("7023210", 7)


def configure(change_settings: Any, backend: str, **options: Any) -> None:
    change_settings(SHIPPING_SYSTEMS={"default": {"BACKEND": f"deliver_to_po.shipping.{backend}", "OPTIONS": options}})


def bought(office: PostOffice) -> Delivery:
    """Return what is paid for, to a post office that Canada Post offers."""
    return payment_came(make_draft(**going_to(office)).pk).delivery


def test_by_a_clerk_s_own_program(office: PostOffice, change_settings: Any) -> None:
    # 1. Does the shipping system have Deliver to Post Office? Until somebody says so, nothing is sent.
    configure(change_settings, "manual.Manual")
    [problem] = check_shipping_systems()
    assert problem.id == "deliver_to_po.E045"
    assert "HAS_SHOWN_A_LABEL" in str(problem.hint)
    configure(change_settings, "manual.Manual", HAS_SHOWN_A_LABEL=True)
    assert check_shipping_systems() == []
    # 2 and 3. The buyer chooses an office and says who picks up; the order is paid.
    delivery = bought(office)
    # 4. The parcel goes to a clerk, with the office's id and the recipient.
    assert hand_off_due() == 1
    [shipment] = awaited("default")
    text = file_of("default", [shipment.pk]).content.decode("utf-8-sig")
    assert f",{office.office_id}," in text
    assert "marie@example.com" in text
    # 5. The tracking number comes back.
    assert enter_number(shipment.pk, NUMBER) == Entered.TAKEN
    delivery.refresh_from_db()
    assert summarize(delivery).tracking_numbers == (NUMBER,)
    assert delivery.shipments.get().state == ShipmentState.DONE


def test_by_est_2_0(office: PostOffice, change_settings: Any) -> None:
    # 1.
    configure(change_settings, "est.Est2File")
    [warning] = check_shipping_systems()
    assert warning.id == "deliver_to_po.W077"
    assert "Import File Specifications" in warning.msg
    configure(change_settings, "est.Est2File", VERIFIED=True)
    assert check_shipping_systems() == []
    # 2 and 3.
    delivery = bought(office)
    # 4. Looked at, it waits for its export.
    assert hand_off_due() == 1
    made = export("default").export
    assert made is not None
    shipment = delivery.shipments.get()
    reference = parcel_reference(delivery.reference, shipment.request_id, live=False)
    grams = shipment.weight_kg * 1000
    length, width, height = (side.normalize() for side in (shipment.length_cm, shipment.width_cm, shipment.height_cm))
    with label_storage().open(str(made.file.name)) as file:
        assert (
            file.read()
            == (
                f'3,{reference},,,Marie-Ève,Côté,,,,"23, rue du Jardin",App. 4,Ottawa,ON,K1K4T3,CA,6135550199,,'
                f"marie@example.com,{grams:.0f},967,{length:f},{width:f},{height:f},,,,0,,,,0,0,,,,,1,{office.office_id},,,1,,,\r\n"
            ).encode()
        )
    # 5. EST's own export brings the number back.
    [line] = enter_file("default", f"Order ID;Tracking Number\r\n{reference};{NUMBER}\r\n".encode("utf-16"))
    assert line.entered == Entered.TAKEN
    delivery.refresh_from_db()
    assert summarize(delivery).tracking_numbers == (NUMBER,)


def test_options_that_cannot_be_are_named_by_check(change_settings: Any) -> None:
    configure(change_settings, "est.Est2File", ENCODING="no-such")
    [problem] = check_shipping_systems()
    assert problem.id == "deliver_to_po.E076"
    assert "ENCODING" in problem.msg


def test_systems_stand_side_by_side_and_a_parcel_stays_where_it_is(
    change_settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_settings(
        SHIPPING_SYSTEMS={
            "default": {"BACKEND": "deliver_to_po.shipping.dummy.DummyShipping"},
            "est": {"BACKEND": "deliver_to_po.shipping.est.Est2File"},
        }
    )
    monkeypatch.setattr(type(order_adapter()), "shipping_system", lambda self, order: "est")
    heavy = order_first(make_draft())
    assert shop.release(heavy.order) == shop.Released.RELEASED
    monkeypatch.undo()
    light = order_first(make_draft())
    assert shop.release(light.order) == shop.Released.RELEASED
    assert [bought.delivery.shipments.get().system for bought in (heavy, light)] == ["est", "default"]
