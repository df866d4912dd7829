"""The page about Celery: what it shows is put together and run, with a real worker and a real broker."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from deliver_to_po.contrib.celery import SWEEP
from deliver_to_po.models.due import SWEEP as BEAT
from tests.broker import Broker
from tests.docs.copied import HAND_OFF, ROOT, Project, shop_with_celery
from tests.handoff.workers import kill_all_of, wait_for

pytestmark = pytest.mark.slow


def made(folder: Path) -> Project:
    project = shop_with_celery(folder)
    project.manage("makemigrations", "shop")
    project.manage("migrate")
    return project


def test_nothing_is_missing_in_what_is_copied(tmp_path: Path) -> None:
    assert "no issues" in made(tmp_path).manage("check")


@contextmanager
def running(folder: Path, broker: Broker, *arguments: str) -> Iterator[None]:
    """Run a command of Celery in the shop's folder, as the page says."""
    path = os.pathsep.join((str(folder), str(ROOT)))
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "celery", "-A", "mysite", *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": path, "BROKER_URL": broker.url, "QUEUE": broker.queue},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        kill_all_of(process)


def beats(folder: Path) -> int:
    """Return how many have said that they sweep."""
    with closing(sqlite3.connect(folder / "db.sqlite3", timeout=20)) as connection:
        counted = connection.execute("SELECT count(*) FROM deliver_to_po_heartbeat WHERE name = ?", (BEAT,))
        return int(counted.fetchone()[0])


@pytest.mark.services("BROKER_URL")
def test_a_worker_and_beat_sweep_as_the_page_says(tmp_path: Path) -> None:
    made(tmp_path)
    settings = tmp_path / "mysite" / "settings.py"
    text = settings.read_text(encoding="utf-8")
    assert SWEEP in text
    # Sooner than a shop wants it, and on a queue that no other run has.
    text = text.replace('"schedule": 30.0', '"schedule": 1.0')
    settings.write_text(f'{text}\nCELERY_TASK_DEFAULT_QUEUE = os.environ.get("QUEUE", "celery")\n', encoding="utf-8")
    broker = Broker(os.environ["BROKER_URL"])
    with ExitStack() as stack:
        stack.callback(broker.close)
        stack.enter_context(
            running(tmp_path, broker, "worker", "--concurrency", "1", "--hostname", f"{broker.queue}@%h")
        )
        stack.enter_context(running(tmp_path, broker, "beat"))
        wait_for(lambda: beats(tmp_path) == 1, seconds=60)


def test_the_page_shows_the_commands_that_are_run() -> None:
    page = HAND_OFF.read_text(encoding="utf-8")
    assert "celery -A mysite worker" in page
    assert "celery -A mysite beat" in page
