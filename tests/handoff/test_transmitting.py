"""The day's end over either API: only the shop's own groups, nothing twice, whatever breaks in between."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest
import time_machine
from django.db.models import Model
from django.utils import timezone, translation

from deliver_to_po.choices import Change, DeliveryState, ManifestState, Reason, ShipmentState
from deliver_to_po.conf import APIS
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import TransmissionRefused
from deliver_to_po.handoff import manifests
from deliver_to_po.handoff.cancelling import Cancelled, cancel
from deliver_to_po.handoff.changing import Changed, correct_recipient
from deliver_to_po.handoff.files import write_file
from deliver_to_po.handoff.manifests import MANIFESTS, look_again
from deliver_to_po.handoff.queue import hand_off
from deliver_to_po.handoff.transmitting import carry_on, preview, transmit
from deliver_to_po.models import Delivery, Manifest, Shipment
from deliver_to_po.models.manifest_moves import claim_shipments
from deliver_to_po.models.moves import move_shipment
from deliver_to_po.models.shipment import label_storage
from deliver_to_po.outbox.claiming import claim
from deliver_to_po.shipping import Transmission, Transmitted
from deliver_to_po.shipping.canadapost import CanadaPostShipping
from tests.rounds import hand_off_due

pytestmark = pytest.mark.django_db

PREFIX = "main-street"
MONDAY, TUESDAY = f"{PREFIX}-2026-11-23", f"{PREFIX}-2026-11-24"
FOREIGN = "other-shop-2026-11-24"
Due = Callable[..., Shipment]
Labelled = Callable[..., Shipment]
Row = TypeVar("Row", bound=Model)


@pytest.fixture(params=APIS, autouse=True)
def api(request: pytest.FixtureRequest, emulator: EmulatorServer, change_settings: Any) -> str:
    """Let the app speak one API after the other, with groups of its own; bystanders have labels in another's."""
    change_settings(
        CANADA_POST={"API": request.param, "GROUP_PREFIX": PREFIX},
        HANDOFF={"LOOK_UP_AFTER_SECONDS": (0.0, 0.0), "LABEL_AFTER_SECONDS": (0.0,), "RETRY_AFTER_SECONDS": (0.0,)},
    )
    return str(request.param)


@pytest.fixture
def labelled(due: Due, api: str) -> Labelled:
    """Return a function that makes a shipment at the emulator, with its label."""

    def make(group: str = MONDAY, **fields: Any) -> Shipment:
        shipment = due(api=api, group=group, **fields)
        hand_off(shipment.pk, now=True)
        shipment.refresh_from_db()
        assert shipment.state == ShipmentState.LABELLED, shipment.reason
        return shipment

    return make


def now(row: Row) -> Row:
    row.refresh_from_db()
    return row


def settle(manifest: Manifest, rounds: int = 6) -> Manifest:
    """Let the outbox do whatever is due."""
    for _ in range(rounds):
        if not hand_off_due():
            break
    return now(manifest)


def at_the_carrier(emulator: EmulatorServer, shipment: Shipment) -> str:
    [found] = [one for one in emulator.shipments if one.shipment_id == shipment.shipment_id]
    return str(found.status)


def void_elsewhere(emulator: EmulatorServer, shipment: Shipment) -> None:
    [held] = [one for one in emulator.shipments if one.shipment_id == shipment.shipment_id]
    emulator.state.void_shipment(held.number)


# The ordinary day


def test_two_groups_go_in_one_transmission_and_their_manifest_is_kept(
    labelled: Labelled, emulator: EmulatorServer, admin_user: Any
) -> None:
    first, second = labelled(MONDAY), labelled(TUESDAY)
    [manifest] = transmit(user=admin_user)
    assert (manifest.state, manifest.user, manifest.parcels) == (ManifestState.FETCHED, admin_user, 2)
    assert manifest.weight_kg == Decimal("2.5")
    assert [group.group for group in manifest.groups.all()] == [MONDAY, TUESDAY]
    [held] = emulator.manifests
    assert manifest.carrier_ids == [held.manifest_id]
    assert manifest.number == held.po_number
    assert manifest.document.read().startswith(b"%PDF")
    for shipment in (now(first), now(second)):
        assert shipment.transmitted_at is not None
        assert shipment.manifest == manifest
        assert shipment.state == ShipmentState.LABELLED
        assert at_the_carrier(emulator, shipment) == "transmitted"
        [line] = shipment.delivery.history.filter(change=Change.TRANSMIT)
        assert (line.user, line.shipment) == (admin_user, shipment)


