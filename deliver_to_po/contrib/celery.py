"""Celery as the engine of ``django.tasks``: a shop that has Celery needs no second queue. Needs the extra ``celery``.

Shops write the path of ``CeleryBackend`` and the name of the task ``SWEEP`` into their settings; see the page about
running the hand-off.
"""

import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from celery import Celery, shared_task
from django.utils import timezone
from django.utils.module_loading import import_string
from kombu import Connection
from kombu.exceptions import ChannelError, LimitExceeded, OperationalError
from kombu.pools import connections

from deliver_to_po.core.background import module_of_tasks

_base = import_module(f"{module_of_tasks()}.base")
_backends = import_module(f"{module_of_tasks()}.backends.base")
_signals = import_module(f"{module_of_tasks()}.signals")

RUN = "deliver_to_po.run"
SWEEP = "deliver_to_po.sweep"
# A page waits no longer than this for each answer of the broker while it is away.
PATIENCE_SECONDS = 0.25
# Then the next pages do not wait at all for a while: the sweep does the work.
REST_SECONDS = 5.0
# What a broker says of a queue that it does not have.
NOT_FOUND = "404"
# The most that one sweep does, so that a worker is free for other tasks now and then.
STEPS_AT_ONCE = 100


class CeleryBackend(_backends.BaseTaskBackend):  # type: ignore[misc, name-defined]
    """Sends tasks to the workers of the Celery app that ``OPTIONS["APP"]`` names, such as ``"mysite.celery.app"``.

    A task of the queue ``"default"`` goes where that app sends what names no queue. Results are not kept. Raises
    ConnectionError, after a fraction of a second, while the broker cannot be reached.
    """

    supports_defer = True
    supports_async_task = True

    def __init__(self, alias: str, params: Mapping[str, Any]) -> None:
        super().__init__(alias, params)
        self._rests_until = 0.0

    @property
    def app(self) -> Celery:
        """Return the shop's Celery app; imported late, since it may need Django's apps."""
        app: Celery = import_string(self.options["APP"])
        return app

    def enqueue(self, task: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Send a task; return its result as it is now, which nobody can ask for later."""
        self.validate_task(task)
        result = _result(task, uuid.uuid4().hex, args, kwargs, self.alias, _base.TaskResultStatus.READY)
        queue = None if task.queue_name == _base.DEFAULT_TASK_QUEUE_NAME else task.queue_name
        with self._connected() as connection, self.app.amqp.Producer(connection) as producer:
            self.app.send_task(
                RUN,
                (task.module_path, result.args, result.kwargs),
                task_id=result.id,
                eta=task.run_after,
                queue=queue,
                ignore_result=True,
                producer=producer,
                retry=True,
                # A connection that was kept may have been closed meanwhile: it is opened once more.
                retry_policy={"max_retries": int(connection.connected), "interval_start": 0},
            )
        _signals.task_enqueued.send(type(self), task_result=result)
        return result

    def waiting(self) -> int:
        """Return how many tasks wait in the default queue. Raises ConnectionError while the broker is away."""
        name = self.app.conf.task_default_queue
        with self._connected() as connection, connection.channel() as channel:
            try:
                return int(channel.queue_declare(name, passive=True).message_count)
            except ChannelError as error:
                if str(error.reply_code) != NOT_FOUND:
                    raise
                # Redis knows no empty queue, and RabbitMQ none that nobody has sent to.
                return 0

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """Lend a connection of the pool whose every wait is short."""
        if time.monotonic() < self._rests_until:
            raise ConnectionError("The broker could not be reached a moment ago.")
        kept = _connection(self.app)
        try:
            with connections[kept].acquire(block=True, timeout=PATIENCE_SECONDS) as connection:
                yield connection
        except (*kept.recoverable_connection_errors, OperationalError, LimitExceeded, OSError) as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            raise ConnectionError(f"The broker cannot be reached ({type(error).__name__}).") from None


def _connection(app: Celery) -> Connection:
    """Return how the broker is reached; it only names a pool, and is not opened."""
    plain = app.connection_for_write()
    amqp = plain.transport_cls in ("amqp", "amqps", "pyamqp")
    waits = {"read_timeout": PATIENCE_SECONDS, "write_timeout": PATIENCE_SECONDS} if amqp else {}
    return app.connection_for_write(connect_timeout=PATIENCE_SECONDS, transport_options=waits)


def _result(
    task: Any, task_id: str, args: Sequence[Any], kwargs: Mapping[str, Any], alias: str, status: Any, **known: Any
) -> Any:
    """Return what ``django.tasks`` calls a result: a task and how far it has come."""
    return _base.TaskResult(
        task=task,
        id=task_id,
        status=status,
        enqueued_at=None if known else timezone.now(),
        started_at=known.get("started_at"),
        last_attempted_at=known.get("started_at"),
        finished_at=None,
        args=list(args),
        kwargs=dict(kwargs),
        backend=alias,
        errors=[],
        worker_ids=known.get("worker_ids", []),
    )


@shared_task(name=RUN, bind=True, ignore_result=True)  # type: ignore[untyped-decorator]
def run(self: Any, path: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Do one task in a worker. Raises TypeError for a path that leads to anything but a task."""
    task = import_string(path)
    if not isinstance(task, _base.Task):
        raise TypeError(f"{path} is no task.")
    if task.takes_context:
        now = {"started_at": timezone.now(), "worker_ids": [self.request.hostname or ""]}
        running = _base.TaskResultStatus.RUNNING
        result = _result(task, self.request.id, args, kwargs, task.backend, running, **now)
        args = [_base.TaskContext(task_result=result), *args]
    task.call(*args, **kwargs)


class _Kept(threading.local):
    """One sweep for each thread: it remembers when it last did what is not to be done each time."""

    def __init__(self) -> None:
        # Late: a shop's models may define tasks, and they come before ours.
        from deliver_to_po.outbox.sweep import Sweep

        self.sweep = Sweep()


_kept = _Kept()


@shared_task(name=SWEEP, ignore_result=True)  # type: ignore[untyped-decorator]
def sweep(limit: int = STEPS_AT_ONCE) -> None:
    """Do what is due, at most ``limit`` steps; for an entry in the schedule of Celery's beat."""
    _kept.sweep.round(limit=limit)
