"""Which manifests were made between two days, and what a manifest's shipments cost: the same over both APIs."""

from decimal import Decimal

from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.prices import cost_of_shipment
from deliver_to_po.emulator.refusals import Refused
from deliver_to_po.emulator.shipment_search import known, read_day
from deliver_to_po.emulator.state import State, StoredManifest


def listed_manifests(call: Call, *spelled: tuple[str, str]) -> list[StoredManifest]:
    """Return the manifests made from one day to another (9105, 9116); ``spelled`` is how the two days may be named."""
    asked, names = call.request.args, known(call, *spelled)
    start, end = next((pair for pair in names if pair[0] in asked), names[0])
    if call.world.config.unknown_finds_nothing and start not in asked:
        return []
    first, last = read_day(call, start), read_day(call, end)
    if first > last:
        raise Refused(call.problem("9116", "The start is after the end.", "Le début suit la fin."))
    return [one for one in call.world.state.manifests() if first <= one.created_on <= last]


def cost_of_manifest(state: State, manifest: StoredManifest) -> dict[str, Decimal]:
    """Return the sums in CAD over a manifest's shipments, by the portal's names."""
    costs = [cost_of_shipment(one.spec) for one in state.find_shipments(manifest_id=manifest.manifest_id)]
    zero = Decimal(0)
    base = sum((cost.base for cost in costs), zero)
    taxes = {
        "gst": sum((cost.gst for cost in costs), zero),
        "pst": zero,
        "hst": sum((cost.hst for cost in costs), zero),
    }
    return {
        "baseCost": base,
        "automationDiscount": zero,
        "optionsAndSurcharges": sum((cost.before_tax for cost in costs), zero) - base,
        **taxes,
        "totalDueCpc": sum((cost.due for cost in costs), zero),
    }
