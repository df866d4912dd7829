"""``d2po_transmit``: what cron sees of the day's end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from deliver_to_po.choices import ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.queue import hand_off
from deliver_to_po.models import Manifest, Shipment

pytestmark = pytest.mark.django_db

GROUP = "main-street-2026-11-24"


@pytest.fixture(autouse=True)
def _patience(emulator: EmulatorServer, change_settings: Any) -> None:
    change_settings(
        CANADA_POST={"GROUP_PREFIX": "main-street"},
        HANDOFF={"LOOK_UP_AFTER_SECONDS": (60.0,), "GIVE_UP_AFTER": timedelta(1)},
    )


@pytest.fixture
def labelled(due: Callable[..., Shipment]) -> Callable[..., Shipment]:
    """Return a function that makes a shipment at the emulator, with its label."""

    def make(group: str = GROUP) -> Shipment:
        shipment = due(group=group, api="portal")
        hand_off(shipment.pk, now=True)
        shipment.refresh_from_db()
        assert shipment.state == ShipmentState.LABELLED
        return shipment

    return make


def test_it_is_silent_when_nothing_waits(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("d2po_transmit")
    assert capsys.readouterr().out == ""


def test_it_says_what_it_transmitted(
    labelled: Callable[..., Shipment], emulator: EmulatorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    labelled()
    labelled()
    call_command("d2po_transmit")
    [held] = emulator.manifests
    assert capsys.readouterr().out == f"{GROUP}: 2 parcels, manifest ready {held.po_number}\n"


def test_a_preview_does_nothing(
    labelled: Callable[..., Shipment], emulator: EmulatorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    labelled()
    call_command("d2po_transmit", "--preview")
    assert f"{GROUP}: 1 to transmit, 1.25 kg\n" in capsys.readouterr().out
    assert emulator.manifests == []


def test_groups_and_exclusions_are_named(labelled: Callable[..., Shipment], emulator: EmulatorServer) -> None:
    other, stays, goes = labelled("main-street-2026-11-23"), labelled(), labelled()
    call_command("d2po_transmit", "--group", GROUP, "--exclude", stays.tracking_pin)
    done = {one.shipment_id for one in emulator.shipments if one.transmitted}
    assert done == {goes.shipment_id}
    assert {other.shipment_id, stays.shipment_id}.isdisjoint(done)


@pytest.mark.parametrize("arguments", [("--group", "no-such"), ("--exclude", "7023210039414604")])
def test_what_does_not_wait_ends_with_its_name(
    labelled: Callable[..., Shipment], emulator: EmulatorServer, arguments: tuple[str, str]
) -> None:
    labelled()
    with pytest.raises(CommandError, match=arguments[1]) as caught:
        call_command("d2po_transmit", *arguments)
    assert caught.value.returncode == 1
    assert not Manifest.objects.exists()


def test_an_unknown_outcome_ends_with_2(labelled: Callable[..., Shipment], emulator: EmulatorServer) -> None:
    labelled()
    emulator.faults.add("transmit", "500")
    with pytest.raises(CommandError) as caught:
        call_command("d2po_transmit")
    assert caught.value.returncode == 2


def test_a_refusal_ends_with_1(
    labelled: Callable[..., Shipment], change_settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    labelled()
    change_settings(CANADA_POST={"CLIENT_SECRET": "wrong"})
    with pytest.raises(CommandError) as caught:
        call_command("d2po_transmit")
    assert caught.value.returncode == 1
    assert "refused the shop’s credentials" in capsys.readouterr().out


def test_a_french_shop_reads_all_of_it_in_french(
    labelled: Callable[..., Shipment], emulator: EmulatorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    labelled()
    with override("fr-ca"):
        call_command("d2po_transmit", "--preview")
        call_command("d2po_transmit")
    [held] = emulator.manifests
    printed = capsys.readouterr().out.splitlines()
    assert f"{GROUP}\N{NO-BREAK SPACE}: 1 à transmettre, 1,25\N{NO-BREAK SPACE}kg" in printed
    assert printed[-1] == f"{GROUP}\N{NO-BREAK SPACE}: 1 colis, manifeste prêt {held.po_number}"
