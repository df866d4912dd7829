"""Exports: what is claimed is in the file and what is in the file is claimed, whatever happens in between."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliver_to_po.core.choices import Change, DeliveryState, OfficeCheck, Outcome, Reason, ShipmentState
from deliver_to_po.handoff.by_hand import exporting
from deliver_to_po.handoff.by_hand.exporting import Exported, LeftOut, awaited, export, to_export
from deliver_to_po.models import Delivery, Export
from deliver_to_po.models.moves import move_delivery
from deliver_to_po.models.shipment import label_storage
from deliver_to_po.offices.check import CheckAnswer
from deliver_to_po.privacy.erasing import erase_exports
from deliver_to_po.shipping import NotYet
from deliver_to_po.shipping.est import Est2File
from tests.factories import make_pause, make_shipment
from tests.handoff.conftest import PostOffices
from tests.handoff.kills import killed, killed_at_the_file
from tests.handoff.parcels_by_hand import SYSTEMS, by_hand, handed_to, reference
from tests.rounds import handed_off, now

__all__ = ["by_hand"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("by_hand")]
S = ShipmentState


def text_of(made: Export | None) -> str:
    assert made is not None
    with label_storage().open(str(made.file.name)) as file:
        return bytes(file.read()).decode()


def test_parcels_wait_and_one_export_hands_over_what_its_file_holds() -> None:
    one, other = handed_to("est"), handed_to("est")
    done = export("est")
    assert done.export is not None
    assert text_of(done.export).count("\r\n") == 2
    for shipment in (one, other):
        assert (now(shipment).state, shipment.reason, shipment.export) == (S.HANDED, Reason.NONE, done.export)
        assert reference(shipment) in text_of(done.export)
        assert shipment.requested_at is not None
        assert (shipment.requests, shipment.reason_text, shipment.tries) == (1, "", 0)
        assert shipment.attempts.filter(outcome=Outcome.HANDED).count() == 1
    assert (done.export.system, done.export.parcels, done.export.live) == ("est", 2, False)
    # Nothing is waiting now, and nothing is exported twice.
    assert export("est").export is None
    assert Export.objects.count() == 1


def test_numbers_are_awaited_in_the_order_of_the_file_so_that_a_column_of_them_fits() -> None:
    parcels = [handed_to("est") for _ in range(4)]
    Delivery.objects.filter(pk=max(row.delivery_id for row in parcels)).update(placed_at=datetime.fromtimestamp(0, UTC))
    lines = text_of(export("est").export).splitlines()
    assert [line.split(",")[1] for line in lines] == [reference(row) for row in awaited("est")]
    # An order that is older than all of them, in the next file.
    older = handed_to("est")
    Delivery.objects.filter(pk=older.delivery_id).update(placed_at=datetime.fromtimestamp(0, UTC) - timedelta(days=1))
    export("est")
    assert [row.pk for row in awaited("est")][-1] == older.pk


def test_only_the_chosen_ones_are_exported() -> None:
    one, other = handed_to("est"), handed_to("est")
    assert text_of(export("est", [one.pk]).export).startswith(f"3,{reference(one)},")
    assert now(other).state == S.WAITING


def test_a_parcel_that_has_not_been_looked_at_is_not_exported() -> None:
    make_shipment(system="est")
    assert not to_export("est").exists()
    assert export("est").export is None


def test_a_post_office_that_closes_while_a_parcel_waits_needs_another_choice(by_hand: PostOffices) -> None:
    shipment = handed_to("est")
    by_hand.answer = CheckAnswer(OfficeCheck.GONE)
    handed_off(shipment)
    assert (shipment.state, shipment.delivery.state) == (S.DROPPED, DeliveryState.NEEDS_CHOICE)
    assert export("est").export is None


def test_what_the_file_cannot_hold_is_refused_before_it_waits() -> None:
    shipment = make_shipment(system="est", recipient_name="=1+1")
    handed_off(shipment)
    assert (shipment.state, shipment.reason) == (S.REFUSED, Reason.INVALID)
    assert "formula" in shipment.reason_text


def test_what_no_longer_fits_is_left_out_and_the_others_go(change_settings: Any) -> None:
    good, bad = handed_to("est"), handed_to("est", service="DOM.XP")
    change_settings(SHIPPING_SYSTEMS={"est": SYSTEMS["est"] | {"OPTIONS": {"ARTICLES": {"DOM.EP": "967"}}}})
    done = export("est")
    [left] = done.left_out
    assert (left.shipment, left.reason) == (bad, Reason.INVALID)
    assert "DOM.XP" in left.said
    assert reference(good) in text_of(done.export)
    assert now(bad).state == S.WAITING


def test_an_order_that_is_not_paid_any_more_is_held_instead(shop_says: Any) -> None:
    shipment = handed_to("est")
    shop_says("is_paid", False)
    [left] = export("est").left_out
    assert (left.reason, now(shipment.delivery).state) == (Reason.NOT_PAID, DeliveryState.HELD)


def test_nothing_is_exported_in_a_pause_or_while_on_hold() -> None:
    shipment = handed_to("est")
    pause = make_pause()
    assert export("est").reason == Reason.PAUSED
    pause.delete()
    move_delivery(shipment.delivery, Change.HOLD, reason=Reason.ON_HOLD)
    assert not to_export("est").exists()
    assert export("est", [shipment.pk]).export is None


def test_what_may_not_be_sent_now_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    shipment = handed_to("est")
    monkeypatch.setattr(Est2File, "obstacle", lambda self, live: NotYet(reason=Reason.LIVE_OFF))
    assert export("est") == Exported(left_out=[LeftOut(shipment, Reason.LIVE_OFF)])


@pytest.mark.parametrize(("place", "name"), [(Est2File, "export"), (exporting, "write_file")])
def test_what_stops_an_export_in_between_has_claimed_nothing(place: Any, name: str) -> None:
    shipment = handed_to("est")
    with killed(place, name):
        export("est")
    assert (now(shipment).state, shipment.export) == (S.WAITING, None)
    # What was begun is swept away with its file, and the parcel goes with the next one.
    Export.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert erase_exports() == 1
    assert not Export.objects.exists()


def test_a_kill_after_the_file_is_written_leaves_no_orphan() -> None:
    handed_to("est")
    with killed_at_the_file(exporting) as written:
        export("est")
    [name] = written
    assert label_storage().exists(name)
    Export.objects.update(created_at=timezone.now() - timedelta(hours=2))
    erase_exports()
    assert not label_storage().exists(name)


@pytest.mark.parametrize("taken", [1, 2])
def test_what_somebody_else_exports_meanwhile_is_in_their_file_alone(
    monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    parcels, theirs, sorted_out = [handed_to("est") for _ in range(2)], [], exporting._sorted_out

    def too_slow(*asked: Any) -> Any:
        monkeypatch.setattr(exporting, "_sorted_out", sorted_out)
        good = sorted_out(*asked)
        theirs.append(export("est", [row.pk for row in parcels[:taken]]))
        return good

    monkeypatch.setattr(exporting, "_sorted_out", too_slow)
    files = [text_of(done.export) for done in (export("est"), *theirs) if done.export]
    assert [sum(reference(row) in text for text in files) for row in parcels] == [1, 1]
    assert Export.objects.count() == len(files)
