"""After the trouble: held deliveries go on, people settle what waits for them, and all that is due gets done."""

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from deliver_to_po.core.carrier import canada_post
from deliver_to_po.core.choices import DeliveryState, Differs, ManifestState, ShipmentState
from deliver_to_po.errors import StillLive
from deliver_to_po.handoff.changing.as_asked import do_as_asked
from deliver_to_po.handoff.changing.cancelling import forget
from deliver_to_po.handoff.changing.found_by_clerk import label_destroyed, nothing_exists
from deliver_to_po.handoff.day_end.curing import Cure, cure
from deliver_to_po.handoff.day_end.manifests import MANIFESTS, look_again
from deliver_to_po.handoff.day_end.reconciling import differing, reconcile
from deliver_to_po.handoff.day_end.transmitting import transmit, waiting_groups
from deliver_to_po.handoff.releasing.release import release, resume
from deliver_to_po.handoff.sending.hand_off_now import hand_off_again
from deliver_to_po.handoff.sending.next_step import workable
from deliver_to_po.models import Delivery, Manifest, Shipment
from tests.crash.changes import People, needs_office
from tests.crash.orders import Fate, Wanted
from tests.crash.surroundings import Emulator
from tests.crash.workers import Workers

LOOK_EVERY_SECONDS = 0.25
# More than anything needs: each round settles what the former led to.
ROUNDS_AT_MOST = 20
# After the last transmission so many deliveries are changed once more.
CHANGED_AFTER_TRANSMISSION = 6
DESTROYED_SHARE = 0.5
# What a person gives one press for all that was refused.
PATIENCE_SECONDS = 60.0
# The second shipment of a request, whether ours still is or was voided.
DOUBLES = (Differs.TWICE, Differs.STILL_THERE)
Body = Mapping[str, Any]


class Calm:
    """What people do once everything works again, until there is nothing left to do."""

    def __init__(
        self, emulator: Emulator, workers: Workers, people: People, wanted: Sequence[Wanted], chance: random.Random
    ) -> None:
        self._emulator, self._workers, self._people = emulator, workers, people
        self._wanted, self._random = wanted, chance
        self._kept_labels: set[int] = set()
        self._ends_at = 0.0
        #: How often a person had to do what.
        self.done: Counter[str] = Counter()

    def come(self, seconds: float) -> None:
        """Let all be settled, transmitted, changed once more and settled again, within ``seconds``."""
        self._ends_at = time.monotonic() + seconds
        self._settle()
        self._transmit()
        ships = [one for one in self._wanted if one.fate == Fate.SHIPS]
        for one in self._random.sample(ships, min(CHANGED_AFTER_TRANSMISSION, len(ships))):
            change = self._random.choice([self._people.cancel, self._people.correct_recipient, self._people.make_again])
            self._people.do(change, one)
        self._settle()
        self._transmit()
        self._forget()

    def _settle(self) -> None:
        for _round in range(ROUNDS_AT_MOST):
            self._go_on()
            if not (self._wait() and (self._look() or self._void_doubles())):
                break

    def _go_on(self) -> None:
        for one in self._wanted:
            if one.fate != Fate.SHIPS:
                continue
            self._people.pay_again(one)
            delivery = one.delivery
            if delivery.state == DeliveryState.HELD or delivery.hold_asked_at is not None:
                resume(delivery.order)
            if needs_office(one):
                self._people.do(self._people.choose_open_office, one)
            release(one.order)

    def _wait(self) -> bool:
        """Wait until nothing is due; False when that does not come in time."""
        return self._until(lambda: not workable().exists() and not MANIFESTS.rows().exists())

    def _until(self, condition: Callable[[], bool]) -> bool:
        while not condition():
            if time.monotonic() > self._ends_at:
                return False
            self._workers.keep_running()
            time.sleep(LOOK_EVERY_SECONDS)
        return True

    def _look(self) -> int:
        """Settle what waits for a person; return how much there was."""
        held = {one["request_id"]: one for one in self._emulator.ask("GET", "/shipments") if is_live(one)}
        ships = {one.delivery_id for one in self._wanted if one.fate == Fate.SHIPS}
        before = self.done.total()
        for shipment in Shipment.objects.filter(state=ShipmentState.ATTENTION).select_related("delivery"):
            self._look_at(shipment, held.get(shipment.request_id))
        for shipment in Shipment.objects.filter(state=ShipmentState.REFUND_ASKED, open_parcel__isnull=False):
            self._perhaps_destroy_label(shipment, ships)
        refused = Shipment.objects.filter(state=ShipmentState.REFUSED, delivery__in=ships)
        # Time for all of them: workers do the rest.
        hand_off_again(Delivery.objects.filter(shipments__in=refused).distinct(), user=None, seconds=PATIENCE_SECONDS)
        for manifest in Manifest.objects.filter(state=ManifestState.ATTENTION):
            self.done["looked again for a manifest"] += look_again(manifest)
        waits = sum(needs_office(one) for one in self._wanted if one.fate == Fate.SHIPS)
        return self.done.total() - before + waits

    def _void_doubles(self) -> int:
        """Compare with Canada Post and void the second shipment of a request; return how many there were."""
        reconcile(since=timezone.now())
        found = [(one, each) for one in differing() for each in one.open_ones if each.kind in DOUBLES]
        for one, each in found:
            self.done[f"doubles {cure(one, each, Cure.TAKE_BACK)}"] += 1
        return len(found)

    def _look_at(self, shipment: Shipment, held: Body | None) -> None:
        """Look into the shipping system, as a person does whom the shipment's page asks to."""
        wanted_no_more = shipment.change_asked_at is not None or shipment.delivery.stop_asked_at is not None
        if held is None:
            nothing_exists(shipment)
            self.done["nothing exists"] += 1
        elif wanted_no_more and shipment.shipment_id:
            do_as_asked(shipment.delivery, by_person=True)
            self.done["asked once more"] += 1
        elif wanted_no_more:
            _take_back_by_hand(held)
            nothing_exists(shipment)
            self.done["taken back by hand"] += 1

    def _perhaps_destroy_label(self, shipment: Shipment, ships: set[Any]) -> None:
        """Say of half of the labels whose parcel is made again that they are destroyed; the others are lost."""
        if shipment.delivery_id not in ships or shipment.pk in self._kept_labels:
            return
        if self._random.random() < DESTROYED_SHARE:
            label_destroyed(shipment)
            self.done["label destroyed"] += 1
        else:
            self._kept_labels.add(shipment.pk)

    def _transmit(self) -> None:
        """Transmit whatever waits for it, until nothing does."""
        for _round in range(ROUNDS_AT_MOST):
            if not any(group.can_be_transmitted for group in waiting_groups()):
                break
            transmit()
            self.done["transmitted"] += 1
            self._wait()

    def _forget(self) -> None:
        """Let the shop delete some of the orders that are cancelled."""
        for one in self._wanted:
            if one.fate == Fate.CANCELLED and self._random.random() < DESTROYED_SHARE:
                order = one.order
                try:
                    forget(order)
                except StillLive:
                    self.done["could not be forgotten"] += 1
                    continue
                order.delete()
                one.forgotten = True
                self.done["forgotten"] += 1


def is_live(one: Body) -> bool:
    """Say whether a shipment exists at the shipping system and its refund is not asked for."""
    return not one["voided"] and not one["refund_ticket"]


def _take_back_by_hand(held: Body) -> None:
    carrier = canada_post()
    if held["status"] == "transmitted":
        carrier.refund_shipment(held["shipment_id"], "clerk@example.com")
    else:
        carrier.void_shipment(held["shipment_id"])
