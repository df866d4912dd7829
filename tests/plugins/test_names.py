"""Two processes that share the tests, as in ``make test``, must call each by the same name."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Sets come in another order by another seed.
SEEDS = ("1", "2")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_test_has_the_same_name_in_each_process() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests"]
    first, second = (
        subprocess.run(
            command, cwd=ROOT, env={"PATH": "", "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
            timeout=140,
        ).stdout.splitlines()
        for seed in SEEDS
    )  # fmt: skip
    assert len(first) > 1000
    assert [names for names in zip(first[:-1], second[:-1], strict=True) if len(set(names)) > 1] == []
