"""Shipments that are due; Canada Post by its emulator, or a shipping system by script; a clock that tests move."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
import time_machine
from django.utils import timezone

from deliver_to_po.canadapost.types import Parcel, PostOffice
from deliver_to_po.core.choices import OfficeCheck
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff import office_check
from deliver_to_po.handoff.day_end.manifests import MANIFESTS
from deliver_to_po.handoff.sending.next_step import SHIPMENTS
from deliver_to_po.models import Delivery, Manifest, Shipment
from deliver_to_po.offices.check import CheckAnswer
from deliver_to_po.outbox.claiming import work_through
from tests.bystanders import Bystanders
from tests.factories import PARCEL, going_to, make_delivery, make_shipment
from tests.handoff.scripted import Script, Scripted
from tests.handoff.workers import Workers
from tests.rounds import now

GIVE_UP_AFTER = timedelta(minutes=20)
# Three waits each, no two alike, so that a wrong list or a wrong wait shows.
LADDERS = {
    "LEASE_SECONDS": 100.0,
    "LOOK_UP_AFTER_SECONDS": (2.0, 20.0, 200.0),
    "RETRY_AFTER_SECONDS": (5.0, 50.0, 500.0),
    "LABEL_AFTER_SECONDS": (1.0, 10.0, 110.0),
    "GIVE_UP_AFTER": GIVE_UP_AFTER,
}


@pytest.fixture(autouse=True)
def _nobody_else(bystanders: Bystanders) -> None:
    """Fail a test that changes a row which it is not about."""


@pytest.fixture
def parcels(shop_says: Any) -> list[Parcel]:
    """Return the parcels of every order, one, for the test to change."""
    boxes = [PARCEL]
    shop_says("parcels", boxes)
    return boxes


@pytest.fixture
def due(db: None, emulator: EmulatorServer, office: PostOffice) -> Callable[..., Shipment]:
    """Return a function that makes a shipment which is due, to an office of the emulator."""

    def make(delivery: dict[str, Any] | None = None, **fields: Any) -> Shipment:
        return make_shipment(make_delivery(**going_to(office) | (delivery or {})), **fields)

    return make


Due = Callable[..., Shipment]


class PostOffices:
    """What is answered when the hand-off asks whether a post office takes parcels, and which were asked about."""

    def __init__(self) -> None:
        self.answer = CheckAnswer(OfficeCheck.TAKES_PARCELS)
        self.asked: list[tuple[str, str]] = []

    def ask_about(self, office: PostOffice, language: str, *, background: bool = False, api: str = "") -> CheckAnswer:
        """Stand in for the question to Canada Post."""
        assert background
        self.asked.append((office.office_id, language))
        return self.answer


@pytest.fixture
def post_offices(monkeypatch: pytest.MonkeyPatch) -> PostOffices:
    """Answer for Canada Post whether offices take parcels: they all do, until a test says otherwise."""
    offices = PostOffices()
    monkeypatch.setattr(office_check, "ask_about", offices.ask_about)
    return offices


@pytest.fixture
def script(post_offices: PostOffices, change_settings: Any, monkeypatch: pytest.MonkeyPatch) -> Script:
    """Return the script of a shipping system that is the shop's own; ladders have three rungs."""
    made = Script()
    monkeypatch.setattr(Scripted, "script", made)
    systems = {
        "default": "tests.handoff.scripted.Scripted",
        "not_shown": "tests.handoff.scripted.NotShownToMakeLabels",
        "without_labels": "tests.handoff.scripted.WithoutLabels",
        "transmitting": "tests.handoff.scripted.Transmitting",
    }
    change_settings(
        HANDOFF=LADDERS,
        SHIPPING_SYSTEMS={alias: {"BACKEND": path, "OPTIONS": {}} for alias, path in systems.items()},
    )
    return made


Row = TypeVar("Row", bound=Shipment | Manifest)


class Clock:
    """Time stands still until it is moved, so that the times that are set can be compared with ``==``."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    @staticmethod
    def in_(seconds: float) -> datetime:
        return timezone.now() + timedelta(seconds=seconds)

    def move_to(self, moment: datetime | None) -> None:
        assert moment is not None
        assert moment >= timezone.now()
        self._traveller.move_to(moment)

    def sweep_when_due(self, row: Row) -> Row:
        """Let the time pass until the row is due, sweep, and return the row as it is then."""
        self.move_to(row.due_at)
        claims = row.claims
        work_through(MANIFESTS if isinstance(row, Manifest) else SHIPMENTS, row.pk)
        assert now(row).claims > claims, "the sweep found nothing to do"
        return row

    def waits_of(self, row: Shipment | Manifest, times: int) -> list[float]:
        """Return after how many seconds a row was due again, each time that the sweep came to it."""
        waits = []
        for _ in range(times):
            due_at = self.sweep_when_due(row).due_at
            assert due_at is not None
            waits.append((due_at - timezone.now()).total_seconds())
        return waits

    def until_it_rests(self, row: Row) -> Row:
        """Let time pass and the sweep come by until nothing more happens by itself, a thousand times at most."""
        for _ in range(1000):
            if row.due_at is None:
                return row
            self.sweep_when_due(row)
        raise AssertionError("it never came to rest")


@pytest.fixture
def clock(db: None, bystanders: Bystanders) -> Iterator[Clock]:
    """Stop the clock at a time in whole seconds."""
    with time_machine.travel(datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1), tick=False) as traveller:
        yield Clock(traveller)


def states(delivery: Delivery) -> list[tuple[int, int, str]]:
    """Return each shipment of a delivery: parcel, revision, state."""
    rows = Shipment.objects.filter(delivery=delivery).order_by("parcel", "revision")
    return [(row.parcel, row.revision, row.state) for row in rows]


def files_in(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    """Return a starter of workers whose labels go to ``tmp_path``."""
    made = Workers(tmp_path)
    yield made
    made.stop()
