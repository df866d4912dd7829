"""A shop that installs the wheel has its types, with no setting of this project."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.conftest import outside

# Builds the package, and reads the types of all that it needs.
pytestmark = pytest.mark.slow

SHOP = Path(__file__).resolve().parents[1] / "typing"


def test_mypy_finds_in_the_wheel_alone_what_it_finds_here(installed: Path, tmp_path: Path) -> None:
    shop = shutil.copytree(SHOP, tmp_path / "shop", ignore=shutil.ignore_patterns("__*__*", "test_*"))
    files = sorted(str(file) for file in shop.iterdir())
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(installed), *files]
    done = subprocess.run(
        command, cwd=tmp_path, env=outside(), check=False, capture_output=True, text=True, timeout=300
    )
    assert done.stdout == f"Success: no issues found in {len(files)} source files\n"