def test_what_is_transmitted_is_not_transmitted_again(labelled: Labelled, emulator: EmulatorServer) -> None:
    labelled()
    transmit()
    assert transmit() == []
    assert len(emulator.manifests) == 1


def test_the_preview_says_what_waits_and_changes_nothing(
    labelled: Labelled, due: Due, emulator: EmulatorServer
) -> None:
    labelled(MONDAY)
    labelled(MONDAY, weight_kg=Decimal("0.5"))
    due(group=MONDAY, api=Shipment.objects.latest("pk").api)
    labelled(TUESDAY)
    [monday, tuesday] = [group for group in preview() if group.own]
    assert (monday.name, monday.ready, monday.weight_kg, monday.not_ready) == (MONDAY, 2, Decimal("1.75"), 1)
    assert (tuesday.name, tuesday.ready, tuesday.not_ready) == (TUESDAY, 1, 0)
    assert monday.first_day == monday.last_day == timezone.localdate()
    assert emulator.manifests == []
    assert not Manifest.objects.exists()


def test_only_the_groups_that_are_named_go(labelled: Labelled, emulator: EmulatorServer) -> None:
    stays, goes = labelled(MONDAY), labelled(TUESDAY)
    transmit([TUESDAY])
    assert (at_the_carrier(emulator, stays), at_the_carrier(emulator, goes)) == ("created", "transmitted")


def test_what_is_excluded_stays_and_goes_another_day(labelled: Labelled, emulator: EmulatorServer) -> None:
    stays, goes = labelled(), labelled()
    transmit(exclude=[f" {stays.tracking_pin} "])
    assert (at_the_carrier(emulator, stays), at_the_carrier(emulator, goes)) == ("created", "transmitted")
    assert now(stays).manifest is None
    transmit()
    assert at_the_carrier(emulator, stays) == "transmitted"


def test_what_has_no_label_yet_stays(labelled: Labelled, due: Due, emulator: EmulatorServer, api: str) -> None:
    emulator.configure(label_waits=100)
    made = due(api=api, group=MONDAY)
    hand_off(made.pk, now=True)
    assert now(made).state == ShipmentState.MADE
    emulator.configure(label_waits=0)
    goes = labelled()
    transmit()
    assert (at_the_carrier(emulator, made), at_the_carrier(emulator, goes)) == ("created", "transmitted")
    assert now(made).transmitted_at is None


def test_what_the_carrier_does_not_hold_keeps_no_other_parcel_from_going(
    labelled: Labelled, emulator: EmulatorServer
) -> None:
    gone, stays, goes = labelled(), labelled(), labelled()
    # A person looks at both, so neither is transmitted; what was voided cannot be excluded either (code 9119).
    void_elsewhere(emulator, gone)
    Shipment.objects.filter(pk__in=[gone.pk, stays.pk]).update(state=ShipmentState.ATTENTION, reason=Reason.NOT_HELD)
    [manifest] = transmit()
    assert (manifest.state, manifest.parcels) == (ManifestState.FETCHED, 1)
    assert (at_the_carrier(emulator, stays), at_the_carrier(emulator, goes)) == ("created", "transmitted")
    assert (now(gone).transmitted_at, now(stays).transmitted_at) == (None, None)


# Whose, and which mode


def test_a_foreign_group_is_shown_and_never_transmitted(labelled: Labelled, emulator: EmulatorServer) -> None:
    foreign, own = labelled(FOREIGN), labelled()
    [shown] = [group for group in preview() if group.name == FOREIGN]
    assert not shown.own
    transmit()
    assert (at_the_carrier(emulator, foreign), at_the_carrier(emulator, own)) == ("created", "transmitted")
    with pytest.raises(TransmissionRefused, match=FOREIGN):
        transmit([FOREIGN])


def test_live_and_test_are_never_mixed(labelled: Labelled, emulator: EmulatorServer) -> None:
    test, real = labelled(), labelled()
    Delivery.objects.filter(pk=real.delivery_id).update(live=True)
    [manifest] = transmit()
    assert not manifest.live
    assert (at_the_carrier(emulator, test), at_the_carrier(emulator, real)) == ("transmitted", "created")


