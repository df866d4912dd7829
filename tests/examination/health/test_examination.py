"""What monitoring is told, finding by finding: whether it is well, how much, and what to do."""

from collections.abc import Sequence

import pytest
from django.db import DatabaseError

from deliver_to_po.examination.health import examination
from deliver_to_po.examination.health.examination import examine
from deliver_to_po.examination.health.finding import Finding, Limits

pytestmark = pytest.mark.django_db


def test_a_database_that_is_away_is_a_problem_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def lapses(limits: Limits) -> Finding:
        raise DatabaseError("a row of somebody's")

    monkeypatch.setattr(examination, "lapses", lapses)
    findings: Sequence[Finding] = list(examine(Limits()))
    assert [finding.name for finding in findings] == [
        "sweep",
        "housekeeping",
        "erasure",
        "due",
        "put_off",
        "compared",
        "database",
    ]
    assert (findings[-1].ok, findings[-1].says) == (False, "the database cannot be asked (DatabaseError)")
    assert "let the USER in DATABASES read and write every table" in findings[-1].todo
