"""Something with each row: what one raises costs no other, unless it concerns all of them."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError

from deliver_to_po.outbox.each import each_by_itself

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


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_away_concerns_every_row(error: type[Exception]) -> None:
    seen = []

    def do(row: Any) -> bool:
        seen.append(row.pk)
        raise error

    with pytest.raises(error):
        each_by_itself("Erasure of", ROWS, do)
    assert seen == [1]
