"""The page about settings says what the code does."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from deliver_to_po.core.defaults import DEFAULTS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "settings.md"
ROW = re.compile(r"^- `([A-Z_]+)` = `(.+?)`: (.+)$", re.MULTILINE)
# Dicts of keys; SHIPPING_SYSTEMS is one setting, since its keys are the shop's own.
NESTED = ("BUYER_MAY", "CANADA_POST", "HANDOFF", "TELL")


def every_setting() -> dict[str, Any]:
    """Return name and default of every setting, nested ones by their own name."""
    settings = {name: default for name, default in DEFAULTS.items() if name not in NESTED}
    for name in NESTED:
        settings |= DEFAULTS[name]
    return settings


def documented() -> dict[str, str]:
    """Return name and written default of every row on the page."""
    rows = ROW.findall(re.sub(r"\n  +", " ", PAGE.read_text(encoding="utf-8")))
    assert len(rows) == len({name for name, _, _ in rows}), "a setting is on the page twice"
    return {name: default for name, default, _ in rows}


def written(value: Any) -> str:
    """Return ``value`` as the page writes it."""
    if isinstance(value, timedelta):
        hours = value // timedelta(hours=1)
        return f"timedelta(days={hours // 24})" if hours > 24 else f"timedelta(hours={hours})"
    return repr(value).replace("'", '"')


def test_the_page_names_exactly_the_settings_that_there_are_with_their_defaults() -> None:
    assert documented() == {name: written(default) for name, default in every_setting().items()}
