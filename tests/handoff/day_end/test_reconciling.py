"""What Canada Post holds is compared with the rows by shipment id, both ways, and each difference can be cured."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from deliver_to_po.canadapost.types import TransmitRequest
from deliver_to_po.core import shop_time
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.core.choices import Compared, Differs, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.day_end import comparing, reconciling
from deliver_to_po.handoff.day_end.comparing import is_id
from deliver_to_po.handoff.day_end.curing import CURES, Cure, Cured, cure, leave_all
from deliver_to_po.handoff.day_end.reconciling import (
    Reconciled,
    compare_groups,
    differing,
    reconcile,
    reconcile_at_night,
    some_are_left,
)
from deliver_to_po.handoff.day_end.transmission_request import transmission_of
from deliver_to_po.handoff.day_end.transmitting import transmit
from deliver_to_po.models import Comparison, History, Manifest, ManifestGroup, Shipment
from deliver_to_po.models.comparison import Difference
from tests.factories import SENDER
from tests.handoff.conftest import Due
from tests.handoff.day_end.carrier import (
    FOREIGN,
    MONDAY,
    PREFIX,
    TUESDAY,
    Labelled,
    at_the_carrier,
    claimed,
    either_api,
    void_elsewhere,
)
from tests.rounds import do_due, handed_off, now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parcels")]


def reconciled() -> Reconciled:
    """Compare everything, whatever was compared before, as if all rows were made a while ago."""
    Shipment.objects.exclude(api="").update(made_at=timezone.now() - timedelta(hours=1))
    return reconcile(since=timezone.now())


def found() -> dict[str, str]:
    return {each.shipment_id: each.kind for one in differing() for each in one.open_ones}


def cured(shipment_id: str, how: Cure) -> Cured:
    [(one, each)] = [(one, each) for one in differing() for each in one.found if each.shipment_id == shipment_id]
    return cure(one, each, how, note="seen at Canada Post")


def calls(emulator: EmulatorServer, do: Callable[[], object]) -> dict[str, int]:
    before = emulator.calls
    do()
    return {name: count - before.get(name, 0) for name, count in emulator.calls.items() if count > before.get(name, 0)}


@either_api
def test_both_lists_are_the_same_at_one_call_a_group(labelled: Labelled, emulator: EmulatorServer) -> None:
    for group in (MONDAY, MONDAY, TUESDAY):
        labelled(group)
    made = calls(emulator, lambda: reconciled() == Reconciled(2, complete=True))
    assert (made["groups"], made["find_shipments"]) == (1, 2)
    assert set(made) <= {"token", "groups", "find_shipments", "find_manifests"}
    rows = Comparison.objects.order_by("name").values_list("name", "theirs", "ours", "differing")
    assert list(rows) == [(MONDAY, 2, 2, 0), (TUESDAY, 1, 1, 0)]


@either_api
def test_a_second_label_of_one_request_stays_when_its_group_is_transmitted_and_is_voided(
    labelled: Labelled, emulator: EmulatorServer
) -> None:
    shipment = labelled()
    double = emulator.another_like(shipment.tracking_pin)
    reconciled()
    assert found() == {double.shipment_id: Differs.TWICE}
    [one] = differing()
    assert (one.theirs, one.ours, one.found[0].row) == (2, 1, shipment.pk)
    transmit()
    [held] = emulator.state.find_shipments(pin=double.pin)
    assert (at_the_carrier(emulator, shipment), held.status) == ("transmitted", "created")
    assert Manifest.objects.get().told_of == 1
    assert cured(double.shipment_id, Cure.TAKE_BACK) == Cured.VOIDED
    assert (emulator.state.shipment(double.shipment_id), found()) == (None, {})
    reconciled()
    assert found() == {}


@either_api
def test_a_second_label_that_went_along_is_named_once(labelled: Labelled, emulator: EmulatorServer) -> None:
    goes, stays = labelled(), labelled()
    double = emulator.another_like(goes.tracking_pin)
    transmit(exclude=[stays.tracking_pin])
    reconciled()
    assert [(one.what, each.shipment_id) for one in differing() for each in one.open_ones] == [
        (Compared.MANIFEST, double.shipment_id)
    ]


@either_api
def test_another_shop_s_parcels_are_left_to_it_once_and_for_all(labelled: Labelled, emulator: EmulatorServer) -> None:
    foreign = [emulator.another_like(labelled().tracking_pin, f"S-{number}") for number in range(2)]
    reconciled()
    assert found() == dict.fromkeys([each.shipment_id for each in foreign], Differs.UNKNOWN)
    [one] = differing()
    assert [each.reference for each in one.found] == ["S-0", "S-1"]
    assert [cured(each.shipment_id, Cure.LEAVE) for each in foreign] == [Cured.LEFT, Cured.LEFT]
    reconciled()
    assert found() == {}
    transmit()
    assert {each.status for each in emulator.shipments if each.pin in [one.pin for one in foreign]} == {"created"}


@pytest.mark.parametrize(
    ("state", "kind"), [(ShipmentState.ATTENTION, Differs.WAITS), (ShipmentState.WAITING, Differs.EARLY)]
)
def test_what_a_lost_answer_made_is_no_second_one(labelled: Labelled, state: ShipmentState, kind: Differs) -> None:
    asked = labelled()
    Shipment.objects.filter(pk=asked.pk).update(state=state, shipment_id="", tracking_pin="")
    reconciled()
    assert found() == {asked.shipment_id: kind}


@either_api
def test_what_was_transmitted_or_voided_there_is_told_apart(labelled: Labelled, emulator: EmulatorServer) -> None:
    transmitted, voided, fine = labelled(), labelled(), labelled()
    emulator.state.transmit_shipment(transmitted.shipment_id)
    void_elsewhere(emulator, voided)
    reconciled()
    # The portal's list of a group tells of what is transmitted too.
    listed = {} if transmitted.api == "portal" else {transmitted.shipment_id: Differs.TRANSMITTED}
    assert found() == {voided.shipment_id: Differs.GONE, **listed}
    assert cured(voided.shipment_id, Cure.MAKE_AGAIN) == Cured.MADE_AGAIN
    do_due()
    assert now(voided).state == ShipmentState.VOIDED
    assert Shipment.objects.filter(delivery=voided.delivery_id, revision=2).exists()
    if listed:
        assert cured(transmitted.shipment_id, Cure.MARK) == Cured.MARKED
        assert now(transmitted).transmitted_at is not None
    assert now(fine).transmitted_at is None


@either_api
def test_a_manifest_that_the_restored_database_does_not_know_marks_its_parcels(labelled: Labelled) -> None:
    shipments = [labelled(), labelled()]
    transmit()
    Shipment.objects.exclude(api="").update(transmitted_at=None, manifest=None)
    Manifest.objects.all().delete()
    Comparison.objects.all().delete()
    reconciled()
    marks = {each.shipment_id for one in differing().filter(what=Compared.MANIFEST) for each in one.open_ones}
    assert marks == {each.shipment_id for each in shipments}
    for one in differing().filter(what=Compared.MANIFEST):
        assert [cure(one, each, Cure.MARK) for each in one.open_ones] == [Cured.MARKED, Cured.MARKED]
    assert found() == {}
    assert History.objects.filter(change="transmit", delivery=shipments[0].delivery_id).count() == 2


def test_a_manifest_of_another_shop_is_asked_about_once(labelled: Labelled, emulator: EmulatorServer) -> None:
    other = labelled(FOREIGN)
    canada_post().transmit(TransmitRequest((FOREIGN,), SENDER))
    Shipment.objects.filter(pk=other.pk).delete()
    reconciled()
    assert found() == {}
    assert "get_manifest" not in calls(emulator, reconciled)


def test_a_manifest_not_asked_about_is_compared_again(labelled: Labelled, emulator: EmulatorServer) -> None:
    shipment = labelled()
    transmit()
    Shipment.objects.filter(pk=shipment.pk).delete()
    Manifest.objects.all().delete()
    Comparison.objects.all().delete()
    emulator.faults.add("get_shipment", "503", count=20)
    assert not reconciled().complete
    emulator.faults.clear()
    assert reconciled().complete
    assert found() == {shipment.shipment_id: Differs.EARLY}


def test_a_manifest_is_compared_again_while_something_of_it_goes_on(
    labelled: Labelled, emulator: EmulatorServer
) -> None:
    shipment = labelled()
    double = emulator.another_like(shipment.tracking_pin)
    transmit()
    Comparison.objects.all().delete()
    row = Shipment.objects.filter(pk=shipment.pk)
    row.update(state=ShipmentState.UNKNOWN, shipment_id="", due_at=timezone.now())
    reconciled()
    assert found() == {}
    row.update(state=ShipmentState.LABELLED, shipment_id=shipment.shipment_id, due_at=None)
    reconciled()
    assert found() == {double.shipment_id: Differs.TWICE}


@pytest.mark.parametrize(("there", "then"), [(MONDAY, MONDAY), (FOREIGN, TUESDAY)])
def test_in_which_group_of_the_shop_a_parcel_lies_is_written_down(labelled: Labelled, there: str, then: str) -> None:
    shipment = labelled(there)
    Shipment.objects.filter(pk=shipment.pk).update(group=TUESDAY)
    reconciled()
    assert (now(shipment).group, found()) == (then, {})


def test_a_group_in_which_everything_is_voided_is_not_asked_for(labelled: Labelled, emulator: EmulatorServer) -> None:
    labelled(MONDAY)
    gone = labelled(TUESDAY)
    void_elsewhere(emulator, gone)
    Shipment.objects.filter(pk=gone.pk).update(state=ShipmentState.VOIDED, open_parcel=None, own_tracking_pin=None)
    assert reconciled() == Reconciled(1, complete=True)


def test_what_differed_in_a_group_that_is_gone_is_looked_at_again(labelled: Labelled, emulator: EmulatorServer) -> None:
    # The last parcel and revision that are recognised.
    shipment = labelled(MONDAY, parcel=5, revision=3)
    Shipment.objects.filter(pk=shipment.pk).delete()
    reconciled()
    assert found() == {shipment.shipment_id: Differs.EARLY}
    void_elsewhere(emulator, shipment)
    assert reconciled() == Reconciled(1, complete=True)
    assert found() == {}


def test_a_system_that_lists_nothing_keeps_no_other_group_from_being_compared(labelled: Labelled) -> None:
    api = labelled().api
    groups = [("no such system", api, MONDAY), ("default", api, MONDAY)]
    [one] = compare_groups(groups, since=timezone.now(), seconds=60.0)
    assert (one.system, one.theirs) == ("default", 1)
    assert Comparison.objects.get() == one


def test_while_nothing_answers_nobody_waits_for_two_questions(labelled: Labelled, emulator: EmulatorServer) -> None:
    groups = [("default", labelled(day).api, day) for day in (MONDAY, TUESDAY)]
    emulator.faults.add("find_shipments", "503", count=20)
    one = calls(emulator, lambda: compare_groups(groups[:1], since=timezone.now(), seconds=60.0))
    assert one == calls(emulator, lambda: compare_groups(groups, since=timezone.now(), seconds=60.0))


def test_what_was_taken_over_since_its_group_was_compared_is_transmitted(labelled: Labelled) -> None:
    shipment = labelled()
    one = Comparison.objects.create(what=Compared.GROUP, name=MONDAY, api=shipment.api)
    one.keep([Difference(shipment.shipment_id, Differs.WAITS), Difference("7", Differs.UNKNOWN)])
    # The list of a day whose name is that of the group.
    Comparison.objects.create(what=Compared.DAY, name=MONDAY, api=shipment.api).keep([Difference("8", Differs.UNKNOWN)])
    assert transmission_of(claimed(MONDAY)).excluded == ("7",)


def test_what_no_page_could_name_is_no_id() -> None:
    assert [text for text in ("7", "7/8", "", "7\n", "7" * 41) if is_id(text)] == ["7"]


def test_what_is_being_sent_or_made_just_now_is_no_difference(labelled: Labelled) -> None:
    sent, made = labelled(), labelled()
    Shipment.objects.filter(pk=sent.pk).update(
        state=ShipmentState.REQUESTED, shipment_id="", tracking_pin="", due_at=timezone.now()
    )
    Shipment.objects.filter(pk=made.pk).update(shipment_id="not listed yet", made_at=timezone.now())
    reconcile(since=timezone.now())
    kinds = found()
    assert sent.shipment_id not in kinds
    assert "not listed yet" not in kinds
    assert kinds == {made.shipment_id: Differs.TWICE}


def test_what_is_being_sent_does_not_go_with_its_group_yet(labelled: Labelled, emulator: EmulatorServer) -> None:
    goes, sent = labelled(), labelled()
    in_flight = Shipment.objects.filter(pk=sent.pk)
    lost = {"state": ShipmentState.UNKNOWN, "shipment_id": "", "tracking_pin": "", "due_at": timezone.now()}
    in_flight.update(label="", own_tracking_pin=None, **lost)
    reconciled()
    [one] = Comparison.objects.filter(name=MONDAY)
    assert (one.theirs, one.ours, one.differing) == (1, 1, 0)
    [manifest] = transmit([MONDAY])
    assert [each.status for each in emulator.shipments] == ["transmitted", "created"]
    assert {row.pk for row in manifest.shipments.all()} == {goes.pk}
    # Its answer came: it is found by its request id, and goes the next time.
    do_due()
    reconciled()
    assert (now(sent).shipment_id, found()) == (sent.shipment_id, {})


def test_everything_that_nothing_here_knows_is_left_at_once(labelled: Labelled, emulator: EmulatorServer) -> None:
    ours, own = labelled(), labelled()
    strangers = {emulator.another_like(ours.tracking_pin, f"S-{number}").shipment_id for number in range(3)}
    double = emulator.another_like(own.tracking_pin)
    reconciled()
    assert leave_all([*strangers, double.shipment_id, "9"]) == 3
    reconciled()
    assert found() == {double.shipment_id: Differs.TWICE}


def test_what_was_not_compared_yet_is_compared_next(
    labelled: Labelled, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled(MONDAY)
    tuesdays = labelled(TUESDAY)
    since = timezone.now()
    assert reconcile(since=since, at_most=1) == Reconciled(1, complete=False)
    emulator.faults.add("find_shipments", "503", count=20)
    assert reconcile(since=since) == Reconciled(0, complete=False)
    emulator.faults.clear()
    assert reconcile(since=since) == Reconciled(1, complete=True)
    assert reconcile(since=since) == Reconciled(0, complete=True)
    for _ in range(3):
        emulator.another_like(tuesdays.tracking_pin)
    monkeypatch.setattr(comparing, "ASKED_ABOUT", 2)
    reconciled()
    assert sorted(found().values()) == ["", Differs.TWICE, Differs.TWICE]
    reconciled()
    assert set(found().values()) == {Differs.TWICE}


@pytest.mark.parametrize(("night", "compared"), [(True, 1), (False, 0)])
def test_each_night_what_was_not_compared_since_yesterday_is(
    labelled: Labelled, monkeypatch: pytest.MonkeyPatch, night: bool, compared: int
) -> None:
    labelled()
    monkeypatch.setattr(reconciling, "is_night", lambda: night)
    assert (reconcile_at_night(), reconcile_at_night()) == (compared, 0)


def test_only_the_newest_of_very_many_groups_are_compared(labelled: Labelled, monkeypatch: pytest.MonkeyPatch) -> None:
    for group in (MONDAY, TUESDAY):
        labelled(group)
    monkeypatch.setattr(reconciling, "MOST_GROUPS", 1)
    reconciled()
    assert Comparison.objects.get().name == TUESDAY


@pytest.mark.parametrize("double", [False, True])
def test_what_differed_is_kept_however_long_ago_it_was_compared(
    labelled: Labelled, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch, double: bool
) -> None:
    shipment = labelled()
    if double:
        emulator.another_like(shipment.tracking_pin)
    reconciled()
    Comparison.objects.update(asked_at=timezone.now() - reconciling.KEPT - timedelta(days=1))
    monkeypatch.setattr(reconciling, "is_night", lambda: True)
    monkeypatch.setattr(reconciling, "reconcile", lambda **_: Reconciled(0, complete=True))
    reconcile_at_night()
    assert Comparison.objects.exists() == double


def test_lists_that_cannot_be_compared_keep_no_other(labelled: Labelled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop_time, "NIGHT", range(24))
    monkeypatch.setattr(reconciling, "AT_A_TIME", 2)
    api = labelled(TUESDAY).api
    for day in ("2026-11-21", "2026-11-22"):
        held = Comparison.objects.create(what=Compared.GROUP, name=f"{PREFIX}-{day}", api=api)
        held.keep([Difference("7", Differs.UNKNOWN)])
        ManifestGroup.objects.create(manifest=Manifest.objects.create(), group=held.name, open_group=held.name)
    for _ in range(20):
        reconcile_at_night()
    assert Comparison.objects.exclude(asked_at=None).get().name == TUESDAY


@pytest.mark.usefixtures("api")
def test_what_is_left_out_night_after_night_is_told(monkeypatch: pytest.MonkeyPatch, emulator: EmulatorServer) -> None:
    monkeypatch.setattr(shop_time, "NIGHT", range(24))
    assert not some_are_left()
    reconcile_at_night()
    emulator.faults.add("groups", "503", count=20)
    told = []
    for hours in (24, 35, 37):
        with time_machine.travel(timezone.now() + timedelta(hours=hours)):
            reconcile_at_night()
            told.append(some_are_left())
    assert told == [False, False, True]
    emulator.faults.clear()
    reconcile_at_night()
    assert not some_are_left()


def test_that_nothing_was_ever_compared_is_told(monkeypatch: pytest.MonkeyPatch, emulator: EmulatorServer) -> None:
    monkeypatch.setattr(shop_time, "NIGHT", range(24))
    emulator.faults.add("groups", "503", count=20)
    assert reconcile_at_night() == 0
    assert some_are_left()


def test_a_shop_that_makes_nothing_yet_compares_nothing(monkeypatch: pytest.MonkeyPatch, change_settings: Any) -> None:
    monkeypatch.setattr(shop_time, "NIGHT", range(24))
    change_settings(CANADA_POST={"BASE_URL": "https://api.canadapost-postescanada.ca", "LIVE": False})
    assert reconcile_at_night() == 0
    assert not some_are_left()


def test_nothing_of_ours_is_voided_as_a_stranger(labelled: Labelled, emulator: EmulatorServer) -> None:
    shipment = labelled()
    one = Comparison.objects.create(what=Compared.GROUP, name=MONDAY, api=shipment.api)
    difference = Difference(shipment.shipment_id, Differs.TWICE)
    with pytest.raises(MoveRefused):
        cure(one, difference, Cure.TAKE_BACK)
    with pytest.raises(MoveRefused):
        cure(one, difference, Cure.ADOPT)
    assert at_the_carrier(emulator, shipment) == "created"


@pytest.mark.parametrize("api", ["portal", "webservices"])
def test_without_a_contract_a_day_is_compared_and_a_stranger_is_refunded(
    due: Due, emulator: EmulatorServer, change_settings: Any, api: str
) -> None:
    change_settings(CANADA_POST={"API": api, "WITHOUT_CONTRACT": True}, REFUND_EMAIL="shop@example.com")
    shipment = due(api=f"{api} by card")
    handed_off(shipment)
    assert shipment.transmitted_at is not None
    stranger = emulator.another_like(shipment.tracking_pin, "S-1")
    reconciled()
    assert found() == {stranger.shipment_id: Differs.UNKNOWN}
    assert Comparison.objects.order_by("theirs").values_list("theirs", "ours").last() == (2, 1)
    assert cured(stranger.shipment_id, Cure.TAKE_BACK) == Cured.REFUND_ASKED
    assert found() == {}
    # The list of that day tells of it as before.
    reconciled()
    assert found() == {}
    others = {emulator.another_like(shipment.tracking_pin, f"S-{number}").shipment_id for number in (2, 3)}
    reconciled()
    assert set(found()) == others
    assert leave_all(found()) == 2
    reconciled()
    assert found() == {}


def test_every_kind_of_difference_has_a_cure() -> None:
    assert set(CURES) == {*Differs.values, ""}
