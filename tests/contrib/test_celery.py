"""Celery as the engine of ``django.tasks``, with a broker in memory; real ones are in ``tests/handoff``."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from django.utils import timezone
from kombu import Queue

from deliver_to_po.contrib import celery
from deliver_to_po.contrib.celery import RUN, CeleryBackend, run, sweep
from deliver_to_po.core.background import module_of_tasks, works_in_background
from deliver_to_po.models import Heartbeat
from deliver_to_po.models.due import SWEEP
from deliver_to_po.outbox.sweep import Sweep, Swept
from tests import celery_app

task: Any = __import__(module_of_tasks(), fromlist=["task"]).task
done: list[object] = []


@task  # type: ignore[untyped-decorator]
def note(what: object) -> None:
    """Write down what was asked for."""
    done.append(what)


@task(takes_context=True)  # type: ignore[untyped-decorator]
def note_who(context: Any, what: object) -> None:
    """Write down which task this is, and which try."""
    done.append((context.task_result.id, context.attempt, what))


def no_task() -> None:
    """Do nothing that anybody may ask for."""


@pytest.fixture(autouse=True)
def _nothing_done() -> None:
    done.clear()


@pytest.fixture
def app(settings: Any, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Celery:
    """Return the Celery app that tasks are sent to, with a queue of the test's own."""
    made = celery_app.made("memory://", request.node.name)
    monkeypatch.setattr(celery_app, "app", made)
    settings.TASKS = {"default": {**celery_app.TASKS["default"], "QUEUES": ["default", "slow"]}}
    return made


def messages(app: Celery, queue: str) -> list[Any]:
    with app.connection_for_read() as connection, connection.channel() as channel:
        bound = Queue(queue)(channel)
        return list(iter(lambda: bound.get(no_ack=True), None))


def test_a_task_becomes_a_message_with_its_path_and_ids_only(app: Celery) -> None:
    assert works_in_background()
    result = note.enqueue(7)
    [message] = messages(app, app.conf.task_default_queue)
    assert message.headers["task"] == RUN
    assert message.headers["id"] == result.id
    assert message.headers["eta"] is None
    assert message.payload[0] == [f"{__name__}.note", [7], {}]


def test_a_task_for_later_and_one_of_another_queue_say_so(app: Celery) -> None:
    later = timezone.now() + timedelta(hours=1)
    note.using(run_after=later, queue_name="slow").enqueue(7)
    assert messages(app, app.conf.task_default_queue) == []
    [message] = messages(app, "slow")
    assert message.headers["eta"] == later.isoformat()


def test_a_worker_does_the_task_of_that_path() -> None:
    run.apply((f"{__name__}.note", [7], {})).get()
    assert done == [7]


def test_a_task_that_wants_its_context_gets_it() -> None:
    run.apply((f"{__name__}.note_who", [7], {}), task_id="abc").get()
    assert done == [("abc", 1, 7)]


@pytest.mark.parametrize(
    ("path", "error"), [(f"{__name__}.no_task", TypeError), ("os.system", TypeError), ("no.such.thing", ImportError)]
)
def test_a_message_can_call_nothing_but_tasks(path: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        run.apply((path, ["true"], {})).get()


def test_what_waits_is_counted(app: Celery) -> None:
    for number in range(3):
        note.enqueue(number)
    backend = CeleryBackend("default", celery_app.TASKS["default"])
    assert backend.waiting() == 3


def test_in_a_queue_that_the_broker_does_not_have_nothing_waits_and_tasks_are_sent_on(app: Celery) -> None:
    backend = CeleryBackend("default", celery_app.TASKS["default"])
    assert backend.waiting() == 0
    backend.enqueue(note, [7], {})
    assert backend.waiting() == 1


def test_once_the_broker_was_away_nobody_waits_for_a_while(app: Celery, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def send_task(*args: Any, **kwargs: Any) -> None:
        asked.append(args)
        raise ConnectionRefusedError

    monkeypatch.setattr(app, "send_task", send_task)
    backend = CeleryBackend("default", celery_app.TASKS["default"])
    for _ in range(2):
        with pytest.raises(ConnectionError):
            backend.enqueue(note, [7], {})
    assert len(asked) == 1
    monkeypatch.setattr(celery, "REST_SECONDS", 0.0)
    backend._rests_until = 0.0
    for _ in range(2):
        with pytest.raises(ConnectionError):
            backend.enqueue(note, [7], {})
    assert len(asked) == 3


@pytest.mark.django_db
def test_the_sweep_looks_for_due_rows_with_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = []

    class Watched(Sweep):
        def round(self, *, stop: Callable[[], bool] = lambda: False, limit: int | None = None) -> Swept:
            limits.append(limit)
            return super().round(stop=stop, limit=limit)

    monkeypatch.setattr(celery._kept, "sweep", Watched())
    sweep.apply().get()
    assert limits == [celery.STEPS_AT_ONCE]
    assert Heartbeat.objects.filter(name=SWEEP).exists()
