"""What a shop gets that installs the wheel."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

import deliver_to_po
from tests.packaging.conftest import ROOT, built

# Builds the package.
pytestmark = pytest.mark.slow


SHOP = """
import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "leaflet",
        "deliver_to_po",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DELIVER_TO_PO={"ORDER_MODEL": "auth.Group"},
    STORAGES={
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        "deliver_to_po": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    },
    USE_TZ=True,
)
django.setup()
"""


def run_in_shop(unpacked: Path, code: str) -> str:
    """Run ``code`` in a process that finds the unpacked wheel and not this tree; return what it printed."""
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    result = subprocess.run(
        [sys.executable, "-c", SHOP + code],
        cwd=unpacked,
        env={**environment, "PYTHONPATH": str(unpacked)},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_wheel_holds_the_package_and_its_metadata_alone(wheel: zipfile.ZipFile) -> None:
    roots = {name.split("/")[0] for name in wheel.namelist()}
    assert roots == {"deliver_to_po", f"django_deliver_to_po-{deliver_to_po.__version__}.dist-info"}


def test_the_wheel_holds_every_file_of_the_package_that_git_keeps_and_no_other(wheel: zipfile.ZipFile) -> None:
    command = ["git", "ls-files", "deliver_to_po"]
    kept = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    names = {name for name in wheel.namelist() if name.startswith("deliver_to_po/") and not name.endswith(".mo")}
    assert names == set(kept)
    # Without it no shop's mypy believes our types.
    assert "deliver_to_po/py.typed" in names


def test_each_catalogue_is_in_the_wheel_compiled(wheel: zipfile.ZipFile) -> None:
    sources = {name for name in wheel.namelist() if name.endswith(".po")}
    assert sources
    assert {re.sub(r"\.po$", ".mo", name) for name in sources} <= set(wheel.namelist())


def test_the_source_holds_what_builds_the_same_wheel_and_nothing_else(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    for name in ("source", "tree", "wheel"):
        (tmp_path / name).mkdir()
    shutil.unpack_archive(built("sdist", ROOT, tmp_path / "source"), tmp_path / "tree", filter="data")
    [tree] = (tmp_path / "tree").iterdir()
    assert {path.name for path in tree.iterdir()} == {
        *("deliver_to_po", "scripts", "hatch_build.py", "pyproject.toml"),
        *("CHANGELOG.md", "LICENSE", "README.md", "PKG-INFO", ".gitignore"),
    }
    assert [str(path.relative_to(tree)) for path in tree.glob("scripts/*")] == ["scripts/compile_messages.py"]
    again = zipfile.ZipFile(built("wheel", tree, tmp_path / "wheel"))
    assert {name: again.read(name) for name in again.namelist()} == {
        name: wheel.read(name) for name in wheel.namelist()
    }


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    """Return what the wheel says about itself."""
    (name,) = [name for name in wheel.namelist() if name.endswith("/METADATA")]
    return Parser().parsestr(wheel.read(name).decode())


def test_the_metadata_names_each_licence_the_python_and_no_upper_bound_for_django(
    metadata: Message, wheel: zipfile.ZipFile
) -> None:
    assert metadata["License-Expression"] == "BSD-3-Clause AND MIT AND CC-BY-4.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert "django>=5.2" in (metadata.get_all("Requires-Dist") or [])
    texts = {name.rpartition("licenses/")[2] for name in wheel.namelist() if "/licenses/" in name}
    assert texts == set(metadata.get_all("License-File") or [])
    assert {text.rpartition("/")[2] for text in texts} == {"LICENSE", "combobox-nav-LICENSE", "NOTICE.txt"}


def test_every_link_and_picture_of_the_readme_works_away_from_this_tree(metadata: Message) -> None:
    targets = re.findall(r"\]\(([^)]+)\)", str(metadata.get_payload()))
    assert len(targets) > 10
    at_home = [
        re.fullmatch(r"https://[a-z.]*github[a-z.]*/(?:[\w.-]+/){2}(?:blob/)?v([^/]+)/([^#]+)(#.*)?", one)
        for one in targets
    ]
    for target, match in zip(targets, at_home, strict=True):
        assert target.startswith(("https://", "#")), target
        if match:
            assert match[1] == deliver_to_po.__version__
            assert (ROOT / match[2]).exists(), target


def test_an_installed_wheel_starts_in_a_shop_and_speaks_french(unpacked: Path) -> None:
    printed = run_in_shop(
        unpacked,
        "import deliver_to_po\n"
        "from django.utils.translation import gettext, override\n"
        "print(deliver_to_po.__file__)\n"
        "with override('fr-ca'): print(gettext('post office ID'))\n",
    )
    where, french = printed.splitlines()
    assert Path(where).is_relative_to(unpacked)
    assert french == "numéro d’identification du bureau de poste"


def test_the_house_needs_nothing_of_an_extra(unpacked: Path) -> None:
    printed = run_in_shop(
        unpacked,
        "import importlib, pkgutil, sys\n"
        "extras = ['werkzeug', 'django_tasks_db', 'psycopg', 'redis', 'celery', 'standardwebhooks', 'oscar']\n"
        "of_extras = ('.emulator', '.shipping.signing', '.shipping.webhook', '.contrib.celery', '.contrib.oscar')\n"
        "sys.modules.update(dict.fromkeys(extras))\n"
        "import deliver_to_po\n"
        "for module in pkgutil.walk_packages(deliver_to_po.__path__, 'deliver_to_po.'):\n"
        "    if not any(name in module.name for name in of_extras):\n"
        "        importlib.import_module(module.name)\n"
        "        print(module.name)\n"
        "from django.core.checks import run_checks\n"
        "print({message.id for message in run_checks() if message.id.startswith('deliver_to_po.')})\n",
    )
    assert "deliver_to_po.handoff" in printed.splitlines()
    assert "'deliver_to_po.W059'" in printed.splitlines()[-1]
