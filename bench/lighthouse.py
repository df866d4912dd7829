"""What Lighthouse says of the step and of the recipient's form in the example shop, on its slow phone.

It is a program of Node.js: the command that LIGHTHOUSE names, else ``lighthouse`` on PATH, else ``npx`` fetches it.
"""

import json
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.contest import Row
from bench.shop.buying import step_of_buyer
from bench.shop.running import running
from tests.chromium import find_chromium, launch_arguments

VERSION = "12.2.3"
# Median of so many runs: how long scripts block is another number each time.
RUNS = 5
TRIES = 3
TIMEOUT_SECONDS = 180
GOALS = {"performance": 95, "accessibility": 100, "best-practices": 100}
GOAL = " / ".join(map(str, GOALS.values()))


class LeftOutError(Exception):
    """The rows cannot be measured here; says why."""


def lighthouse(page: str) -> Iterator[Row]:
    """Measure one page, ``step`` or ``recipient``; prints why where that cannot be done here."""
    try:
        command = _command()
    except LeftOutError as reason:
        print(f"lighthouse_{page} is left out: {reason}")
        return
    with running(goods=True) as shop:
        cookie, urls = step_of_buyer(shop.address)
        runs = [_scores(command, urls[page], cookie) for _ in range(RUNS)]
    scores = {name: median(run[name] for run in runs) for name in GOALS}
    told = ", ".join(f"{name} {score:g}" for name, score in scores.items())
    worst = min(scores[name] / goal for name, goal in GOALS.items())
    yield Row(f"lighthouse_{page}", scores["performance"], worst, f"{GOAL}: {told}", 1, "of 100", at_least=True)


def _command() -> list[str]:
    """Return how Lighthouse is called here; raises LeftOutError."""
    if find_chromium() is None:
        raise LeftOutError("no Chromium or Chrome is found.")
    if named := os.environ.get("LIGHTHOUSE"):
        command = shlex.split(named)
    elif found := shutil.which("lighthouse"):
        command = [found]
    elif found := shutil.which("npx"):
        command = [found, "--yes", f"lighthouse@{VERSION}"]
    else:
        raise LeftOutError("neither lighthouse nor npx is on PATH; install Node.js, or name the command in LIGHTHOUSE.")
    answer = _run([*command, "--version"])
    if answer.returncode:
        raise LeftOutError(f"{shlex.join(command)} does not run: {_last_line(answer.stderr)}")
    return command


def _scores(command: Sequence[str], url: str, cookie: str) -> dict[str, float]:
    """Return the score of each category, 0 to 100, of one visit with the buyer's cookie; a failed visit is repeated."""
    said = ""
    for _ in range(TRIES):
        with tempfile.TemporaryDirectory() as folder:
            headers, report = Path(folder, "headers.json"), Path(folder, "report.json")
            headers.write_text(json.dumps({"Cookie": cookie}), encoding="utf-8")
            answer = _run([*command, url, *_options(headers, report)])
            said = _last_line(answer.stderr)
            if answer.returncode == 0:
                return _read(json.loads(report.read_text(encoding="utf-8")), url)
    raise AssertionError(f"Lighthouse does not finish: {said}")


def _options(headers: Path, report: Path) -> list[str]:
    flags = " ".join(["--headless=new", *launch_arguments()])
    return [
        "--quiet", "--output=json", f"--output-path={report}", f"--extra-headers={headers}",
        f"--only-categories={','.join(GOALS)}", f"--chrome-flags={flags}",
    ]  # fmt: skip


def _read(report: dict[str, Any], url: str) -> dict[str, float]:
    # The shop sends a visitor without a basket to another page.
    assert report["finalDisplayedUrl"] == url, f"{url} led to {report['finalDisplayedUrl']}"
    scores = {name: report["categories"][name]["score"] for name in GOALS}
    assert None not in scores.values(), f"Lighthouse could not judge {url}: {scores}"
    return {name: 100 * score for name, score in scores.items()}


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CHROME_PATH": find_chromium() or ""}
    try:
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it says nothing"])[-1]
