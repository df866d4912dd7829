"""After the trouble: held deliveries go on, a person looks at what waits for one, and all that is due gets done."""

import time
from collections.abc import Callable, Sequence

from deliver_to_po.choices import DeliveryState, ShipmentState
from deliver_to_po.handoff.again import hand_off_again
from deliver_to_po.handoff.queue import workable
from deliver_to_po.handoff.release import release, resume
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import move_shipment
from tests.crash.orders import Fate, Wanted
from tests.crash.surroundings import Emulator
from tests.crash.workers import Workers

LOOK_EVERY_SECONDS = 0.25


def calm_down(emulator: Emulator, workers: Workers, wanted: Sequence[Wanted], seconds: float) -> int:
    """Wait until nothing is due, at most ``seconds``; return how often a person had to look whether something is made.

    What a person finds stays theirs. Where nothing was made they say so, and have the parcel made again.
    """
    ends_at = time.monotonic() + seconds
    for delivery in (one.delivery for one in wanted if one.fate == Fate.SHIPS):
        if delivery.state == DeliveryState.HELD:
            resume(delivery.order)
        release(delivery.order)
    looked = 0
    while _wait(workers, lambda: not workable().exists(), ends_at) and (absent := _absent(emulator)):
        looked += len(absent)
        for shipment in absent:
            move_shipment(shipment, "not_made")
        again = Delivery.objects.filter(pk__in=[shipment.delivery_id for shipment in absent])
        hand_off_again(again, user=None, seconds=0.0)
    return looked


def _wait(workers: Workers, condition: Callable[[], bool], ends_at: float) -> bool:
    """Wait until ``condition`` holds; False when it does not in time."""
    while not condition():
        if time.monotonic() > ends_at:
            return False
        workers.keep_running()
        time.sleep(LOOK_EVERY_SECONDS)
    return True


def _absent(emulator: Emulator) -> list[Shipment]:
    """Return the shipments that wait for a person, and of which Canada Post has nothing."""
    made = {one["request_id"] for one in emulator.ask("GET", "/shipments")}
    waiting = Shipment.objects.filter(state=ShipmentState.ATTENTION).exclude(request_id__in=made)
    return list(waiting.select_related("delivery"))
