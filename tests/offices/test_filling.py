"""Warming by command: within the limits, with a bar, and it says what came of it."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from deliver_to_po.canadapost.errors import Throttled
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Office
from deliver_to_po.offices import filling, finder
from deliver_to_po.offices.filling import Filled, fill
from deliver_to_po.offices.finder import find

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("emulator")]


def _load(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("d2po_load_offices", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_each_postal_code_is_asked_once_in_both_languages(emulator: EmulatorServer) -> None:
    out, err = _load("K1A 0B1", "k1a-0b1", "H2X1Y4")
    assert emulator.calls["find_offices"] == 4
    assert "4 asked" in out
    assert "4/4" in err
    assert Office.objects.exclude(name_en="").exclude(name_fr="").count() == Office.objects.count() > 10


def test_what_is_known_is_answered_without_a_call_and_not_asked_again(emulator: EmulatorServer) -> None:
    _load("K1A0B1", "--language", "en")
    find(NearPostalCode("K1A0B1"), "en")
    assert "1 known already" in _load("K1A0B1", "--language", "en")[0]
    assert emulator.calls["find_offices"] == 1


def test_a_file_holds_a_postal_code_a_line(tmp_path: Path) -> None:
    file = tmp_path / "codes.txt"
    file.write_text("# Ottawa\nK1A 0B1\n\nH2X 1Y4  # Montréal\n", encoding="utf-8")
    assert "4 asked" in _load("--file", str(file))[0]


@pytest.mark.parametrize("arguments", [(), ("90210",), ("K1A0B1", "nonsense"), ("--file", "/nonexistent")])
def test_what_cannot_be_asked_is_said_before_anything_is(emulator: EmulatorServer, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        _load(*arguments)
    assert not emulator.calls.get("find_offices")


def test_an_outage_is_an_error_with_its_cause(emulator: EmulatorServer) -> None:
    emulator.faults.add("find_offices", "500", count=None)
    with pytest.raises(CommandError, match="Unavailable"):
        _load("K1A0B1", "--language", "fr")


def test_it_waits_for_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Any] = [Throttled("find post offices", retry_after=7), None]
    real = finder.ask_canada_post

    def ask(*arguments: Any, **named: Any) -> Any:
        assert named["background"]
        if (error := answers.pop(0)) is not None:
            raise error
        return real(*arguments, **named)

    monkeypatch.setattr(filling, "ask_canada_post", ask)
    waited: list[float] = []
    assert list(fill([NearPostalCode("K1A0B1")], ["en"], sleep=waited.append)) == [(Filled.ASKED, None)]
    assert waited == [7]


def test_after_five_minutes_of_waiting_it_goes_on_to_the_next_question(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = NearPostalCode("K1A0B1")
    error = Throttled("find post offices", retry_after=120)
    real = finder.ask_canada_post

    def ask(query: Any, *arguments: Any, **named: Any) -> Any:
        if query == busy:
            raise error
        return real(query, *arguments, **named)

    monkeypatch.setattr(filling, "ask_canada_post", ask)
    waited: list[float] = []
    outcomes = list(fill([busy, NearPostalCode("H2X1Y4")], ["en"], sleep=waited.append))
    assert outcomes == [(Filled.FAILED, error), (Filled.ASKED, None)]
    assert waited == [120, 120]


def test_a_place_without_offices_is_told_from_one_with_some() -> None:
    assert list(fill([NearPostalCode("X0A0H0")], ["en"])) == [(Filled.NONE_NEAR, None)]
