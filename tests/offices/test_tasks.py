"""Hours are fetched in the background, for the next look at a list."""

from typing import Any

import pytest

from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.offices import directory, tasks
from deliver_to_po.offices.finder import find
from deliver_to_po.offices.tasks import ask_for_hours, fetch_hours
from tests.offices.conftest import OTTAWA

pytestmark = pytest.mark.django_db


def _run(argument: list[str]) -> None:
    """Run the task as a worker does; without ``django.tasks`` it is the function itself."""
    getattr(fetch_hours, "call", fetch_hours)(argument)


def test_a_worker_fetches_the_hours_of_each_office_in_the_language_it_is_told(emulator: EmulatorServer) -> None:
    offices = find(OTTAWA, "en").offices[:3]
    _run(["fr", *(office.office_id for office in offices[:2])])
    assert [bool(office.hours) for office in directory.with_hours(offices)] == [True, True, False]
    rows = [directory.get_office(office.office_id) for office in offices]
    assert [bool(row and row.name_fr) for row in rows] == [True, True, False]
    assert [row and row.zone for row in rows] == ["America/Toronto", "America/Toronto", ""]


def test_a_worker_stops_at_the_first_office_that_cannot_be_fetched(emulator: EmulatorServer) -> None:
    offices = find(OTTAWA, "en").offices[:2]
    _run(["en", "0099999999", offices[0].office_id])
    assert not emulator.calls.get("office_details")


def test_no_worker_is_told_of_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    def send(made: Any, argument: Any) -> bool:
        sent.append((made, argument))
        return True

    monkeypatch.setattr(tasks, "send_after_commit", send)
    assert not ask_for_hours([], "en")
    assert ask_for_hours(iter(["1", "2"]), "fr")
    assert sent == [(fetch_hours, ["fr", "1", "2"])]
