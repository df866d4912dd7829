"""Which tests belong to a run: those whose services are named, and for UUID keys those about the order model."""

import os
from pathlib import Path

import pytest

DEFAULT_FACTS = Path(__file__).resolve().parents[3] / "shared" / "canada-post"
if DEFAULT_FACTS.is_dir():
    os.environ.setdefault("CANADA_POST_FACTS", str(DEFAULT_FACTS))


# Folders whose fixtures import the example shop, which is no installed app in the run with UUID keys.
OF_THE_EXAMPLE_SHOP = ("example_shop", "browser", "upgrade")


def _missing(item: pytest.Item) -> bool:
    if item.get_closest_marker("postgresql") and not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return True
    return any(variable not in os.environ for mark in item.iter_markers("services") for variable in mark.args)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect, so that it shows in the closing line, what needs a service that no variable names, or PostgreSQL."""
    left_out = [item for item in items if _missing(item)]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """In the run with UUID keys skip files without order_model tests: they may import the example shop."""
    if os.environ.get("TEST_ORDER_KEY") != "uuid":
        return None
    if collection_path.is_dir():
        return True if collection_path.name in OF_THE_EXAMPLE_SHOP else None
    if not collection_path.name.startswith("test_"):
        return None
    return True if "order_model" not in collection_path.read_text(encoding="utf-8") else None
