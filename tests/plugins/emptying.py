"""What a test commits is deleted after it: TRUNCATE of PostgreSQL replaces the file of each table and each index."""

from typing import Any

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations


def _delete_all(operations: Any, _style: Any, tables: list[str], **_options: Any) -> list[str]:
    """Return one statement for all tables: foreign keys are looked at when it is over."""
    return ["; ".join(f"DELETE FROM {operations.quote_name(table)}" for table in tables)] if tables else []


def pytest_configure(config: pytest.Config) -> None:
    """Tell Django, which does the same itself on other databases."""
    patch = pytest.MonkeyPatch()
    patch.setattr(DatabaseOperations, "sql_flush", _delete_all)
    config.add_cleanup(patch.undo)
