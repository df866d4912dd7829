"""What the doctor says of tables that an earlier migration made."""

from collections.abc import Iterator

import pytest
from django.db import connection

from deliver_to_po.examination.doctor.finding import Verdict
from deliver_to_po.examination.doctor.tables import tables

pytestmark = pytest.mark.django_db
RENAME = "ALTER TABLE deliver_to_po_heartbeat RENAME COLUMN {} TO {}"


@pytest.fixture
def of_an_old_migration() -> Iterator[None]:
    """Let one column have an older name."""
    with connection.cursor() as cursor:
        cursor.execute(RENAME.format("beat_at", "seen_at"))
        yield
        cursor.execute(RENAME.format("seen_at", "beat_at"))


def test_tables_of_this_version_are_nothing_to_speak_of() -> None:
    assert tables() == []


@pytest.mark.usefixtures("of_an_old_migration")
def test_what_is_missing_and_what_is_left_over_is_named_with_what_to_do() -> None:
    [finding] = tables()
    assert finding.verdict == Verdict.WRONG
    assert finding.says.endswith(": -deliver_to_po_heartbeat.beat_at, +deliver_to_po_heartbeat.seen_at")
    assert "zero --fake" in finding.todo


def test_a_table_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    names = connection.introspection.table_names()
    there = [name for name in names if name != "deliver_to_po_heartbeat"]
    monkeypatch.setattr(connection.introspection, "table_names", lambda cursor: there)
    [finding] = tables()
    assert finding.says.endswith(": -deliver_to_po_heartbeat")


def test_a_shop_that_has_not_migrated_yet_is_told_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.introspection, "table_names", lambda cursor: [])
    assert tables() == []
