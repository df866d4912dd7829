"""Which tests share a process where two run side by side (``--dist loadfile``)."""

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

BROWSERS = "tests/browser/"


class FilesAndBrowsers(LoadFileScheduling):  # type: ignore[misc]  # it has no types
    """Keep the tests of a file together, since they may share what is slow to set up, and all of browsers: two browsers
    at once are late too often on two cores.
    """

    def _split_scope(self, nodeid: str) -> str:
        return BROWSERS if nodeid.startswith(BROWSERS) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FilesAndBrowsers | None:
    """Return the scheduler of ``--dist loadfile``, None for any other."""
    return FilesAndBrowsers(config, log) if config.getoption("dist") == "loadfile" else None
