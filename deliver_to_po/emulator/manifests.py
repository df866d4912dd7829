"""Which manifests were made between two days: the same over both APIs."""

from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.refusals import Refused
from deliver_to_po.emulator.shipment_search import known, read_day
from deliver_to_po.emulator.state import StoredManifest


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
