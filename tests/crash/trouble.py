"""What goes wrong at random moments, drawn from one seed: kills, stops, cut connections, faults, people's changes."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from deliver_to_po.core.conf import app_settings
from tests.crash.changes import People
from tests.crash.orders import Fate, Orders, Wanted
from tests.crash.storage import FULL
from tests.crash.surroundings import WORKER, Surroundings
from tests.crash.workers import Workers

# What Canada Post does wrong, each once for the next call of its operation.
CREATE = "create_shipment"
FAULTS: Sequence[Mapping[str, Any]] = (
    {"operation": CREATE, "fault": "delay", "seconds": 0.5},
    {"operation": CREATE, "fault": "delay", "seconds": 2.0, "after": True},
    {"operation": CREATE, "fault": "reset", "after": True},
    {"operation": CREATE, "fault": "reset"},
    {"operation": CREATE, "fault": "500", "after": True},
    {"operation": CREATE, "fault": "503"},
    {"operation": CREATE, "fault": "truncate", "after": True},
    {"operation": CREATE, "fault": "drip", "seconds": 2.5},
    {"operation": CREATE, "fault": "429", "seconds": 1.0},
    {"operation": CREATE, "fault": "duplicate"},
    {"operation": "find_shipments", "fault": "500"},
    {"operation": "find_shipments", "fault": "delay", "seconds": 2.0},
    {"operation": "label", "fault": "delay", "seconds": 0.5},
    {"operation": "label", "fault": "truncate"},
    {"operation": "label", "fault": "429", "seconds": 1.0},
    {"operation": "label", "fault": "503"},
    {"operation": "find_offices", "fault": "503"},
    {"operation": "token", "fault": "500"},
    {"operation": "void_shipment", "fault": "delay", "seconds": 2.0, "after": True},
    {"operation": "void_shipment", "fault": "reset", "after": True},
    {"operation": "void_shipment", "fault": "500"},
    {"operation": "refund_shipment", "fault": "reset", "after": True},
    {"operation": "refund_shipment", "fault": "503"},
    {"operation": "shipment_details", "fault": "500"},
    {"operation": "transmit", "fault": "delay", "seconds": 1.0},
    {"operation": "transmit", "fault": "delay", "seconds": 1.0, "after": True},
    {"operation": "transmit", "fault": "reset", "after": True},
    {"operation": "transmit", "fault": "500"},
    {"operation": "get_manifest", "fault": "503"},
    {"operation": "manifest_document", "fault": "delay", "seconds": 1.0},
)
# What is never called without a contract: planned, it would wait and keep all others from being planned.
NEEDS_CONTRACT = ("void_shipment", "transmit", "get_manifest", "manifest_document")
# The share of the changes that are made to one of the latest deliveries.
LATEST_SHARE = 0.7
WAITING_FAULTS_AT_MOST = 12

# The backends of this run only: others may be under way on the same server.
WORKERS_BACKENDS = (
    "SELECT pid FROM pg_stat_activity WHERE application_name = %s AND datname = current_database() ORDER BY pid"
)

# How often each happens, in times per second.
RATES: Mapping[str, float] = {
    "kill": 0.6,
    "kill at a label": 0.4,
    "stop": 0.15,
    "cut": 0.4,
    "full disk": 0.15,
    "fault": 1.5,
    "change": 2.5,
    "transmit": 0.15,
}
# Where there is a broker: how often it goes away, which it does in one of two ways, and for how long.
BROKER_RATES: Mapping[str, float] = {"broker": 0.35}
BROKER_AWAY_SECONDS = (0.5, 5.0)
KILLS_ONLY: Mapping[str, float] = {"kill": 0.5, "kill at a label": 1.0}


@dataclass
class Trouble:
    """Lets orders arrive and everything break."""

    around: Surroundings
    workers: Workers
    orders: Orders
    random: random.Random
    rates: Mapping[str, float]
    people: People
    wanted: list[Wanted] = field(default_factory=list)
    cuts: int = 0
    full_disks: int = 0
    faults: int = 0
    #: How often the broker went away.
    broker_stops: int = 0
    #: How long the slowest order took to place, release and wake workers.
    slowest_arrival_seconds: float = 0.0
    _broker_back_at: float = 0.0

    def go_on(self, arrivals_per_second: float, deliveries: int, over: Callable[[], bool]) -> None:
        """Let ``deliveries`` orders arrive, and go on breaking things until ``over`` says so."""
        rates = {**self.rates, "arrive": arrivals_per_second, **(BROKER_RATES if self.around.broker else {})}
        happens: Mapping[str, Callable[[], None]] = {
            "kill": self.workers.kill_one,
            "kill at a label": lambda: self.workers.kill_one_at_a_label(self.around.latency_seconds),
            "stop": lambda: self.workers.stop_one(app_settings.handoff.lease_seconds * self.random.uniform(1.05, 1.6)),
            "cut": self._cut,
            "full disk": self._fill_disk,
            "fault": self._fault,
            "change": self._change,
            "transmit": self.workers.transmit,
            "broker": self._stop_broker,
            "arrive": self._arrive,
        }
        while len(self.wanted) < deliveries or not over():
            if len(self.wanted) >= deliveries:
                rates.pop("arrive", None)
            time.sleep(self.random.expovariate(sum(rates.values())))
            [what] = self.random.choices(list(rates), list(rates.values()))
            happens[what]()
            self._let_broker_come_back()
            self.workers.keep_running()

    def end(self) -> None:
        """Let nothing go wrong from now on; what is slow stays slow."""
        self._broker_back_at = min(self._broker_back_at, time.monotonic())
        self._let_broker_come_back()
        if (full := self.around.signs / FULL).exists():
            full.unlink()
            self.full_disks -= 1
        self.faults -= len(self.around.emulator.ask("GET", "/faults"))
        self.around.emulator.ask("DELETE", "/faults")
        self.workers.let_all_go_on()

    def _arrive(self) -> None:
        began = time.monotonic()
        self.wanted.append(self.orders.arrive())
        self.slowest_arrival_seconds = max(self.slowest_arrival_seconds, time.monotonic() - began)

    def _stop_broker(self) -> None:
        """Let the broker go away for a while: it is stopped, or it does not answer."""
        if self.around.broker and not self._broker_back_at:
            self.random.choice([self.around.broker.stop, self.around.broker.freeze])()
            self._broker_back_at = time.monotonic() + self.random.uniform(*BROKER_AWAY_SECONDS)
            self.broker_stops += 1

    def _let_broker_come_back(self) -> None:
        if self.around.broker and self._broker_back_at and time.monotonic() >= self._broker_back_at:
            self.around.broker.stop()
            self.around.broker.start()
            self._broker_back_at = 0.0

    def _cut(self) -> None:
        """Cut one of the workers' connections to the database."""
        with connection.cursor() as cursor:
            cursor.execute(WORKERS_BACKENDS, [WORKER])
            backends = [pid for (pid,) in cursor.fetchall()]
            if backends:
                cursor.execute("SELECT pg_terminate_backend(%s)", [self.random.choice(backends)])
                self.cuts += 1

    def _fill_disk(self) -> None:
        """Leave no place for the next label that is written."""
        full = self.around.signs / FULL
        if not full.exists():
            full.touch()
            self.full_disks += 1

    def _fault(self) -> None:
        fault = self.random.choice(FAULTS)
        if self.around.without_contract and fault["operation"] in NEEDS_CONTRACT:
            return
        if len(self.around.emulator.ask("GET", "/faults")) < WAITING_FAULTS_AT_MOST:
            self.around.emulator.ask("POST", "/faults", fault)
            self.faults += 1

    def _change(self) -> None:
        # A cancelled one too: whatever else is wanted of it is refused.
        may_change = [wanted for wanted in self.wanted if wanted.fate in (Fate.SHIPS, Fate.CANCELLED)]
        if may_change:
            # Mostly one that is on its way: the latest.
            latest = may_change[-12:] if self.random.random() < LATEST_SHARE else may_change
            self.people.change_something(self.random.choice(latest))
