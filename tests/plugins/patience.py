"""What takes long begins first, and may take longer than other tests before it hangs."""

import pytest

SECONDS = 600


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what a browser does and what names its own time, lest one process works on while the other is done.

    Give theirs to slow tests, those of the browser and those of many examples, unless they name it.
    """
    items.sort(key=lambda item: not (item.get_closest_marker("browser") or item.get_closest_marker("timeout")))
    for item in items:
        has_examples = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        takes_long = item.get_closest_marker("slow") or item.get_closest_marker("browser") or has_examples
        if takes_long and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SECONDS))
