"""What a test leaves in a database of PostgreSQL's is taken away, lest each test be slower than the one before."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations


def _delete_all(operations: Any, _style: Any, tables: list[str], **_options: Any) -> list[str]:
    """Return one statement for all tables: foreign keys are looked at when it is over."""
    return ["; ".join(f"DELETE FROM {operations.quote_name(table)}" for table in tables)] if tables else []


def pytest_configure(config: pytest.Config) -> None:
    """Let what a test commits be deleted after it: TRUNCATE replaces the file of each table and each index."""
    patch = pytest.MonkeyPatch()
    patch.setattr(DatabaseOperations, "sql_flush", _delete_all)
    config.add_cleanup(patch.undo)


@pytest.fixture(scope="module", autouse=True)
def _vacuumed(django_db_blocker: Any) -> Iterator[None]:
    """Free what rolled back rows take: not every server has autovacuum, and a small list is read from end to end."""
    yield
    # Where no test asked for the database there is no connection, and what the settings name is no test's.
    if connection.vendor == "postgresql" and connection.connection is not None and not connection.in_atomic_block:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("VACUUM")
