"""Pages that name what there is: each name exists, nothing is left out, and links lead somewhere."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deliver_to_po.core.defaults import DEFAULTS
from deliver_to_po.emulator.controls.faults import NAMED_FAULTS
from deliver_to_po.management.commands.d2po_health import Command
from deliver_to_po.shipping.dummy import DummyShipping
from tests.docs.copied import HAND_OFF, HOW_TO, ROOT

PACKAGE, DOCS = ROOT / "deliver_to_po", ROOT / "docs"


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


# The page of rooms

ROOMS = text_of(DOCS / "explanation" / "rooms.md")
PATHS = sorted(set(re.findall(r"`((?:deliver_to_po|tests|docs|scripts|example_shop)/[^`]*)`", ROOMS)))


def test_each_path_on_the_page_exists() -> None:
    assert [path for path in PATHS if not (ROOT / path).exists()] == []


def test_each_room_is_named_there() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert rooms - {"locale", "static", "templates"} == rooms & set(re.findall(r"^- `(\w+)`", ROOMS, re.MULTILINE))


# The pages at the root of the project

LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")


def slugs(page: Path) -> set[str]:
    """Return what the headings of a page are called in links."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_every_link_leads_to_a_file_and_its_heading(page: str) -> None:
    links = LINK.findall(text_of(ROOT / page))
    assert links
    assert [file for file, _ in links if not (ROOT / file).exists()] == []
    assert [(file, heading) for file, heading in links if heading and heading not in slugs(ROOT / file)] == []


def test_pages_say_that_there_is_no_release_until_the_changelog_has_one() -> None:
    none_yet = re.compile(r"(no|not|first)\s+released?\b|\.\./django-deliver-to-po")
    saying = [page.name for page in (*ROOT.glob("*.md"), *DOCS.glob("[!_]*/*.md")) if none_yet.search(text_of(page))]
    released = re.search(r"^## [0-9]", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert (saying == []) == bool(released), saying


def test_hooks_before_a_commit_are_the_checkouts_own() -> None:
    text = text_of(ROOT / ".pre-commit-config.yaml")
    assert re.findall(r"repo: *(.*)", text) == ["local"]
    assert "://" not in text


# What the package brings of others' JavaScript

VENDOR = PACKAGE / "static" / "deliver_to_po" / "vendor"
VERSION = "3.0.2"


def test_combobox_nav_is_the_version_that_the_docs_name() -> None:
    [file] = VENDOR.glob("*.js")
    assert file.name == f"combobox-nav-{VERSION}.js"
    assert text_of(file).startswith(f"/*! @github/combobox-nav {VERSION},")
    libraries = text_of(DOCS / "explanation" / "decisions" / "0004-libraries.md")
    assert f"@github/combobox-nav {VERSION}" in libraries
    assert f"vendor/{file.name}" in text_of(PACKAGE / "templates" / "deliver_to_po" / "suggestions.html")


def test_its_licence_comes_with_it() -> None:
    assert "MIT License" in text_of(VENDOR / "combobox-nav-LICENSE")


# The pages about testing a checkout

GUIDE, REFERENCE = text_of(HOW_TO / "test-your-checkout.md"), text_of(DOCS / "reference" / "testing.md")


def test_every_call_of_the_dummy_is_told() -> None:
    calls = {name for name in vars(DummyShipping) if name.startswith("will_")}
    assert calls
    assert {name for name in calls if f"`{name}`" not in GUIDE or f" {name}" not in REFERENCE} == set()


def test_every_fault_is_told() -> None:
    assert {name for name in NAMED_FAULTS if f"`{name}`" not in GUIDE} == set()


# The page about running the hand-off

RUN = text_of(HAND_OFF)
# Django's own, and those about how it is said.
NO_LIMITS = {"--help", "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color"} | {
    "--force-color",
    "--skip-checks",
}


def test_every_option_of_health_is_told() -> None:
    parser = Command().create_parser("manage.py", "d2po_health")
    options = {string for action in parser._actions for string in action.option_strings if string.startswith("--")}
    assert {option for option in options - NO_LIMITS if f"`{option}" not in RUN} == set()


def test_no_sweep_of_celerys_schedule_expires_for_a_worker_whose_clock_runs_ahead() -> None:
    [schedule] = re.findall(r"CELERY_BEAT_SCHEDULE = {.*?\n}", RUN, re.DOTALL)
    assert "deliver_to_po.sweep" in schedule
    assert "expires" not in schedule


def test_every_finding_of_health_is_told() -> None:
    code = "".join(map(text_of, (PACKAGE / "examination" / "health").glob("*.py")))
    names = set(re.findall(r'Finding\(\s*"(\w+)"', code))
    assert len(names) == 18
    assert {name for name in names if f"`{name}`" not in RUN} == set()


# The page about settings

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
    rows = ROW.findall(re.sub(r"\n  +", " ", text_of(DOCS / "reference" / "settings.md")))
    assert len(rows) == len({name for name, _, _ in rows}), "a setting is on the page twice"
    return {name: default for name, default, _ in rows}


def written(value: Any) -> str:
    if isinstance(value, timedelta):
        hours = value // timedelta(hours=1)
        return f"timedelta(days={hours // 24})" if hours > 24 else f"timedelta(hours={hours})"
    return repr(value).replace("'", '"')


def test_the_page_names_exactly_the_settings_that_there_are_with_their_defaults() -> None:
    assert documented() == {name: written(default) for name, default in every_setting().items()}
