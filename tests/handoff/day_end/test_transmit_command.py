"""``d2po_transmit``: what cron sees of the day's end."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.translation import override

from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.day_end.curing import leave_all
from deliver_to_po.handoff.day_end.reconciling import reconcile
from deliver_to_po.models import Delivery, Manifest, Shipment
from tests.handoff.day_end.carrier import MONDAY, TUESDAY, Labelled, at_the_carrier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parcels")]


@pytest.mark.usefixtures("api")
def test_it_is_silent_when_nothing_waits(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("d2po_transmit")
    assert capsys.readouterr().out == ""


def test_it_says_what_went(labelled: Labelled, emulator: EmulatorServer, capsys: pytest.CaptureFixture[str]) -> None:
    labelled()
    labelled()
    call_command("d2po_transmit")
    [held] = emulator.manifests
    assert capsys.readouterr().out == f"{MONDAY}: 2 parcels, manifest ready {held.po_number}\n"


def test_a_dry_run_says_what_would_go_and_stay_and_does_nothing(
    labelled: Labelled, emulator: EmulatorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    unprinted = labelled()
    labelled()
    Shipment.objects.filter(pk=unprinted.pk).update(printed_at=None)
    call_command("d2po_transmit", "--dry-run")
    said = capsys.readouterr().out
    assert f"{MONDAY}: 2 to transmit, 2.5 kg\n" in said
    assert "Would be transmitted: 1. Would stay: 1.\n" in said
    stays = f"stays: {unprinted.delivery.reference}, {unprinted.tracking_pin}. Nobody has printed its label yet.\n"
    assert stays in said
    assert emulator.manifests == []
    call_command("d2po_transmit")
    assert stays in capsys.readouterr().out
    call_command("d2po_transmit", "--unprinted")
    assert (at_the_carrier(emulator, unprinted), len(emulator.manifests)) == ("transmitted", 2)


def test_a_dry_run_counts_no_parcel_that_is_left_to_another_shop(
    labelled: Labelled, emulator: EmulatorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = emulator.another_like(labelled().tracking_pin, "S-1")
    reconcile(since=timezone.now())
    leave_all([foreign.shipment_id])
    call_command("d2po_transmit", "--dry-run")
    assert f"{MONDAY}: Canada Post has 1, we have 1\n" in capsys.readouterr().out


def test_groups_and_exclusions_are_named(labelled: Labelled, emulator: EmulatorServer) -> None:
    other, stays, goes = labelled(TUESDAY), labelled(), labelled()
    call_command("d2po_transmit", "--group", MONDAY, "--exclude", stays.tracking_pin)
    done = {one.shipment_id for one in emulator.shipments if one.transmitted}
    assert done == {goes.shipment_id}
    assert {other.shipment_id, stays.shipment_id}.isdisjoint(done)


@pytest.mark.parametrize("arguments", [("--group", "no-such"), ("--exclude", "7023210039414604")])
def test_what_does_not_wait_ends_with_its_name(labelled: Labelled, arguments: tuple[str, str]) -> None:
    labelled()
    with pytest.raises(CommandError, match=arguments[1]) as caught:
        call_command("d2po_transmit", *arguments)
    assert caught.value.returncode == 1
    assert not Manifest.objects.exists()


def test_an_unknown_outcome_ends_with_2(labelled: Labelled, emulator: EmulatorServer, change_settings: Any) -> None:
    labelled()
    change_settings(HANDOFF={"LOOK_UP_AFTER_SECONDS": (60.0,)})
    emulator.faults.add("transmit", "500")
    with pytest.raises(CommandError) as caught:
        call_command("d2po_transmit")
    assert caught.value.returncode == 2


def test_what_stays_since_nobody_could_be_asked_about_it_ends_with_3(
    labelled: Labelled, emulator: EmulatorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    shipment = labelled()
    Delivery.objects.filter(pk=shipment.delivery_id).update(office_checked_at=timezone.now() - timedelta(days=2))
    emulator.faults.add("find_offices", "503", count=20)
    with pytest.raises(CommandError, match="Run this again") as caught:
        call_command("d2po_transmit")
    assert caught.value.returncode == 3
    assert capsys.readouterr().out.startswith(f"stays: {shipment.delivery.reference}, ")
    assert emulator.manifests == []


def test_a_refusal_ends_with_1(labelled: Labelled, change_settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    labelled()
    change_settings(CANADA_POST={"CLIENT_SECRET": "wrong"})
    with pytest.raises(CommandError) as caught:
        call_command("d2po_transmit")
    assert caught.value.returncode == 1
    assert "refused the shop’s credentials" in capsys.readouterr().out


def test_a_french_shop_reads_all_of_it_in_french(
    labelled: Labelled, emulator: EmulatorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    labelled()
    with override("fr-ca"):
        call_command("d2po_transmit", "--dry-run")
        call_command("d2po_transmit")
    [held] = emulator.manifests
    printed = capsys.readouterr().out.splitlines()
    assert f"{MONDAY}\N{NO-BREAK SPACE}: 1 à transmettre, 1,25\N{NO-BREAK SPACE}kg" in printed
    assert printed[-1] == f"{MONDAY}\N{NO-BREAK SPACE}: 1 colis, manifeste prêt {held.po_number}"