def test_real_parcels_are_transmitted_while_live_is_on(labelled: Labelled, live_emulator: EmulatorServer) -> None:
    real = labelled(delivery={"live": True})
    [manifest] = transmit()
    assert (manifest.live, manifest.state) == (True, ManifestState.FETCHED)
    assert at_the_carrier(live_emulator, real) == "transmitted"


# Bad input


@pytest.mark.parametrize(("language", "words"), [("en", "No parcel"), ("fr", "Aucun colis")])
@pytest.mark.parametrize("named", [{"groups": ["no-such"]}, {"exclude": ["7023210039414604"]}])
def test_what_does_not_wait_is_refused_by_name_and_nothing_is_done(
    labelled: Labelled, emulator: EmulatorServer, language: str, words: str, named: dict[str, list[str]]
) -> None:
    labelled()
    [[number]] = named.values()
    with translation.override(language), pytest.raises(TransmissionRefused) as caught:
        transmit(**named)
    assert number in str(caught.value)
    assert words in str(caught.value)
    assert emulator.manifests == []
    assert not Manifest.objects.exists()


# Void


def test_nothing_is_voided_once_it_is_claimed_or_transmitted(labelled: Labelled) -> None:
    shipment, bystander = labelled(), labelled(TUESDAY)
    claimed(MONDAY)
    assert not move_shipment(shipment, "void")
    transmit([TUESDAY])
    assert not move_shipment(now(bystander), "void")


def claimed(*groups: str) -> Manifest:
    """Return the manifest of a worker that died right after its claim."""
    newest = Shipment.objects.filter(group__in=groups).latest("pk")
    manifest = claim_shipments(
        Shipment.objects.all(),
        system="default",
        groups=groups,
        api=newest.api,
        sender=newest.sender,
        due_at=timezone.now(),
    )
    assert manifest is not None
    return manifest


# What breaks in between


def test_a_kill_between_claim_and_call_is_made_good_by_the_outbox(labelled: Labelled, emulator: EmulatorServer) -> None:
    shipment = labelled()
    manifest = claimed(MONDAY)
    assert transmit() == []
    assert settle(manifest).state == ManifestState.FETCHED
    assert len(emulator.manifests) == 1
    assert now(shipment).manifest == manifest


