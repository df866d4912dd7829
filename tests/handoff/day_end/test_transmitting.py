"""The day's end: what waits, what goes and what stays, in which groups and in which mode."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation

from deliver_to_po.core.choices import Change, Compared, ManifestState, Reason, ShipmentState
from deliver_to_po.core.conf import APIS
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.errors import TransmissionRefused
from deliver_to_po.handoff.day_end import transmitting
from deliver_to_po.handoff.day_end.manifests import MANIFESTS
from deliver_to_po.handoff.day_end.transmitting import (
    carry_on,
    chosen_groups,
    transmit,
    waiting_groups,
    waiting_with_label,
)
from deliver_to_po.models import Comparison, Delivery, Manifest, Shipment
from deliver_to_po.models.moves import move_shipment
from deliver_to_po.outbox.claiming import claim
from tests.factories import make_shipment
from tests.handoff.conftest import Due
from tests.handoff.day_end.carrier import (
    FOREIGN,
    MONDAY,
    TUESDAY,
    Labelled,
    at_the_carrier,
    claimed,
    either_api,
    void_elsewhere,
)
from tests.rounds import now

pytestmark = pytest.mark.django_db


@either_api
def test_two_groups_go_in_one_transmission_and_their_manifest_is_kept(
    labelled: Labelled, emulator: EmulatorServer, admin_user: Any
) -> None:
    first, second = labelled(MONDAY), labelled(TUESDAY)
    # The shop has moved since.
    Shipment.objects.filter(pk=first.pk).update(sender={**first.sender, "company": "Old Shop"})
    [manifest] = transmit(user=admin_user)
    assert (manifest.state, manifest.user, manifest.parcels) == (ManifestState.FETCHED, admin_user, 2)
    assert manifest.sender == second.sender
    assert manifest.weight_kg == Decimal("2.5")
    assert [group.group for group in manifest.groups.all()] == [MONDAY, TUESDAY]
    [held] = emulator.manifests
    assert manifest.carrier_ids == [held.manifest_id]
    assert manifest.number == held.po_number
    paper = Comparison.objects.get(what=Compared.MANIFEST)
    assert (paper.name, paper.theirs, paper.ours, paper.differing) == (held.manifest_id, 2, 2, 0)
    assert manifest.document.read().startswith(b"%PDF")
    for shipment in (now(first), now(second)):
        assert shipment.transmitted_at is not None
        assert shipment.manifest == manifest
        assert shipment.state == ShipmentState.LABELLED
        assert at_the_carrier(emulator, shipment) == "transmitted"
        [line] = shipment.delivery.history.filter(change=Change.TRANSMIT)
        assert (line.user, line.shipment) == (admin_user, shipment)
    # What is transmitted is not transmitted again.
    assert (transmit(), len(emulator.manifests)) == ([], 1)


@pytest.mark.parametrize(("limit", "most"), [("GROUPS_AT_MOST", 1), ("PARCELS_AT_MOST", 2)])
def test_no_transmission_holds_more_than_canada_post_recommends(
    labelled: Labelled, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    parcels = [labelled(group) for group in (MONDAY, MONDAY, TUESDAY)]
    monkeypatch.setattr(transmitting, limit, most)
    assert [[group.group for group in manifest.groups.all()] for manifest in transmit()] == [[MONDAY], [TUESDAY]]
    assert all(now(parcel).transmitted_at for parcel in parcels)


@either_api
def test_each_of_two_warehouses_has_a_transmission_of_its_own(labelled: Labelled, emulator: EmulatorServer) -> None:
    here, there = labelled(), from_far_off(labelled())
    transmit()
    for shipment, postal_code in ((now(here), here.sender["postal_code"]), (now(there), "V5K0A1")):
        assert at_the_carrier(emulator, shipment) == "transmitted"
        manifest = shipment.manifest
        assert manifest is not None
        assert (manifest.state, manifest.parcels) == (ManifestState.FETCHED, 1)
        assert manifest.sender["postal_code"] == postal_code
        assert not manifest.differs


def test_what_another_api_has_made_in_a_group_of_the_same_name_has_a_transmission_of_its_own(
    labelled: Labelled,
) -> None:
    parcels = [labelled().pk, labelled().pk]
    for pk, name in zip(parcels, APIS, strict=True):
        Shipment.objects.filter(pk=pk).update(api=name)
    for manifest in transmit():
        assert [row.api for row in manifest.shipments.all()] == [manifest.api]


@either_api
def test_a_warehouse_whose_answer_got_lost_keeps_no_other_waiting(
    labelled: Labelled, emulator: EmulatorServer, change_settings: Any
) -> None:
    here, there = labelled(), from_far_off(labelled())
    change_settings(HANDOFF={"LOOK_UP_AFTER_SECONDS": (600.0,)})
    emulator.faults.add("transmit", "500", after=True)
    first, second = transmit()
    assert (first.state, second.state) == (ManifestState.UNKNOWN, ManifestState.FETCHED)
    assert (now(here).manifest, now(there).manifest) == (first, second)
    assert now(there).transmitted_at is not None
    [group] = [one for one in waiting_groups() if one.name == MONDAY]
    assert (group.under_way, group.can_be_transmitted) == (True, False)


def from_far_off(shipment: Shipment) -> Shipment:
    """Let a shipment leave from another warehouse."""
    shipment.sender = {**shipment.sender, "city": "Vancouver", "province": "BC", "postal_code": "V5K0A1"}
    shipment.save(update_fields=["sender"])
    return shipment


def test_what_was_in_the_post_untransmitted_goes_though_it_was_shipped_again(
    labelled: Labelled, emulator: EmulatorServer, change_settings: Any
) -> None:
    change_settings(RELEASE="by_merchant")
    came_back = labelled()
    move_shipment(came_back, "ship_again", change_asked_at=timezone.now())
    transmit()
    assert now(came_back).transmitted_at is not None
    assert at_the_carrier(emulator, came_back) == "transmitted"


def test_the_preview_changes_nothing(labelled: Labelled, due: Due, emulator: EmulatorServer, api: str) -> None:
    labelled(MONDAY)
    labelled(MONDAY, weight_kg=Decimal("0.5"))
    due(group=MONDAY, api=api)
    labelled(TUESDAY)
    [monday, tuesday] = [group for group in waiting_groups() if group.own]
    assert (monday.name, monday.ready, monday.weight_kg, monday.not_ready) == (MONDAY, 2, Decimal("1.75"), 1)
    assert (tuesday.name, tuesday.ready, tuesday.not_ready) == (TUESDAY, 1, 0)
    assert (monday.kept_back, tuesday.kept_back) == (0, 0)
    assert monday.first_day == monday.last_day == timezone.localdate()
    assert emulator.manifests == []
    assert not Manifest.objects.exists()


def test_only_the_groups_that_are_named_go(labelled: Labelled, emulator: EmulatorServer) -> None:
    stays, goes = labelled(MONDAY), labelled(TUESDAY)
    transmit([TUESDAY])
    assert (at_the_carrier(emulator, stays), at_the_carrier(emulator, goes)) == ("created", "transmitted")


@either_api
def test_what_is_excluded_stays_and_goes_another_day(labelled: Labelled, emulator: EmulatorServer) -> None:
    stays, goes = labelled(), labelled()
    transmit(exclude=[f" {stays.tracking_pin} "])
    assert (at_the_carrier(emulator, stays), at_the_carrier(emulator, goes)) == ("created", "transmitted")
    assert now(stays).manifest is None
    transmit()
    assert at_the_carrier(emulator, stays) == "transmitted"


def test_what_has_no_label_yet_stays(labelled: Labelled, emulator: EmulatorServer) -> None:
    made, goes = labelled(), labelled()
    Shipment.objects.filter(pk=made.pk).update(state=ShipmentState.MADE, label="")
    assert list(waiting_with_label().filter(pk__in=[made.pk, goes.pk])) == [goes]
    transmit()
    assert (at_the_carrier(emulator, made), at_the_carrier(emulator, goes)) == ("created", "transmitted")
    assert now(made).transmitted_at is None


@either_api
def test_what_the_carrier_does_not_hold_keeps_no_other_back(labelled: Labelled, emulator: EmulatorServer) -> None:
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
    [shown] = [group for group in waiting_groups() if group.name == FOREIGN]
    assert not shown.own
    transmit()
    assert (at_the_carrier(emulator, foreign), at_the_carrier(emulator, own)) == ("created", "transmitted")
    with pytest.raises(TransmissionRefused, match=FOREIGN):
        transmit([FOREIGN])


def test_a_group_of_a_system_that_is_gone_or_another_by_now_is_shown_and_never_transmitted(
    labelled: Labelled, change_settings: Any
) -> None:
    Shipment.objects.filter(pk=labelled(TUESDAY).pk).update(system="gone")
    labelled(MONDAY)
    change_settings(SHIPPING_SYSTEMS={"default": {"BACKEND": "deliver_to_po.shipping.manual.Manual", "OPTIONS": {}}})
    shown = {group.system: (group.own, group.ready) for group in waiting_groups()}
    assert shown == dict.fromkeys(("default", "gone"), (False, 1))
    assert transmit() == []


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
    labelled: Labelled, emulator: EmulatorServer, language: str, words: str, named: dict[str, Any]
) -> None:
    labelled()
    [[number]] = named.values()
    with translation.override(language), pytest.raises(TransmissionRefused) as caught:
        transmit(**named)
    assert number in str(caught.value)
    assert words in str(caught.value)
    assert emulator.manifests == []
    assert not Manifest.objects.exists()


def test_a_column_of_other_numbers_pasted_by_mistake_is_refused_at_once_and_named_in_part(
    labelled: Labelled, django_assert_max_num_queries: Any
) -> None:
    stays = labelled()
    numbers = [str(number) for number in range(1000, 3000)]
    with django_assert_max_num_queries(12), pytest.raises(TransmissionRefused) as refused:
        transmit(exclude=[*numbers, stays.tracking_pin])
    assert str(refused.value).endswith(f"{', '.join(numbers[:20])} ….")
    assert now(stays).transmitted_at is None


# What is under way


def test_nothing_is_voided_once_it_is_claimed_or_transmitted(labelled: Labelled) -> None:
    shipment, bystander = labelled(), labelled(TUESDAY)
    claimed(MONDAY)
    assert not move_shipment(shipment, "void")
    transmit([TUESDAY])
    assert not move_shipment(now(bystander), "void")


def test_a_group_is_locked_while_it_is_transmitted(labelled: Labelled) -> None:
    labelled()
    claimed(MONDAY)
    labelled()
    [shown] = [group for group in waiting_groups() if group.name == MONDAY]
    assert (shown.under_way, shown.can_be_transmitted) == (True, False)
    assert chosen_groups(None) == chosen_groups([MONDAY]) == []
    assert transmit() == transmit([MONDAY]) == []


def test_a_worker_under_lease_is_left_alone(labelled: Labelled, emulator: EmulatorServer) -> None:
    labelled()
    manifest = claimed(MONDAY)
    assert claim(MANIFESTS, manifest.pk) is not None
    carry_on(manifest)
    assert (manifest.state, emulator.manifests) == (ManifestState.CLAIMED, [])


def test_the_first_day_of_a_group_is_of_the_zone_that_the_shop_names(late_in_vancouver: date) -> None:
    make_shipment(state=ShipmentState.LABELLED, made_at=timezone.now(), group=MONDAY)
    assert [group.first_day for group in waiting_groups() if group.name == MONDAY] == [late_in_vancouver]
