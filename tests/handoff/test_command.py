"""The command that does what is due: once, or until it is told to stop."""

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils import timezone

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.management.commands import d2po_handoff
from deliver_to_po.models import Delivery, Heartbeat
from deliver_to_po.models.due import SWEEP
from deliver_to_po.outbox.sweep import Sweep, Swept
from tests.factories import make_draft
from tests.handoff.conftest import Due
from tests.rounds import now

pytestmark = pytest.mark.django_db


def test_it_hands_off_what_is_due_and_deletes_expired_drafts(due: Due, capsys: pytest.CaptureFixture[str]) -> None:
    shipment = due()
    draft = make_draft(expires_at=timezone.now())
    call_command("d2po_handoff")
    assert now(shipment).state == ShipmentState.LABELLED
    assert not Delivery.objects.filter(pk=draft.pk).exists()
    assert capsys.readouterr().out == "shipments: 1, expired drafts: 1, time zones of post offices: 50\n"


def test_it_is_silent_when_nothing_was_due_and_beats_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("d2po_handoff")
    assert capsys.readouterr().out == ""
    assert Heartbeat.objects.filter(name=SWEEP).exists()


def test_it_does_not_begin_with_a_wrong_setting(change_settings: Any) -> None:
    change_settings(RELEASE="someday")
    with pytest.raises(SystemCheckError, match="E041"):
        call_command("d2po_handoff", skip_checks=False)
    assert not Heartbeat.objects.exists()


@pytest.fixture
def handlers() -> Iterator[None]:
    """Put the handlers of signals back that the command sets."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


class Rounds:
    """Stands for the rounds of the sweep: each does what the test wrote down; the last one stops the process."""

    def __init__(self, *rounds: Any, number: signal.Signals = signal.SIGTERM) -> None:
        self.rounds = list(rounds)
        self.number = number
        self.stopped: list[bool] = []

    def round(self, sweep: Sweep, *, stop: Callable[[], bool]) -> Swept:
        if not self.rounds:
            self.stopped.append(stop())
            os.kill(os.getpid(), self.number)
            self.stopped.append(stop())
            return Swept()
        outcome = self.rounds.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        swept: Swept = outcome
        return swept


def loop(monkeypatch: pytest.MonkeyPatch, rounds: Rounds) -> int:
    """Let the command loop; return how often it let go of connections that had become old or unusable."""
    closed: list[None] = []
    monkeypatch.setattr(Sweep, "round", lambda self, *, stop: rounds.round(self, stop=stop))
    # The test's own connection is in a transaction, so it would be closed.
    monkeypatch.setattr(d2po_handoff, "close_old_connections", lambda: closed.append(None))
    call_command("d2po_handoff", "--loop", "--interval", "0.01")
    return len(closed)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_loop_ends_when_it_is_told_to_and_says_what_it_did_before(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    did = Swept()
    did.steps["shipments"] = 2
    rounds = Rounds(did, Swept(), number=number)
    loop(monkeypatch, rounds)
    assert rounds.stopped == [False, True]
    assert capsys.readouterr().out == "shipments: 2\n"


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("error", [OperationalError, DatabaseError, InterfaceError])
def test_the_loop_survives_a_database_that_is_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: type[Exception]
) -> None:
    rounds = Rounds(error("password of the canary"), error())
    assert loop(monkeypatch, rounds) == 3
    assert rounds.stopped == [False, True]
    assert caplog.text.count(error.__name__) == 2
    assert "canary" not in caplog.text


@pytest.mark.usefixtures("handlers")
def test_what_is_no_trouble_of_the_database_ends_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        loop(monkeypatch, Rounds(ZeroDivisionError()))


@pytest.mark.parametrize(
    ("due_in", "interval", "wait"),
    [(None, 5.0, 5.0), (0.0, 5.0, 0.05), (1.5, 5.0, 1.5), (60.0, 5.0, 5.0), (None, 0.0, 0.05), (1.5, -1.0, 0.05)],
)
def test_the_loop_waits_until_a_row_is_due_but_looks_every_interval(
    monkeypatch: pytest.MonkeyPatch, due_in: float | None, interval: float, wait: float
) -> None:
    monkeypatch.setattr(d2po_handoff, "seconds_to_next", lambda: due_in)
    assert d2po_handoff.Command()._loop_once(Sweep(), interval) == wait