def test_a_kill_between_call_and_answer_is_looked_up_and_nothing_is_asked_again(
    labelled: Labelled, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipment = labelled()

    class Killed(BaseException):
        """Ends the worker at once."""

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    monkeypatch.setattr(manifests, "_keep_transmitted", die)
    with pytest.raises(Killed):
        transmit()
    monkeypatch.undo()
    [manifest] = Manifest.objects.all()
    assert manifest.state == ManifestState.ASKED
    assert manifest.due_at is not None
    assert manifest.due_at > timezone.now()
    with time_machine.travel(manifest.due_at + timedelta(seconds=1)):
        settle(manifest)
    assert manifest.state == ManifestState.FETCHED
    assert manifest.carrier_ids == [emulator.manifests[0].manifest_id]
    assert emulator.calls["transmit"] == 1
    assert now(shipment).transmitted_at is not None


def test_after_a_kill_what_no_manifest_holds_goes_back_to_be_transmitted(
    labelled: Labelled, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, held_back, unwanted, gone = labelled(weight_kg=1), labelled(), labelled(TUESDAY), labelled()
    away = [held_back.shipment_id, unwanted.shipment_id, gone.shipment_id]

    class Killed(BaseException):
        """Ends the worker at once."""

    def some_then_die(self: CanadaPostShipping, request: Transmission) -> None:
        assert isinstance(transmit_at_carrier(self, replace(request, excluded=tuple(away))), Transmitted)
        raise Killed

    transmit_at_carrier = CanadaPostShipping.transmit
    monkeypatch.setattr(CanadaPostShipping, "transmit", some_then_die)
    with pytest.raises(Killed):
        transmit()
    monkeypatch.undo()
    void_elsewhere(emulator, gone)
    assert cancel(unwanted.delivery.order) == Cancelled.ASKED
    manifest = Manifest.objects.get()
    assert (manifest.parcels, manifest.due_at is None) == (4, False)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        settle(manifest)
    assert (manifest.state, manifest.parcels, manifest.weight_kg) == (ManifestState.FETCHED, 2, Decimal("2.25"))
    assert {now(first).manifest, now(gone).manifest} == {manifest}
    assert (now(held_back).manifest, held_back.transmitted_at) == (None, None)
    # What was wanted meanwhile is done to what was not transmitted after all.
    assert now(unwanted).state == ShipmentState.VOIDED
    assert now(unwanted.delivery).state == DeliveryState.CANCELLED
    assert [group.ready for group in preview() if group.own] == [1]
    [rest] = transmit()
    assert (rest.state, now(held_back).manifest, rest.parcels) == (ManifestState.FETCHED, rest, 1)
    assert [at_the_carrier(emulator, row) for row in (first, held_back)] == ["transmitted"] * 2
    assert [len(held.body["groupIds"]) for held in emulator.manifests] == [2, 1]


@pytest.mark.parametrize("fault", ["500", "garbage", "reset", "truncate", "html"])
def test_an_answer_that_got_lost_is_looked_up_and_the_manifest_found(
    labelled: Labelled, emulator: EmulatorServer, fault: str
) -> None:
    shipment, left = labelled(), labelled()
    emulator.faults.add("transmit", fault, after=True)
    [manifest] = transmit(exclude=[left.tracking_pin])
    settle(manifest)
    assert manifest.state == ManifestState.FETCHED
    [held] = emulator.manifests
    assert manifest.carrier_ids == [held.manifest_id]
    assert emulator.calls["transmit"] == 1
    assert now(shipment).manifest == manifest
    assert now(left).transmitted_at is None


@pytest.mark.parametrize("fault", ["500", "reset"])
def test_what_was_not_transmitted_is_asked_again_once_that_is_known(
    labelled: Labelled, emulator: EmulatorServer, fault: str
) -> None:
    labelled()
    emulator.faults.add("transmit", fault)
    [manifest] = transmit()
    settle(manifest)
    assert (manifest.state, manifest.requests) == (ManifestState.FETCHED, 2)
    assert len(emulator.manifests) == 1


@pytest.mark.parametrize("operation", ["groups", "shipment_details", "find_manifests", "get_manifest"])
def test_a_look_up_that_fails_is_done_again(labelled: Labelled, emulator: EmulatorServer, operation: str) -> None:
    labelled()
    emulator.faults.add("transmit", "500", after=True)
    for _ in range(6):
        emulator.faults.add(operation, "500")
    [manifest] = transmit()
    emulator.faults.clear()
    assert settle(manifest).state == ManifestState.FETCHED
    assert len(emulator.manifests) == 1


def test_what_the_system_throttles_is_asked_later(labelled: Labelled, emulator: EmulatorServer) -> None:
    labelled()
    emulator.faults.add("transmit", "429")
    [manifest] = transmit()
    assert (manifest.state, manifest.reason, manifest.requests) == (ManifestState.CLAIMED, Reason.THROTTLED, 0)
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        assert settle(manifest).state == ManifestState.FETCHED


def test_what_was_transmitted_elsewhere_is_found_with_its_manifest(
    labelled: Labelled, emulator: EmulatorServer
) -> None:
    shipment = labelled()
    transmit()
    Shipment.objects.filter(pk=shipment.pk).update(manifest=None, transmitted_at=None)
    [manifest] = transmit()
    assert settle(manifest).state == ManifestState.FETCHED
    assert manifest.carrier_ids == [emulator.manifests[0].manifest_id]
    assert now(shipment).manifest == manifest


def test_a_refusal_frees_the_parcels_and_says_why(labelled: Labelled, emulator: EmulatorServer) -> None:
    shipment = labelled()
    void_elsewhere(emulator, shipment)
    [manifest] = transmit()
    settle(manifest)
    assert (manifest.state, manifest.reason) == (ManifestState.REFUSED, Reason.TRANSMIT_REFUSED)
    assert manifest.reason_text
    assert now(shipment).manifest is None
    assert manifest.groups.get().open_group is None


def test_credentials_that_are_refused_free_the_parcels_at_once(
    labelled: Labelled, emulator: EmulatorServer, change_settings: Any
) -> None:
    shipment = labelled()
    change_settings(CANADA_POST={"CLIENT_SECRET": "wrong", "PASSWORD": "wrong"})
    [manifest] = transmit()
    assert (manifest.state, manifest.reason) == (ManifestState.REFUSED, Reason.CREDENTIALS)
    assert now(shipment).manifest is None


# What is wanted meanwhile


@pytest.mark.parametrize("refused", [False, True], ids=["transmitted", "refused"])
def test_what_was_wanted_while_it_was_transmitted_is_done_afterwards(
    labelled: Labelled, emulator: EmulatorServer, change_settings: Any, refused: bool
) -> None:
    change_settings(REFUND_EMAIL="refunds@shop.example")
    cancelled, corrected, stays = labelled(), labelled(), labelled()
    manifest = claimed(MONDAY)
    assert cancel(cancelled.delivery.order) == Cancelled.ASKED
    other = replace(corrected.recipient, name="Zoë Correct")
    assert correct_recipient(corrected.delivery, other) == Changed.KEPT_UNTIL_ANSWER
    if refused:
        change_settings(CANADA_POST={"CLIENT_SECRET": "wrong", "PASSWORD": "wrong"})
        carry_on(manifest)
        secret = emulator.config.client_secret
        change_settings(CANADA_POST={"CLIENT_SECRET": secret, "PASSWORD": secret})
    settle(manifest, rounds=12)
    taken_back = ShipmentState.VOIDED if refused else ShipmentState.REFUND_ASKED
    rows = Shipment.objects.filter(delivery__in=[row.delivery_id for row in (cancelled, corrected, stays)])
    assert [(row.delivery_id, row.state) for row in rows.order_by("pk")] == [
        (cancelled.delivery_id, taken_back),
        (corrected.delivery_id, taken_back),
        (stays.delivery_id, ShipmentState.LABELLED),
        *([(corrected.delivery_id, ShipmentState.LABELLED)] if refused else []),
    ]
    assert now(cancelled.delivery).state == DeliveryState.CANCELLED
    assert now(corrected.delivery).state == DeliveryState.RELEASED
    assert {at_the_carrier(emulator, row) for row in rows} == {"created" if refused else "transmitted"}


# The paper


def test_a_manifest_that_is_still_being_made_is_fetched_by_the_outbox(
    labelled: Labelled, emulator: EmulatorServer
) -> None:
    labelled()
    emulator.configure(manifest_waits=8)
    [manifest] = transmit()
    assert (manifest.state, manifest.reason) == (ManifestState.TRANSMITTED, Reason.MANIFEST_NOT_READY)
    assert settle(manifest, rounds=20).state == ManifestState.FETCHED


def test_while_its_shipping_system_is_not_set_up_a_manifest_waits_and_says_so(
    labelled: Labelled, emulator: EmulatorServer
) -> None:
    labelled()
    emulator.configure(manifest_waits=8)
    [manifest] = transmit()
    Manifest.objects.filter(pk=manifest.pk).update(system="gone", due_at=timezone.now())
    carry_on(manifest)
    assert (manifest.state, manifest.reason) == (ManifestState.TRANSMITTED, Reason.NOT_CONFIGURED)
    assert manifest.due_at is not None
    Manifest.objects.filter(pk=manifest.pk).update(system="default", due_at=timezone.now())
    assert settle(manifest, rounds=20).state == ManifestState.FETCHED


def test_a_manifest_that_never_comes_is_left_to_a_person_who_may_look_again(
    labelled: Labelled, emulator: EmulatorServer, change_settings: Any
) -> None:
    shipment = labelled()
    emulator.configure(manifest_waits=1000)
    change_settings(HANDOFF={"GIVE_UP_AFTER": timedelta(hours=1)})
    [manifest] = transmit()
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        settle(manifest, rounds=2)
        assert (manifest.state, manifest.reason) == (ManifestState.ATTENTION, Reason.MANIFEST_MISSING)
        assert manifest.due_at is None
        assert now(shipment).transmitted_at is not None
        emulator.configure(manifest_waits=0)
        assert look_again(manifest)
        assert manifest.reason == Reason.MANIFEST_NOT_READY
        carry_on(manifest)
        assert manifest.state == ManifestState.FETCHED
        assert not look_again(manifest)


def test_something_that_is_no_pdf_is_never_kept(
    labelled: Labelled, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled()
    monkeypatch.setattr("deliver_to_po.emulator.specimens.manifest", lambda *_: b"%PDF-1.4 nothing %%EOF")
    [manifest] = transmit()
    assert (manifest.state, manifest.reason) == (ManifestState.TRANSMITTED, Reason.MANIFEST_UNREADABLE)
    assert not manifest.document
    monkeypatch.undo()
    assert settle(manifest).state == ManifestState.FETCHED


def test_a_kill_while_the_file_is_written_leaves_one_file(
    labelled: Labelled, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled()
    written: list[str] = []

    class Killed(BaseException):
        """Ends the worker at once."""

    def write_and_die(*arguments: Any) -> str:
        written.append(write_file(*arguments))
        raise Killed

    monkeypatch.setattr(manifests, "write_file", write_and_die)
    with pytest.raises(Killed):
        transmit()
    monkeypatch.undo()
    [manifest] = Manifest.objects.all()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        settle(manifest)
    assert manifest.state == ManifestState.FETCHED
    assert [label_storage().exists(name) for name in (*written, str(manifest.document.name))] == [False, True]


@pytest.mark.parametrize("at", ["label_name", "write_file", "move"])
def test_a_worker_that_stalls_past_its_lease_costs_no_manifest(
    labelled: Labelled, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    labelled()
    stalls, written = [True], list[str]()

    def keep_name(*arguments: Any) -> str:
        written.append(write_file(*arguments))
        return written[-1]

    def stall(*arguments: Any, **fields: Any) -> Any:
        [manifest] = Manifest.objects.all()
        if stalls and manifest.state == ManifestState.TRANSMITTED:
            stalls.clear()
            with time_machine.travel(timezone.now() + timedelta(hours=1)):
                assert settle(manifest).state == ManifestState.FETCHED
        return goes_on(*arguments, **fields)

    monkeypatch.setattr(manifests, "write_file", keep_name)
    goes_on = getattr(manifests, at)
    monkeypatch.setattr(manifests, at, stall)
    transmit()
    assert stalls == []
    [manifest] = Manifest.objects.all()
    assert manifest.state == ManifestState.FETCHED
    assert [name for name in written if label_storage().exists(name)] == [manifest.document.name]


def test_what_came_into_the_group_after_the_claim_is_found_in_the_manifest(
    labelled: Labelled, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, late = labelled(), labelled()
    # As if its worker wrote it down only after the call had gone out.
    ask = manifests._request

    def without_the_late_one(manifest: Manifest) -> Any:
        Shipment.objects.filter(pk=late.pk).update(manifest=None)
        request = ask(manifest)
        Shipment.objects.filter(pk=late.pk).update(manifest=None)
        return replace(request, excluded=())

    monkeypatch.setattr(manifests, "_request", without_the_late_one)
    [manifest] = transmit()
    assert at_the_carrier(emulator, late) == "transmitted"
    assert now(late).manifest == manifest
    assert late.transmitted_at is not None
    assert now(first).manifest == manifest


def test_a_group_is_locked_while_it_is_transmitted(labelled: Labelled) -> None:
    labelled()
    claimed(MONDAY)
    labelled()
    [shown] = [group for group in preview() if group.name == MONDAY]
    assert (shown.under_way, shown.can_be_transmitted) == (True, False)
    assert transmit() == transmit([MONDAY]) == []


def test_a_worker_under_lease_is_left_alone(labelled: Labelled, emulator: EmulatorServer) -> None:
    labelled()
    manifest = claimed(MONDAY)
    assert claim(MANIFESTS, manifest.pk) is not None
    carry_on(manifest)
    assert (manifest.state, emulator.manifests) == (ManifestState.CLAIMED, [])


def test_a_column_of_other_numbers_pasted_by_mistake_is_refused_at_once_and_named_in_part(
    labelled: Labelled, django_assert_max_num_queries: Any
) -> None:
    stays = labelled()
    numbers = [str(number) for number in range(1000, 3000)]
    with django_assert_max_num_queries(12), pytest.raises(TransmissionRefused) as refused:
        transmit(exclude=[*numbers, stays.tracking_pin])
    assert str(refused.value).endswith(f"{', '.join(numbers[:20])} ….")
    stays.refresh_from_db()
    assert stays.transmitted_at is None
