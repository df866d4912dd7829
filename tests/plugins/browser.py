"""Tests marked ``browser`` say how to get one where there is none, and leave nothing behind for the next test."""

import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import BrowserContext, expect

from tests.chromium import HOW_TO_GET_ONE, find_chromium

# A page that is late on a busy machine is not wrong.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a browser where there is none; in CI let it try a second time.

    A browser on a busy machine is late now and then. pytest names each test that ran twice (``RERUN``).
    """
    for item in items:
        if item.get_closest_marker("browser"):
            if find_chromium() is None:
                item.add_marker(pytest.mark.skip(reason=HOW_TO_GET_ONE))
            if os.environ.get("CI") == "true":
                item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session", autouse=True)
def _contexts_end_with_their_routes() -> Iterator[None]:
    """Let a context that closes forget the requests that a test was about to answer.

    Playwright raises what becomes of them in whatever runs next, which is another test.
    """
    close = BrowserContext.close

    def close_without_routes(context: BrowserContext, **arguments: Any) -> None:
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")
        context.unroute_all(behavior="ignoreErrors")
        close(context, **arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BrowserContext, "close", close_without_routes)
        yield


@pytest.fixture(scope="session")
def database_beside_playwright(django_db_setup: None) -> Iterator[None]:
    """Let tests use the database while Playwright's event loop runs in their thread.

    Django takes that for async code: it refuses, and asgiref would give each of Playwright's greenlets a connection of
    its own, which nobody closes. Here a thread has one connection, as everywhere else. The test database comes first:
    a live server that starts while the settings still say ``:memory:`` would share its connection between threads.
    """
    kept = threading.local()
    for connection in connections.all(initialized_only=True):
        setattr(kept, connection.alias, connection)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        patch.setattr(connections, "_connections", kept)
        yield
