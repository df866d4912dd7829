"""Groups of a shop at the emulator, and what became of their parcels there."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from deliver_to_po.core.conf import APIS
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Manifest, Shipment
from deliver_to_po.models.manifest_moves import claim_shipments

PREFIX = "main-street"
MONDAY, TUESDAY = f"{PREFIX}-2026-11-23", f"{PREFIX}-2026-11-24"
FOREIGN = "other-shop-2026-11-24"
Labelled = Callable[..., Shipment]
# What depends on the carrier's answers is shown over both APIs, anything else over the first.
either_api = pytest.mark.parametrize("api", APIS, indirect=True)


def at_the_carrier(emulator: EmulatorServer, shipment: Shipment) -> str:
    [found] = [one for one in emulator.shipments if one.shipment_id == shipment.shipment_id]
    return str(found.status)


def void_elsewhere(emulator: EmulatorServer, shipment: Shipment) -> None:
    """Void a shipment at the emulator, as a person does at Canada Post's own site."""
    [held] = [one for one in emulator.shipments if one.shipment_id == shipment.shipment_id]
    emulator.state.void_shipment(held.number)


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
