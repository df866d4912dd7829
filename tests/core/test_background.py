"""Background work: on where a backend works elsewhere than in the process that sends, else off."""

from typing import Any

import pytest
from django.db import transaction

from deliver_to_po.core import background
from deliver_to_po.core.background import send_after_commit, task, works_in_background

BACKENDS = f"{background.module_of_tasks()}.backends"
IMMEDIATE = __import__(f"{BACKENDS}.immediate", fromlist=["ImmediateBackend"]).ImmediateBackend
BASE = __import__(f"{BACKENDS}.base", fromlist=["BaseTaskBackend"]).BaseTaskBackend


class Workers(BASE):  # type: ignore[misc, valid-type]
    """A backend that has workers somewhere."""

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        """Take the task."""


class LoggingImmediateBackend(IMMEDIATE):  # type: ignore[misc, valid-type]
    """A shop's own backend, which runs tasks at once."""


class Made:
    """Stands for a task, and keeps what it was sent with."""

    def __init__(self) -> None:
        self.sent: list[int] = []

    def enqueue(self, argument: int) -> None:
        """Keep what was sent."""
        self.sent.append(argument)


class Broken(Made):
    """Stands for a task whose broker is down."""

    def enqueue(self, argument: int) -> None:
        """Fail as the client of a broker that is down does."""
        raise ConnectionError


@pytest.fixture
def workers(settings: Any) -> None:
    """Let the shop have workers."""
    settings.TASKS = {"default": {"BACKEND": f"{__name__}.Workers"}}


@pytest.mark.parametrize(
    ("backend", "works"),
    [
        (f"{BACKENDS}.immediate.ImmediateBackend", False),
        (f"{BACKENDS}.dummy.DummyBackend", False),
        (f"{__name__}.LoggingImmediateBackend", False),
        (f"{__name__}.Workers", True),
        ("no.such.Backend", False),
    ],
)
def test_only_a_backend_with_workers_works_in_the_background(settings: Any, backend: str, works: bool) -> None:
    settings.TASKS = {"default": {"BACKEND": backend}}
    assert works_in_background() is works


@pytest.mark.usefixtures("workers")
def test_without_tasks_nothing_works_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "find_spec", lambda name: None)
    assert not works_in_background()


@pytest.mark.parametrize(
    ("there", "module"),
    [
        ({"django.tasks", "django_tasks"}, "django.tasks"),
        ({"django.tasks"}, "django.tasks"),
        ({"django_tasks"}, "django_tasks"),
        (set(), ""),
    ],
)
def test_django_s_own_tasks_come_before_the_package(
    monkeypatch: pytest.MonkeyPatch, there: set[str], module: str
) -> None:
    monkeypatch.setattr(background, "find_spec", lambda name: name if name in there else None)
    assert background.module_of_tasks() == module


def do_nothing(argument: int) -> None:
    """Do nothing."""


def test_a_function_becomes_a_task_that_can_be_sent() -> None:
    made = task(do_nothing)
    assert made.func is do_nothing
    assert made.enqueue


def test_without_tasks_a_function_stays_a_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "find_spec", lambda name: None)
    assert task(do_nothing) is do_nothing


@pytest.mark.django_db
def test_where_nothing_works_in_the_background_nothing_is_sent(django_capture_on_commit_callbacks: Any) -> None:
    made = Made()
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        assert send_after_commit(made, 7) is False
    assert (callbacks, made.sent) == ([], [])


@pytest.mark.django_db
@pytest.mark.usefixtures("workers")
def test_a_task_is_sent_after_the_commit_and_not_before(django_capture_on_commit_callbacks: Any) -> None:
    made = Made()
    with django_capture_on_commit_callbacks(execute=True):
        assert send_after_commit(made, 7) is True
        assert made.sent == []
    assert made.sent == [7]


def fail_after_sending(made: Made) -> None:
    """Send a task in a transaction that is rolled back."""
    with transaction.atomic():
        send_after_commit(made, 7)
        raise RuntimeError


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("workers")
def test_a_task_of_a_transaction_that_failed_is_not_sent() -> None:
    made = Made()
    with pytest.raises(RuntimeError):
        fail_after_sending(made)
    assert made.sent == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("workers")
def test_a_broken_backend_breaks_neither_the_commit_nor_what_else_is_sent() -> None:
    made = Made()
    with transaction.atomic():
        send_after_commit(Broken(), 6)
        send_after_commit(made, 7)
    assert made.sent == [7]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("workers")
def test_outside_a_transaction_a_task_is_sent_at_once() -> None:
    made = Made()
    send_after_commit(made, 7)
    assert made.sent == [7]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("workers")
def test_a_backend_that_is_away_costs_one_warning_until_it_is_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(background, "_said", set())
    for made in (Broken(), Broken(), Broken(), Made(), Broken(), Broken()):
        send_after_commit(made, 7)
        with transaction.atomic():
            send_after_commit(made, 7)
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
