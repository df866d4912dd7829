"""Puts the code of the pages together as a newcomer does: in a new Django project, each block in the file it names."""

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import django

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = ROOT / "docs" / "how-to"
GUIDE = HOW_TO / "add-to-your-shop.md"
HAND_OFF = HOW_TO / "run-the-hand-off.md"
# The last part of that page, instead of the queue in the database that it shows before.
WITH_CELERY = "\n## With Celery\n"
# A project of its own: tests/contrib/oscar puts it together and runs it.
OSCAR = HOW_TO / "oscar.md"
# Its program runs against the API, in tests/api.
JSON_API = ROOT / "docs" / "reference" / "json-api.md"
# In the order in which the later ones lean on the earlier; every page that has Python to copy.
PAGES = (
    GUIDE,
    HOW_TO / "payment-first.md",
    HOW_TO / "prices-and-days.md",
    HAND_OFF,
    HOW_TO / "test-your-checkout.md",
    HOW_TO / "databases.md",
    HOW_TO / "what-people-are-told.md",
    HOW_TO / "after-the-order.md",
    HOW_TO / "when-an-office-closes.md",
    HOW_TO / "your-shipping-system.md",
)
BLOCK = re.compile(r"^( *)```(?:python|html)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"\A(?:# |\{# )([\w/.-]+\.(?:py|html))(, at its end)?(?: #\})?\n")


@dataclass(frozen=True)
class Block:
    """Some lines of a page and the file that they belong into, ``""`` where they do not say."""

    file: str
    at_the_end: bool
    code: str


def ran(folder: Path, code: str, **names: Any) -> dict[str, Any]:
    """Run some code from a file in that folder, with names that it knows; return the names that it makes."""
    file = folder / "copied.py"
    file.write_text(code, encoding="utf-8")
    return runpy.run_path(str(file), init_globals=names)


def blocks_of(page: Path, *, celery: bool | None = None) -> Iterator[Block]:
    """Yield each block of Python or HTML on ``page``; only those of its part about Celery, or only all others."""
    before, _heading, part = page.read_text(encoding="utf-8").partition(WITH_CELERY)
    for _indent, text in BLOCK.findall({True: part, False: before, None: before + part}[celery]):
        code = dedent(text)
        name = NAME.match(code)
        yield Block(name[1] if name else "", bool(name and name[2]), code)


class Project:
    """A new Django project in ``folder``, with an app called shop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._written: set[str] = set()
        self.run("-m", "django", "startproject", "mysite", ".")
        self.run("-m", "django", "startapp", "shop")
        settings = folder / "mysite" / "settings.py"
        # The one line of Django's own that a strict type checker does not take.
        text = settings.read_text(encoding="utf-8")
        text = text.replace("ALLOWED_HOSTS = []", "ALLOWED_HOSTS: list[str] = []")
        if django.VERSION < (6, 0):
            # As the page about the hand-off says.
            text += 'INSTALLED_APPS += ["django_tasks"]\n'
        settings.write_text(text, encoding="utf-8")

    def copy(self, page: Path, *, celery: bool = False) -> None:
        """Write each block of ``page`` where it belongs."""
        for block in blocks_of(page, celery=celery):
            self._add(block)

    def _add(self, block: Block) -> None:
        assert block.file, f"which file is this for?\n{block.code}"
        file = self.folder / block.file
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.parent.name == "tests":
            # A package takes the place of the module that startapp makes.
            (file.parent.parent / "tests.py").unlink(missing_ok=True)
        goes_on = block.at_the_end or block.file in self._written
        before = file.read_text(encoding="utf-8") + "\n\n" if goes_on else ""
        file.write_text(before + block.code, encoding="utf-8")
        self._written.add(block.file)

    @property
    def modules(self) -> Sequence[str]:
        """Return every module that was copied."""
        return sorted(file for file in self._written if file.endswith(".py"))

    def run(self, *arguments: str, status: int = 0, **environment: str) -> str:
        """Run Python with ``arguments`` in the project; return all that it printed. Fails on another exit status."""
        path = os.pathsep.join((str(self.folder), str(ROOT)))
        kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**kept, "PYTHONPATH": path, "MYPYPATH": path, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == status, done.stdout
        return done.stdout

    def manage(self, *arguments: str, status: int = 0) -> str:
        """Run ``manage.py`` in the project; return all that it printed."""
        return self.run("manage.py", *arguments, status=status)


def shop_of_the_guide(folder: Path) -> Project:
    """Return the shop that the how-to pages make, all of them together."""
    project = Project(folder)
    for page in PAGES:
        project.copy(page)
    tests = folder / "shop" / "tests"
    tests.joinpath("parcel_desk.py").write_bytes((ROOT / "tests" / "shipping" / "parcel_desk.py").read_bytes())
    return project


def shop_with_celery(folder: Path) -> Project:
    project = Project(folder)
    project.copy(GUIDE)
    project.copy(HAND_OFF, celery=True)
    return project
