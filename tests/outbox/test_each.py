"""Something with each row: what one raises costs no other, unless it concerns all of them."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from deliver_to_po.models import Delivery
from deliver_to_po.outbox import each
from deliver_to_po.outbox.each import each_by_itself
from tests.factories import make_delivery

ROWS = [SimpleNamespace(pk=key) for key in (1, 2, 3)]


@pytest.mark.parametrize("error", [ValueError, OSError, IntegrityError])
def test_what_one_row_raises_costs_no_other(caplog: pytest.LogCaptureFixture, error: type[Exception]) -> None:
    seen = []

    def do(row: Any) -> bool:
        seen.append(row.pk)
        if row.pk == 2:
            raise error("about Marie-Ève Côté")
        return True

    assert each_by_itself("Erasure of", ROWS, do) == 2
    assert seen == [1, 2, 3]
    assert f"Erasure of 2: {error.__name__} at {__file__}" in caplog.text
    assert "Marie" not in caplog.text


def test_it_counts_for_how_many_it_was_done() -> None:
    assert each_by_itself("Erasure of", ROWS, lambda row: row.pk != 2) == 2


def test_whoever_asks_is_told_which_rows_failed() -> None:
    failed: list[Any] = []

    def do(row: Any) -> bool:
        if row.pk != 3:
            raise ValueError
        return True

    assert each_by_itself("Erasure of", ROWS, do, failed=failed.append) == 1
    assert failed == ROWS[:2]


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_away_concerns_every_row(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(statement: str) -> None:
        raise error

    # The connection was made before: a statement alone tells.
    cursor = nullcontext(SimpleNamespace(execute=away))
    monkeypatch.setattr(each, "connections", {"default": SimpleNamespace(cursor=lambda: cursor)})
    seen = []

    def do(row: Any) -> bool:
        seen.append(row.pk)
        raise error

    with pytest.raises(error):
        each_by_itself("Erasure of", ROWS, do)
    assert seen == [1]
    assert not caplog.records


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_answers_goes_on_with_the_next_row(
    error: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    """A deadlock, a lock or a statement that took too long: they concern one row, though Django calls them the same."""

    def do(row: Any) -> bool:
        if row.pk == 2:
            raise error
        return True

    assert each_by_itself("Erasure of", ROWS, do) == 2
    assert f"Erasure of 2: {error.__name__}" in caplog.text


@pytest.mark.django_db
def test_what_the_database_refuses_inside_a_rows_own_statement_costs_no_other() -> None:
    rows = [make_delivery() for _ in range(3)]

    def do(row: Any) -> bool:
        with transaction.atomic():
            Delivery.objects.filter(pk=row.pk).update(state="nowhere" if row == rows[1] else "held")
        return True

    assert each_by_itself("Hold of", rows, do) == 2
    assert [Delivery.objects.get(pk=row.pk).state for row in rows] == ["held", "released", "held"]
