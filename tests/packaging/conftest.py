"""The wheel, built once, unpacked and installed, as a shop would have it."""

import os
import shutil
import site
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., str]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Return the wheel that hatchling builds from this tree."""
    return zipfile.ZipFile(built("wheel", ROOT, tmp_path_factory.mktemp("wheel")))


def built(kind: str, tree: Path, folder: Path) -> Path:
    """Return the ``wheel`` or ``sdist`` that hatchling builds from a tree into an empty folder."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(folder)]
    subprocess.run(command, cwd=tree, check=True, timeout=300, capture_output=True)
    [path] = folder.iterdir()
    return path


@pytest.fixture(scope="session")
def unpacked(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds what the wheel installs, and nothing of this tree."""
    folder = tmp_path_factory.mktemp("unpacked")
    wheel.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def installed(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment that has the wheel and what it needs, and nothing of this tree."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder)
    [packages] = folder.glob("lib/python*/site-packages")
    shutil.copytree(unpacked, packages, dirs_exist_ok=True)
    # The link to this tree that lies there is not followed from here.
    (packages / "needs.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    return folder / "bin" / "python"


@pytest.fixture
def run(installed: Path, tmp_path: Path) -> Run:
    """Return a function that runs a command of that Python in an empty folder and returns what it printed."""

    def run_there(*command: str) -> str:
        done = subprocess.run(
            [installed, *command], cwd=tmp_path, env=outside(), check=False, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run_there


def outside() -> dict[str, str]:
    """Return the environment of whoever has never heard of this tree."""
    ours = ("PYTHONPATH", "DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL", "BROKER_URL", "PYTEST_ADDOPTS")
    return {name: value for name, value in os.environ.items() if name not in ours}
