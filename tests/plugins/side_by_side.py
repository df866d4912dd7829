"""Which tests share a process where two run side by side (``--dist loadgroup``)."""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file together, since they may share what is slow to set up, and all of browsers: two browsers
    at once are late too often on two cores.
    """
    for item in items:
        file = item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group("browser" if item.get_closest_marker("browser") else file))
