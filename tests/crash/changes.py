"""What people do to deliveries at random moments.

A change gets a delivery, wherever it stands just then, and says what is to become of it now. A refused change
changes nothing. Whatever else can be done to a delivery is added to ``People.changes``, here and nowhere else.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from deliver_to_po.canadapost.types import Parcel, PostOffice
from deliver_to_po.checkout.choose_again import choose_again, confirmed_office
from deliver_to_po.core.choices import DeliveryState, ShipmentState
from deliver_to_po.errors import DeliverToPoError
from deliver_to_po.handoff.changing.as_asked import newest
from deliver_to_po.handoff.changing.cancelling import cancel, to_home
from deliver_to_po.handoff.changing.change import change_consignment, change_office, correct_recipient, replan
from deliver_to_po.handoff.changing.found_by_clerk import label_destroyed
from deliver_to_po.handoff.changing.make_again import make_again
from deliver_to_po.handoff.day_end.reconciling import reconcile
from deliver_to_po.handoff.releasing.release import hold, release, resume
from deliver_to_po.handoff.sending.fetch_label_again import fetch_label_again, labels_to_fetch_again
from deliver_to_po.handoff.sending.hand_off_now import hand_off_again
from deliver_to_po.models import Delivery
from example_shop.models import DeliveryMethod, Order
from tests.crash.orders import Fate, Wanted, weights_of
from tests.crash.surroundings import Emulator

AGAIN_SECONDS = 5.0
CLOSED_AT_MOST = 3
LINES_AT_MOST = 3
LENGTH_CM, WIDTH_CM, HEIGHT_CM = Decimal(30), Decimal(20), Decimal(10)
Change = Callable[[Wanted], None]


class People:
    """Buyers, clerks, the shop and Canada Post, who all do as they please."""

    def __init__(self, chance: random.Random, offices: Sequence[PostOffice], emulator: Emulator) -> None:
        self._random, self._offices, self._emulator = chance, offices, emulator
        self._closed: list[str] = []
        self._clerk = User.objects.create_user("clerk")
        self._names = 0
        #: How often each change was made, and how often it was refused.
        self.made: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    @property
    def changes(self) -> Mapping[Change, int]:
        """Return every change, and how often it is made compared with the others."""
        return {
            self.put_on_hold: 3,
            self.put_on_hold_for_good: 1,
            self.let_go_on: 4,
            self.take_payment_back: 2,
            self.pay_again: 3,
            self.release_again: 2,
            self.press_hand_off_now: 4,
            self.want_labels_again: 4,
            self.cancel: 3,
            self.send_home: 1,
            self.correct_recipient: 6,
            self.change_office: 5,
            self.choose_again: 6,
            self.close_office: 1,
            self.reopen_office: 2,
            self.weigh: 5,
            self.make_again: 4,
            self.split: 4,
            self.merge: 4,
            self.destroy_label: 3,
            self.double: 3,
            self.reconcile: 2,
        }

    def change_something(self, wanted: Wanted) -> None:
        [change] = self._random.choices(list(self.changes), list(self.changes.values()))
        self.do(change, wanted)

    def do(self, change: Change, wanted: Wanted) -> None:
        """Make one change, and count it."""
        name = change.__name__
        try:
            # All of it or nothing, as a shop's own transaction.
            with transaction.atomic():
                change(wanted)
        except DeliverToPoError:
            self.refused[name] += 1
        else:
            self.made[name] += 1

    def put_on_hold(self, wanted: Wanted) -> None:
        """Put it on hold; somebody lets it go on in the end."""
        hold(wanted.order, "to be looked at")

    def put_on_hold_for_good(self, wanted: Wanted) -> None:
        """Put it on hold; nobody lets it go on."""
        if hold(wanted.order, "not to be sent") and wanted.fate == Fate.SHIPS:
            wanted.fate = Fate.AS_FAR_AS_IT_WAS

    def let_go_on(self, wanted: Wanted) -> None:
        resume(wanted.order)

    def take_payment_back(self, wanted: Wanted) -> None:
        """Reverse the payment; the last gate asks the shop. Somebody pays in the end."""
        if wanted.fate == Fate.SHIPS:
            _pay(wanted.order, None)

    def pay_again(self, wanted: Wanted) -> None:
        """Pay for it, if its payment was reversed."""
        if wanted.fate == Fate.SHIPS and not wanted.order.is_paid:
            _pay(wanted.order, timezone.now())

    def release_again(self, wanted: Wanted) -> None:
        """Release it once more, as a shop does whose payment service calls twice."""
        release(wanted.order)

    def press_hand_off_now(self, wanted: Wanted) -> None:
        """Do what the clerk's button does."""
        hand_off_again(
            Delivery.objects.filter(pk=wanted.delivery_id), user=self._clerk, seconds=AGAIN_SECONDS, unpaid_too=True
        )

    def want_labels_again(self, wanted: Wanted) -> None:
        """Have every label of it fetched again that is there."""
        for shipment in labels_to_fetch_again(wanted.delivery):
            fetch_label_again(shipment)

    def cancel(self, wanted: Wanted) -> None:
        """Cancel it, perhaps not for the first time."""
        cancel(wanted.order, user=self._clerk)
        wanted.fate = Fate.CANCELLED

    def send_home(self, wanted: Wanted) -> None:
        """Let the order go to the buyer's home instead."""
        order = wanted.order
        order.method = DeliveryMethod.HOME
        order.save()
        to_home(order, user=self._clerk)
        wanted.fate = Fate.CANCELLED

    def correct_recipient(self, wanted: Wanted) -> None:
        """Let somebody else pick it up."""
        self._names += 1
        recipient = replace(wanted.recipient, name=f"Zoë Correct {self._names}")
        correct_recipient(wanted.delivery, recipient, user=self._clerk)
        wanted.recipient = recipient

    def change_office(self, wanted: Wanted) -> None:
        """Send it to another office, which may have closed."""
        office = self._random.choice(self._offices)
        change_office(wanted.delivery, office, user=self._clerk)
        self._goes_to(wanted, office)

    def choose_again(self, wanted: Wanted) -> None:
        """Choose another office that takes parcels: the buyer, or a clerk."""
        office, user = self._random.choice(self._offices), self._random.choice([None, self._clerk])
        delivery = wanted.delivery
        choose_again(delivery, confirmed_office(delivery, office.office_id), user=user)
        self._goes_to(wanted, office)

    def choose_open_office(self, wanted: Wanted) -> None:
        """Choose an office that has not closed, for a delivery that needs one."""
        office = self._random.choice([office for office in self._offices if office.office_id not in self._closed])
        delivery = wanted.delivery
        choose_again(delivery, confirmed_office(delivery, office.office_id), user=self._clerk)
        self._goes_to(wanted, office)

    def close_office(self, wanted: Wanted) -> None:
        """Let the office that it goes to stop accepting parcels."""
        if len(self._closed) < CLOSED_AT_MOST and wanted.office_id not in self._closed:
            self._closed.append(wanted.office_id)
            how = self._random.choice(["no_longer", "gone"])
            self._emulator.ask("POST", f"/offices/{wanted.office_id}/close", {"how": how})

    def reopen_office(self, wanted: Wanted) -> None:
        """Let an office that has closed take parcels again."""
        if self._closed:
            self._emulator.ask("POST", f"/offices/{self._closed.pop(0)}/reopen")

    def weigh(self, wanted: Wanted) -> None:
        """Find that a parcel is heavier than the shop said."""
        number = self._random.randint(1, len(wanted.weights_kg))
        weight_kg = Decimal(self._random.randint(2_000, 15_000)) / 1000
        parcel = Parcel(weight_kg, LENGTH_CM, WIDTH_CM, HEIGHT_CM)
        change_consignment(wanted.delivery, number, parcel=parcel, user=self._clerk)
        wanted.weights_kg[number - 1] = weight_kg

    def make_again(self, wanted: Wanted) -> None:
        """Make a parcel again, as if its label were lost."""
        if shipments := list(newest(wanted.delivery)):
            make_again(self._random.choice(shipments), user=self._clerk)

    def split(self, wanted: Wanted) -> None:
        """Ship what is ordered in one box more."""
        order = wanted.order
        lines = order.lines.order_by("pk")
        if len(lines) < LINES_AT_MOST:
            order.lines.create(product=lines[0].product, quantity=self._random.randint(1, 3), price=Decimal(10))
            self._replan(wanted)

    def merge(self, wanted: Wanted) -> None:
        """Ship what is ordered in one box less, perhaps not the last one."""
        lines = list(wanted.order.lines.order_by("pk"))
        if len(lines) > 1:
            self._random.choice(lines).delete()
            self._replan(wanted)

    def destroy_label(self, wanted: Wanted) -> None:
        """Say of a parcel whose refund is asked for that its old label is destroyed."""
        for shipment in newest(wanted.delivery).filter(state=ShipmentState.REFUND_ASKED):
            label_destroyed(shipment, user=self._clerk)

    def double(self, wanted: Wanted) -> None:
        """Let something on the way repeat a request, so that Canada Post has two shipments of it."""
        for shipment in newest(wanted.delivery).filter(state=ShipmentState.LABELLED, transmitted_at=None)[:1]:
            self._emulator.ask("POST", f"/shipments/{shipment.shipment_id}/copy", {})

    def reconcile(self, wanted: Wanted) -> None:
        """Compare the next list with what Canada Post holds."""
        reconcile(since=timezone.now() - timedelta(seconds=10), at_most=1)

    def _replan(self, wanted: Wanted) -> None:
        order = wanted.order
        replan(order, user=self._clerk)
        wanted.weights_kg = weights_of(order)

    def _goes_to(self, wanted: Wanted, office: PostOffice) -> None:
        wanted.former_offices.add(wanted.office_id)
        wanted.office_id = office.office_id


def _pay(order: Order, paid_at: datetime | None) -> None:
    order.paid_at = paid_at
    order.save()


def needs_office(wanted: Wanted) -> bool:
    """Say whether a delivery waits for another post office."""
    return wanted.delivery.state == DeliveryState.NEEDS_CHOICE
