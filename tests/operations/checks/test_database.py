"""SQLite as startproject makes it: what is lacking, with the lines to copy."""

import ast
from typing import Any

import pytest
from django.core.checks import Tags
from django.db import connection

from deliver_to_po.operations.checks import CHECKS
from deliver_to_po.operations.checks.database import SQLITE_LINES, check_sqlite, check_zone_tables
from tests.docs.copied import GUIDE

RIGHT = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
ALL = ("transaction_mode IMMEDIATE", "a timeout of 20 seconds", "journal_mode WAL")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that says what the check tells of a SQLite database with such OPTIONS."""

    def words(options: dict[str, Any]) -> list[str]:
        monkeypatch.setattr(connection, "vendor", "sqlite")
        monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
        return [f"{message.id}: {message.msg} {message.hint}" for message in check_sqlite()]

    return words


@pytest.mark.parametrize(
    ("options", "lacking"),
    [
        ({}, ALL),
        ({**RIGHT, "transaction_mode": "DEFERRED"}, ALL[:1]),
        ({**RIGHT, "timeout": 19}, ALL[1:2]),
        ({**RIGHT, "init_command": ""}, ALL[2:]),
    ],
)
def test_what_is_lacking_is_named_with_the_lines_to_copy(
    options: dict[str, Any], lacking: tuple[str, ...], told: Any
) -> None:
    [words] = told(options)
    assert words.startswith("deliver_to_po.W091")
    assert f"without {', '.join(lacking)}:" in words
    assert SQLITE_LINES in words


@pytest.mark.parametrize("more", [{}, {"transaction_mode": "exclusive"}, {"timeout": 60.5}])
def test_the_lines_to_copy_are_right_and_so_is_more_than_that(more: dict[str, Any], told: Any) -> None:
    assert told(ast.literal_eval(SQLITE_LINES.partition(" = ")[2]) | more) == []


def test_another_database_needs_none_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "postgresql")
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})
    assert check_sqlite() == []


def test_the_guide_has_the_lines() -> None:
    assert "\n".join(SQLITE_LINES.splitlines()[1:]) in GUIDE.read_text(encoding="utf-8")


def test_a_database_without_time_zones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_zone_tables(databases=["default"]) == []
    monkeypatch.setattr(connection.features, "has_zoneinfo_database", False)
    assert [message.id for message in check_zone_tables(databases=["default"])] == ["deliver_to_po.E099"]
    # Only commands that may ask the database name one.
    assert check_zone_tables(databases=None) == []
    assert ("database.check_zone_tables", Tags.database) in CHECKS
