"""The record of the doctor: the shapes of every answer, and no value."""

import json
from pathlib import Path

import pytest

from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.emulator.server import EmulatorServer
from tests.examination.doctor.visiting import Visit

pytestmark = pytest.mark.django_db


def test_the_record_holds_shapes_of_every_answer(api: str, tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    visit = Visit("--near", "K1A 0B1", "--record", str(file))
    record = json.loads(file.read_text(encoding="utf-8"))
    operations = {call["operation"] for call in record["calls"]}
    assert {"find post offices", "post office detail", "rates", "option", "tracking details"} <= operations
    assert record["api"] == api
    assert f"{len(record['calls'])} answers" in visit.text
    assert {call["status"] for call in record["calls"]} >= {200, 404}


def test_the_record_holds_no_value(api: str, tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    Visit("--near", "K1A 0B1", "--record", str(file))
    shapes = json.dumps([call["shape"] for call in json.loads(file.read_text(encoding="utf-8"))["calls"]])
    found = canada_post().find_offices(NearPostalCode("K1A0B1"))
    values = {value for office in found for value in (office.office_id, office.name, office.postal_code)}
    assert values
    assert not [value for value in values if value in shapes]


def test_a_record_that_cannot_be_written_says_so(emulator: EmulatorServer, tmp_path: Path) -> None:
    assert "cannot be written" in Visit("--near", "K1A 0B1", "--record", str(tmp_path / "none" / "x")).complaint
