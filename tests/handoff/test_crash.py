"""Everything breaks while deliveries are handed off, and in the end each parcel has one shipment and one label.

The harness is ``tests/crash``; ``make crash`` runs it longer.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.postgresql]

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 500


def run(*arguments: str) -> tuple[int, str]:
    """Run the harness in a process group of its own, so that nothing of it outlives the test."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.crash", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as harness:
        try:
            output, _ = harness.communicate(timeout=PATIENCE_SECONDS)
        except BaseException:
            os.killpg(harness.pid, signal.SIGKILL)
            raise
    return harness.returncode, output


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("--deliveries", "30", "--minutes", "0.4"), id="everything breaks"),
        pytest.param(
            ("--deliveries", "30", "--minutes", "0.3", "--kills", "15", "--latency", "0.25"),
            id="15 workers are killed before a slow storage",
        ),
        pytest.param(
            ("--deliveries", "25", "--minutes", "0.3", "--engine", "celery"),
            id="everything breaks, and the broker of Celery",
            marks=pytest.mark.services("BROKER_URL"),
        ),
    ],
)
def test_each_parcel_has_one_shipment_and_label(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    code, output = run(*arguments)
    with capsys.disabled():
        sys.stdout.write(f"\n{output}")
    assert code == 0, output
