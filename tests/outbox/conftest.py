"""A job of the tests' own over shipments, alone in the registry."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.utils import timezone

from deliver_to_po.models import Shipment
from deliver_to_po.outbox import sweep
from deliver_to_po.outbox.jobs import Job, Registry
from tests.bystanders import Bystanders
from tests.factories import make_shipment

LEASE, WAIT = 40.0, 7.0


@pytest.fixture(autouse=True)
def _nobody_else(bystanders: Bystanders) -> None:
    """Fail a test that changes a row which it is not about."""


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Return an empty registry in the place of the app's."""
    made = Registry()
    monkeypatch.setattr(sweep, "registry", made)
    return made


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stop the clock, and let a test move it."""
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def done_with(row: Any) -> None:
    """Do a step that ends the lease and leaves nothing to do."""
    Shipment.objects.filter(pk=row.pk, lease=row.lease).update(lease=None, due_at=None)


def job_of(group: str, step: Callable[[Any], Any] = done_with, **changes: Any) -> Job:
    """Return a job whose rows are the shipments of a group."""
    parts: dict[str, Any] = {
        "name": group,
        "rows": lambda: Shipment.objects.filter(group=group),
        "step": step,
        "lease_seconds": lambda: LEASE,
        "wait_seconds": lambda: WAIT,
    }
    return Job(**{**parts, **changes})


def due_row(group: str = "job", seconds_ago: float = 0, **fields: Any) -> Shipment:
    """Return a row of the job of that group that has been due for some seconds."""
    return make_shipment(**{"group": group, "due_at": timezone.now() - timedelta(seconds=seconds_ago), **fields})


def locked() -> OperationalError:
    """Return what Django raises when SQLite is locked."""
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
    error = OperationalError("database is locked")
    error.__cause__ = cause
    return error
