"""A shop with one order, its clock, its shipping system and at most one worker, as a walk takes it from place to place.

The rows are the database's own and everything that is done to them is done by the app. What the world holds beside them
is what the app cannot know: the time, what the shop says, which parcels exist at the shipping system, and a worker who
has called it and has no answer yet. Such a worker is the call's place in the walk: everything else may happen before
the answer comes, or the worker dies. To let the answer come the worker's step is done once more from where it began,
and the rows are put back as they were when the answer came, in the middle of the call.
"""

import pickle
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar, cast

import time_machine
from django.db.models.signals import post_save
from django.utils import timezone

from deliver_to_po.canadapost.types import Parcel
from deliver_to_po.core.choices import DeliveryState, OfficeCheck
from deliver_to_po.handoff.day_end.manifests import MANIFESTS
from deliver_to_po.handoff.sending.next_step import SHIPMENTS
from deliver_to_po.models import Delivery, Manifest, Pause, Shipment
from deliver_to_po.outbox.claiming import claim, work
from deliver_to_po.outbox.jobs import Job
from tests.factories import PARCEL
from tests.walk.rows import Rows, kept, put_back

JOBS: dict[str, Job] = {"shipments": SHIPMENTS, "manifests": MANIFESTS}
# Every worker's lease: there is one worker at a time, and the same step is done again under the same lease.
LEASE = uuid.UUID(int=1)

T = TypeVar("T")


class Waiting(BaseException):
    """The worker has made a call whose answer is still to come."""

    def __init__(self, call: str):
        self.call = call


@dataclass(frozen=True)
class Worker:
    """A worker that waits for an answer: its row, where it began, and the answers that it has had since."""

    job: str
    pk: int
    call: str
    began: "Point"
    answered: tuple[tuple["Point", str], ...] = ()
    #: It came when everybody's patience was over.
    late: bool = False


@dataclass(frozen=True)
class Point:
    """Everything that there is at one moment."""

    rows: Rows = field(repr=False)
    now: datetime
    exists: frozenset[str]
    worker: Worker | None = None


@dataclass(frozen=True)
class Shop:
    """What the shop says of its order when it is asked."""

    paid: bool | None = True
    goes_to_post_office: bool = True
    hold_reason: str = ""
    fails: bool = False
    boxes: Sequence[Parcel] = (PARCEL,)

    def parcels(self) -> Sequence[Parcel]:
        """Return what the order is packed in."""
        if self.fails:
            raise RuntimeError("the shop's program")
        return self.boxes


