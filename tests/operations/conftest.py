"""What the checks need of the database before a test that has none runs them."""

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="session", autouse=True)
def _database_features(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let Django ask SQLite once whether it knows JSON; it remembers the answer."""
    with django_db_blocker.unblock():
        assert connection.features.supports_json_field
