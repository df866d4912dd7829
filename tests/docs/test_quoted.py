"""Whatever the pages quote exists as it is written: settings, commands with their options, ids of checks, errors."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.conf import global_settings
from django.core.management import load_command_class
from django.core.management.base import BaseCommand

from deliver_to_po import errors
from deliver_to_po.core.choices import Reason
from deliver_to_po.core.defaults import DEFAULTS
from deliver_to_po.management import commands
from deliver_to_po.shipping.est import Est2File
from deliver_to_po.shipping.manual import Manual
from deliver_to_po.shipping.webhook import Webhook
from scripts.check_texts import check_texts

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    page
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if "decisions" not in page.relative_to(ROOT).parts
)
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
COMMANDS = {file.stem for file in Path(commands.__path__[0]).glob("d2po_*.py")}
CAPITALS = re.compile(r"`(?:DELIVER_TO_PO)?[\[\"]*([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b")
# Names in capitals that are no settings of ours or Django's.
OTHERS = {
    "ATOMIC_REQUESTS", "OSCAR_ALLOW_ANON_CHECKOUT",
    "CELERY_BEAT_SCHEDULE", "DATABASE_URL", "REDIS_URL", "BROKER_URL", "LEAFLET_CONFIG", "DELIVER_TO_PO", "TASKS",
    "HTTPS_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE",
    "WHITENOISE_ROOT", "BEGIN_IMMEDIATE", "MALLOC_ARENA_MAX", "CONN_MAX_AGE", "DISABLE_SERVER_SIDE_CURSORS", "USE_TZ",
}  # fmt: skip


def keys(settings: Any) -> Iterator[str]:
    """Yield every key of ``settings``, of dicts in it too."""
    if isinstance(settings, Mapping):
        for name, value in settings.items():
            yield name
            yield from keys(value)


SETTINGS = (
    {*keys(DEFAULTS), *vars(global_settings), *OTHERS}
    | {*Manual.option_names, *Est2File.option_names, *Webhook.option_names}
    | {reason.name for reason in Reason}
)


@each_page
def test_each_setting_that_a_page_names_exists(page: Path) -> None:
    assert set(CAPITALS.findall(page.read_text(encoding="utf-8"))) - SETTINGS == set()


@each_page
def test_each_command_that_a_page_names_exists_with_its_options(page: Path) -> None:
    for name, rest in re.findall(r"\b(d2po_(?!office\b)\w+)((?: +[^`\n|]*)?)", page.read_text(encoding="utf-8")):
        if name in {
            "d2po_pickup",
            "d2po_pickup_text",
            "d2po_nearest",
            "d2po_desk",
            "d2po_map",
            "d2po_heading",
            "d2po_content",
        }:
            continue
        assert name in COMMANDS
        command: BaseCommand = load_command_class("deliver_to_po", name)
        known = command.create_parser("manage.py", name).format_help()
        assert [option for option in re.findall(r"(?<=\s)--[a-z-]+", rest) if option not in known] == []


@each_page
def test_each_check_that_a_page_names_exists(page: Path) -> None:
    named = set(re.findall(r"(?<![\w.-])(?:deliver_to_po\.)?([EW]\d{3})\b", page.read_text(encoding="utf-8")))
    assert named - set(check_texts()) == set()


@each_page
def test_each_error_that_a_page_says_is_raised_exists(page: Path) -> None:
    named = re.findall(r"raises? (?:a )?`([A-Z]\w+)`", page.read_text(encoding="utf-8"))
    ours = {name for name in named if hasattr(errors, name)}
    theirs = {"ImproperlyConfigured", "ProtectedError", "SynchronousOnlyOperation", "KeyError", "ValueError"}
    assert set(named) - ours - theirs - {"DeprecationWarning"} == set()