class World:
    """See the module."""

    def __init__(self, order: Any, clock: time_machine.Traveller, answers: Any, at_once: Mapping[str, str]):
        self.order = order
        self.shop = Shop()
        self.office = OfficeCheck.TAKES_PARCELS
        self.exists: frozenset[str] = frozenset()
        self.worker: Worker | None = None
        #: Calls that are always answered so, and for whose answer nobody waits.
        self.at_once = at_once
        self._clock = clock
        self._answers = answers
        #: What must never happen, and did.
        self.wrong: list[str] = []
        self._replay: list[tuple[Point | None, str]] = []
        # Rows that were read, and copies for whoever asks first.
        self._read: dict[str, Any] = {}
        self._lent: dict[str, bytes] = {}

    # -- from place to place

    def point(self) -> Point:
        """Return where the world is."""
        return Point(kept(), timezone.now(), self.exists, self.worker)

    def go_to(self, point: Point) -> None:
        put_back(point.rows)
        self.stand_at(point)

    def stand_at(self, point: Point) -> None:
        """Let everything but the rows be as there."""
        self.move_to(point.now)
        self.exists, self.worker = point.exists, point.worker
        self.shop, self.office = Shop(), OfficeCheck.TAKES_PARCELS
        self.forget()
        _pause_has_changed()

    def move_to(self, moment: datetime) -> None:
        self._clock.move_to(moment)

    # -- rows

    def forget(self) -> None:
        """Read the rows again when they are asked for next."""
        self._read.clear()
        self._lent.clear()

    def known(self) -> Mapping[str, bytes]:
        """Return copies of the rows that were read."""
        return {name: pickle.dumps(row) for name, row in self._read.items()}

    def lend(self, known: Mapping[str, bytes]) -> None:
        """Give these copies to whoever asks first for a row: they may change it."""
        self.forget()
        self._lent = dict(known)

    def delivery(self) -> Delivery | None:
        """Return the order's current delivery; before there is one, what the buyer has chosen."""
        rows = Delivery.objects.select_related("order")
        return self.once(
            "delivery", lambda: rows.filter(current_order=self.order).first() or rows.filter(order=None).first()
        )

    def shipment(self) -> Shipment | None:
        """Return the newest revision of the parcel."""
        rows = Shipment.objects.select_related("delivery__order", "manifest")
        return self.once(
            "shipment", lambda: rows.filter(delivery__current_order=self.order).order_by("-revision").first()
        )

    def manifest(self) -> Manifest | None:
        """Return the newest manifest."""
        return self.once("manifest", lambda: Manifest.objects.order_by("-pk").first())

    def the_delivery(self) -> Delivery:
        """Return the delivery where there must be one; so do the next two."""
        return _there(self.delivery())

    def the_shipment(self) -> Shipment:
        return _there(self.shipment())

    def the_manifest(self) -> Manifest:
        return _there(self.manifest())

    def paused(self) -> bool:
        return self.once("paused", lambda: Pause.objects.in_force().exists())

    def once(self, name: str, read: Callable[[], T]) -> T:
        """Return what was read under this name since the rows were changed, or else what ``read`` reads now."""
        if name not in self._read:
            lent = self._lent.pop(name, None)
            self._read[name] = read() if lent is None else pickle.loads(lent)
        return cast("T", self._read[name])

    # -- a worker's turn

    def take_turn(self, job: str, row: Shipment | Manifest, *, late: bool = False) -> None:
        """Let a worker take the row that is due, as the sweep does, until it has made its next call."""
        assert row.due_at is not None
        self.move_to(max(timezone.now(), row.due_at))
        self._work(Worker(job, row.pk, "", self.point(), late=late))

    def answer(self, name: str) -> None:
        """Let the answer ``name`` come to the worker who waits for it."""
        assert self.worker is not None
        here = replace(self.point(), worker=None)
        self._work(replace(self.worker, answered=(*self.worker.answered, (here, name))))

    def _work(self, worker: Worker) -> None:
        self.worker, self._replay = None, list(worker.answered)
        self.forget()
        if self._replay:
            put_back(worker.began.rows)
            self.move_to(worker.began.now)
            self.exists = worker.began.exists
            _pause_has_changed()
        job = JOBS[worker.job]
        row = claim(job, worker.pk)
        if row is None:
            return
        try:
            work(job, row)
        except Waiting as waiting:
            self.worker = replace(worker, call=waiting.call)

    def call(self, name: str, argument: Any) -> Any:
        """Answer a call of the worker's; the walk goes on from here while there is no answer."""
        self._must_be_allowed(name, argument)
        if name in self.at_once:
            return self._answers.ANSWERS[name][self.at_once[name]].give(self, argument)
        if not self._replay:
            raise Waiting(name)
        point, answer = self._replay.pop(0)
        if point is not None:
            put_back(point.rows)
            self.move_to(point.now)
            self.exists = point.exists
            _pause_has_changed()
        return self._answers.ANSWERS[name][answer].give(self, argument)

    def _must_be_allowed(self, name: str, argument: Any) -> None:
        """Look at what is sent when it is sent; said by hand, and not by what the code asks."""
        if self._replay:
            return
        if name == "transmit":
            self._must_go(argument.shipment_ids)
        if name != "create":
            return
        shipment = Shipment.objects.select_related("delivery").get(request_id=argument.request_id)
        delivery = shipment.delivery
        if (delivery.state, delivery.stop_asked_at, delivery.erased_at) != (DeliveryState.RELEASED, None, None):
            self.wrong.append("a parcel was sent whose delivery is on hold, stopped, erased or not released")
        if shipment.change_asked_at is not None and shipment.requests == 1:
            self.wrong.append("a parcel was sent that is to be another")
        if Pause.objects.exists():
            self.wrong.append("a parcel was sent during a pause")
        others = delivery.shipments.exclude(pk=shipment.pk).values_list("request_id", flat=True)
        if self.exists.intersection(others):
            self.wrong.append("a second parcel was sent while the first exists")

    def _must_go(self, shipment_ids: Sequence[str]) -> None:
        """Look at what is transmitted when it is: the shipping system calls a parcel as we do."""
        meant = Delivery.objects.filter(shipments__shipment_id__in=shipment_ids)
        if meant.exclude(state=DeliveryState.RELEASED, stop_asked_at=None, erased_at=None).exists():
            self.wrong.append("a parcel was transmitted whose delivery is on hold, stopped, erased or not released")

    # -- what is there at the shipping system

    def make(self, request_id: str) -> None:
        """Let a parcel exist at the shipping system."""
        self.exists |= {request_id}

    def unmake(self, request_id: str) -> None:
        """Let it exist no longer: it is void, or to be refunded, and its label is destroyed."""
        self.exists -= {request_id}


def _there(row: T | None) -> T:
    assert row is not None
    return row


def _pause_has_changed() -> None:
    """Let nobody remember a pause of elsewhere, nor that there was none."""
    post_save.send(sender=Pause, instance=None, created=False)
