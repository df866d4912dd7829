"""The worker processes: task workers and sweeps, killed, stopped and started again as a supervisor would."""

import os
import random
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from threading import Timer
from uuid import uuid4

from tests.crash.surroundings import Surroundings

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.crash.process"])
TASKS = ("db_worker", "--interval", "0.2", "--no-startup-delay", "--no-reload")
SWEEP = ("d2po_handoff", "--loop", "--interval", "0.3")
CELERY = ("celery", "worker", "--pool", "solo", "--without-gossip", "--without-mingle", "--loglevel", "WARNING")
# Keeps in memory when it last sent what.
BEAT = ("celery", "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile", "", "--loglevel", "WARNING")
#: Which workers there are with each engine.
PLACES = {"django-tasks-db": (TASKS, SWEEP, TASKS, SWEEP), "celery": (CELERY, BEAT, CELERY, SWEEP)}
TRANSMIT = ("d2po_transmit", "--unprinted")
STOP_SECONDS = 15.0
# The share of the transmitting workers that are killed, and how long they have before.
KILLED_SHARE = 0.6
KILLED_WITHIN_SECONDS = 1.0
# How long a kill waits for somebody to be at a label.
AT_A_LABEL_SECONDS = 2.0


@dataclass
class Worker:
    """A process that hands off."""

    arguments: tuple[str, ...]
    process: ForkServerProcess

    def signal(self, number: int) -> None:
        """Send a signal, if it still runs."""
        assert self.process.pid is not None
        with suppress(ProcessLookupError):
            os.kill(self.process.pid, number)


@dataclass
class Workers:
    """Keeps as many workers running as there are places for them."""

    around: Surroundings
    random: random.Random
    kills: int = 0
    #: Kills that hit a worker while it wrote or deleted a label.
    kills_at_a_label: int = 0
    stops: int = 0
    #: Workers that ended by themselves, such as a task worker whose connection was cut.
    ended: int = 0
    transmissions: int = 0
    _running: list[Worker] = field(default_factory=list)
    _transmitting: list[Worker] = field(default_factory=list)
    _timers: list[Timer] = field(default_factory=list)

    def start(self, places: tuple[tuple[str, ...], ...]) -> None:
        of_harness = dict(os.environ)
        # The process that forks them keeps the environment in which it was started.
        os.environ |= self.around.environment
        self._running += [self._started(arguments) for arguments in places]
        os.environ |= of_harness

    def keep_running(self) -> None:
        """Start those again that ended."""
        for worker in self._running:
            if not worker.process.is_alive():
                self.ended += 1
                worker.process = self._started(worker.arguments).process

    def kill_one(self) -> None:
        """SIGKILL one of them, whatever it does, and start another in its place."""
        self._kill(self.random.choice(self._running))

    def kill_one_at_a_label(self, latency_seconds: float) -> None:
        """SIGKILL one that is writing a label, at a random moment of that; whichever comes first."""
        ends_at = time.monotonic() + AT_A_LABEL_SECONDS
        while not (at_work := [worker for worker in self._running if self._sign_of(worker).exists()]):
            if time.monotonic() > ends_at:
                return
            time.sleep(0.005)
        time.sleep(self.random.uniform(0.0, latency_seconds))
        self._kill(self.random.choice(at_work))

    def _sign_of(self, worker: Worker) -> Path:
        """Return the file that lies there while a worker writes or deletes a label."""
        return self.around.signs / str(worker.process.pid)

    def _kill(self, worker: Worker) -> None:
        worker.process.kill()
        worker.process.join(STOP_SECONDS)
        self.kills += 1
        if (sign := self._sign_of(worker)).exists():
            self.kills_at_a_label += 1
            sign.unlink()
        worker.process = self._started(worker.arguments).process

    def stop_one(self, seconds: float) -> None:
        """SIGSTOP one of them for some seconds, longer than its lease, then let it go on."""
        worker = self.random.choice(self._running)
        worker.signal(signal.SIGSTOP)
        self.stops += 1
        # The timer wakes this process, even if another has its place by then.
        stopped = Worker(worker.arguments, worker.process)
        go_on = Timer(seconds, stopped.signal, [signal.SIGCONT])
        self._timers.append(go_on)
        go_on.start()

    def transmit(self) -> None:
        """Let somebody transmit what has its label, and mostly kill them at a random moment of that."""
        worker = self._started(TRANSMIT)
        self._transmitting.append(worker)
        self.transmissions += 1
        if self.random.random() < KILLED_SHARE:
            kill = Timer(self.random.uniform(0.0, KILLED_WITHIN_SECONDS), worker.signal, [signal.SIGKILL])
            self._timers.append(kill)
            kill.start()

    @property
    def kills_of_transmissions(self) -> int:
        """Return how many of those who transmitted were killed."""
        return sum(worker.process.exitcode == -signal.SIGKILL for worker in self._transmitting)

    def let_all_go_on(self) -> None:
        """End every stop, and wait for those who transmit."""
        for timer in self._timers:
            timer.cancel()
            timer.join()
        for worker in self._running:
            worker.signal(signal.SIGCONT)
        for worker in self._transmitting:
            worker.process.join(STOP_SECONDS)

    def end(self) -> None:
        """Kill what still runs."""
        self.let_all_go_on()
        for worker in (*self._running, *self._transmitting):
            worker.process.kill()
            worker.process.join(STOP_SECONDS)

    def _started(self, arguments: tuple[str, ...]) -> Worker:
        # RabbitMQ refuses a second worker of a name.
        name = ("--hostname", f"{uuid4()}@%h") if arguments == CELERY else ()
        process = FORKS.Process(target=run_worker, args=((*arguments, *name), self.around.log))
        process.start()
        return Worker(arguments, process)


def run_worker(arguments: tuple[str, ...], log: Path) -> None:
    """Run in the new process, which has Django; this one need not have it yet."""
    from tests.crash.process import work

    work(arguments, log)
