"""``d2po_reconcile``: what cron and monitoring learn of what Canada Post holds."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Comparison, Shipment
from tests.handoff.day_end.carrier import MONDAY, TUESDAY, Labelled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parcels")]


def test_it_is_silent_names_what_differs_or_says_that_it_goes_on(
    labelled: Labelled, emulator: EmulatorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    shipment = labelled(MONDAY)
    Shipment.objects.filter(group=MONDAY).update(made_at=timezone.now() - timedelta(hours=1))
    call_command("d2po_reconcile")
    assert capsys.readouterr().out == ""
    labelled(TUESDAY)
    emulator.faults.add("find_shipments", "503", count=20)
    with pytest.raises(CommandError, match="Run this again") as caught:
        call_command("d2po_reconcile")
    assert caught.value.returncode == 2
    emulator.faults.clear()
    foreign = emulator.another_like(shipment.tracking_pin, "S-77")
    call_command("d2po_reconcile")
    with pytest.raises(CommandError, match="1 parcel differs") as caught:
        call_command("d2po_reconcile", "--again-after", "0")
    assert caught.value.returncode == 1
    assert capsys.readouterr().out == f"{MONDAY}: {foreign.pin} S-77 – Not known here\n"


def test_where_nobody_may_be_asked_it_ends_with_2(change_settings: Any) -> None:
    change_settings(CANADA_POST={"BASE_URL": "https://api.canadapost-postescanada.ca", "LIVE": False})
    with pytest.raises(CommandError, match="Not everything could be asked") as caught:
        call_command("d2po_reconcile")
    assert caught.value.returncode == 2


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_days_of_which_nothing_is_known_are_refused_and_not_called_equal(days: int) -> None:
    with pytest.raises(CommandError, match="--days must be from 1 to 90"):
        call_command("d2po_reconcile", days=days)
    assert not Comparison.objects.exists()
