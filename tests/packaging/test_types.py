"""A shop that installs the wheel has its types, with no setting of this project."""

import os
import shutil
import site
import subprocess
import sys
import venv
from pathlib import Path

import pytest

# Builds the package, and reads the types of all that it needs.
pytestmark = pytest.mark.slow

SHOP = Path(__file__).resolve().parents[1] / "typing"


def test_mypy_finds_in_the_wheel_alone_what_it_finds_here(unpacked: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv")
    [installed] = (tmp_path / "venv").glob("lib/python*/site-packages")
    shutil.copytree(unpacked, installed, dirs_exist_ok=True)
    # What it needs; the link to this tree that lies there is not followed from here.
    (installed / "needs.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    shop = shutil.copytree(SHOP, tmp_path / "shop", ignore=shutil.ignore_patterns("__init__.py", "test_*"))
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(tmp_path / "venv/bin/python")]
    checked = subprocess.run(
        [*command, *sorted(str(file) for file in shop.glob("*.py"))],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert checked.stdout == f"Success: no issues found in {len(list(shop.iterdir()))} source files\n"
