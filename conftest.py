"""Plugins of the whole suite, and the browser that its browser tests drive."""

from typing import Any

import pytest

from tests.chromium import find_chromium, launch_arguments

pytest_plugins = [
    "pytester",
    "deliver_to_po.testing.pytest_plugin",
    "tests.plugins.browser",
    "tests.plugins.emptying",
    "tests.plugins.forbid_skips",
    "tests.plugins.garbage",
    "tests.plugins.patience",
    "tests.plugins.selection",
    "tests.plugins.side_by_side",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Let Playwright start the machine's own Chromium: it has none by itself."""
    return {**browser_type_launch_args, "executable_path": find_chromium(), "args": launch_arguments()}
