"""The page of parcels shipped by hand: cards, exports, numbers typed and imported; each only for those who may."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.handoff.by_hand.exporting import export
from deliver_to_po.handoff.changing.cancelling import cancel_delivery
from tests.admin.browsing import desk
from tests.admin.by_hand.clerking import pressed, shown
from tests.handoff.parcels_by_hand import handed_to, number, reference, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("by_hand")]


def test_what_is_unverified_says_so(client: Client, change_settings: Any) -> None:
    change_settings(SHIPPING_SYSTEMS={"est": {"BACKEND": "deliver_to_po.shipping.est.Est2File"}})
    assert "Import File Specifications" in shown(client, desk("by_hand"))
    assert "n’a pas été vérifié" in shown(client, desk("by_hand"), "fr")


def test_each_system_has_its_own_parcels_and_files(client: Client) -> None:
    handed, exported = handed_to("desk"), handed_to("est")
    made = export("est").export
    waits = handed_to("est")
    manual, est = client.get(desk("by_hand")).context["systems"]
    names = ("alias", "exports", "waiting_count", "awaited_count")
    assert [[system[name] for name in names] for system in (manual, est)] == [
        ["desk", False, 0, 1],
        ["est", True, 1, 1],
    ]
    assert [list(system["files"]) for system in (manual, est)] == [[], [made]]
    rows = [*manual["awaited"], *est["waiting"], *est["awaited"]]
    assert [row["shipment"] for row in rows] == [handed, waits, exported]
    assert [row["reference"] for row in rows] == [reference(row["shipment"]) for row in rows]
    assert [(row["state"], row["typed"], row["problem"]) for row in rows] == [("", "", "")] * 3
    assert [bool(row["since"]) for row in rows] == [True, False, True]


def test_numbers_that_are_typed_are_kept_one_by_one_and_wrong_ones_are_shown_again(client: Client) -> None:
    one, other, done = handed_to("desk"), handed_to("desk"), handed_to("desk")
    pressed(client, "numbers", **{f"number-{done.pk}": number(9)})
    page = pressed(
        client,
        "numbers",
        **{f"number-{one.pk}": number(1), f"number-{other.pk}": "12", f"number-{done.pk}": number(8), "number-x": "1"},
    )
    assert "1 tracking number saved." in page
    assert f'name="number-{other.pk}" value="12"' in page
    assert "another tracking number already" in page
    assert state_of(one) == (ShipmentState.DONE, number(1))
    assert state_of(other) == (ShipmentState.HANDED, "")
    assert state_of(done) == (ShipmentState.DONE, number(9))


def test_ticked_parcels_are_a_file_that_no_cache_keeps(client: Client) -> None:
    shipment, other = handed_to("desk"), handed_to("desk")
    assert "Tick the parcels first." in pressed(client, "csv")
    answer = client.post(desk("by_hand"), {"do": "csv", "system": "desk", "parcel": [shipment.pk, "nonsense"]})
    content = b"".join(answer).decode("utf-8-sig")
    assert reference(shipment) in content
    assert reference(other) not in content
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("system", ["nope", "default", ""])
def test_a_button_for_a_system_that_there_is_not_does_nothing(client: Client, system: str) -> None:
    assert "Parcels labelled in another program" in pressed(client, "export", system)


def test_a_cancelled_parcel_tells_the_clerk_what_to_do_there(client: Client) -> None:
    shipment = handed_to("desk")
    cancel_delivery(shipment.delivery)
    page = shown(client, desk("by_hand"))
    with translation.override("en"):
        assert Reason.NOT_WANTED.advice[:40] in page
    assert "Nothing was made" in page
