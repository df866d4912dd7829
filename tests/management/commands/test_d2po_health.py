"""The command for monitoring: exit code, JSON, limits, both languages, and nothing that is anybody's."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.models import Heartbeat
from deliver_to_po.models.due import SWEEP
from deliver_to_po.outbox.sweep import Sweep
from tests.factories import RECIPIENT, make_shipment

pytestmark = pytest.mark.django_db


def visit(*arguments: str) -> tuple[str, str]:
    """Run the command; return what it wrote, and its complaint."""
    out = StringIO()
    try:
        call_command("d2po_health", *arguments, stdout=out, no_color=True)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def swept(ago: timedelta) -> None:
    """Let the sweep have run for the last time that long ago; the housekeeping is no problem."""
    Sweep().round(limit=0)
    Heartbeat.objects.filter(name=SWEEP).update(beat_at=timezone.now() - ago)


def test_all_is_well_after_a_sweep_that_had_nothing_to_do() -> None:
    Sweep().round()
    text, complaint = visit()
    assert complaint == ""
    assert [line.split()[0] for line in text.splitlines()] == ["ok"] * 10


def test_each_problem_has_a_line_that_says_what_to_do() -> None:
    make_shipment(due_at=timezone.now() - timedelta(hours=1))
    text, complaint = visit()
    assert complaint == "3 problems found."
    # What Windows can write where this is redirected, as by whatever calls it.
    lines = text.encode("cp1252").decode("cp1252").splitlines()
    problems = [number for number, line in enumerate(lines) if line.startswith("problem")]
    assert len(problems) == 3
    assert all(lines[number + 1].strip().startswith("-> ") for number in problems)


def test_a_program_reads_one_object(settings: Any) -> None:
    swept(timedelta(hours=1))
    shipment = make_shipment(state=ShipmentState.ATTENTION)
    text, complaint = visit("--json")
    told = json.loads(text)
    assert (told["ok"], complaint) == (False, "1 problem found.")
    assert [(one["name"], one["ok"]) for one in told["findings"]] == [
        ("sweep", False),
        ("housekeeping", True),
        ("erasure", True),
        ("due", True),
        ("put_off", True),
        ("compared", True),
        ("lapses", True),
        ("mails", True),
        ("needs_a_person", True),
        ("tests", True),
    ]
    assert told["findings"][8]["counts"]["shipments_attention"] == 1
    private = (RECIPIENT.name, RECIPIENT.email, shipment.request_id, settings.DELIVER_TO_PO["CANADA_POST"]["PASSWORD"])
    assert [word for word in private if word in text] == []


@pytest.mark.parametrize("written", ["", {"LIVE": ""}])
def test_a_setting_of_the_wrong_kind_is_named(settings: Any, written: Any) -> None:
    settings.DELIVER_TO_PO = {**settings.DELIVER_TO_PO, "CANADA_POST": written}
    assert "deliver_to_po.E003" in visit()[1]


@pytest.mark.parametrize(
    ("option", "limit"), [("--silent", "300"), ("--late", "300"), ("--lapses", "0"), ("--persons", "0")]
)
def test_each_limit_can_be_set(option: str, limit: str) -> None:
    swept(timedelta(minutes=6))
    make_shipment(due_at=timezone.now() - timedelta(minutes=6), lapses=1)
    make_shipment(state=ShipmentState.ATTENTION)
    assert visit()[1] == ""
    assert visit(option, limit)[1] == "1 problem found."


def test_it_is_said_in_french() -> None:
    make_shipment(due_at=timezone.now() - timedelta(hours=2), lapses=20)
    text, complaint = visit("--language", "fr")
    assert complaint == "4 problèmes trouvés."
    assert "ce qui attend depuis le plus longtemps attend depuis 2\xa0heures" in text
    assert "se sont arrêtés 20 fois" in text
    assert "problème  " in text


def test_what_is_neither_french_nor_english_is_said_in_english_throughout() -> None:
    make_shipment(due_at=timezone.now() - timedelta(hours=2))
    assert "what has been due longest has waited for 2\xa0hours" in visit("--language", "de")[0]


@pytest.mark.parametrize("typed", ["inf", "nan", "-1", "1e10", "soon"])
@pytest.mark.parametrize("option", ["--silent", "--late", "--stuck", "--tracking-late"])
def test_what_is_no_span_of_time_is_refused_in_words(option: str, typed: str) -> None:
    assert f"argument {option}: “{typed}” must be a number from 0 to" in visit(f"{option}={typed}")[1]
