"""``python -m example_shop.demo`` and the pieces it is made of."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from example_shop import demo as demonstration
from example_shop.demo import HOST, ROOT, free_port


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Return a port on which somebody listens."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_the_next_port_is_taken_and_named_when_the_wanted_one_is_busy(
    taken_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port(taken_port)
    assert port > taken_port
    assert f"Port {taken_port} is taken; using {port}." in capsys.readouterr().out


def test_shop_and_emulator_never_get_the_same_port(taken_port: int) -> None:
    free = free_port(taken_port)
    assert free_port(taken_port, taken=free) != free


def test_a_fresh_start_removes_only_what_the_demo_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demonstration, "DATA", tmp_path)
    for name in ("shop.sqlite3", "shop.sqlite3-wal", "private/label.pdf", "mine.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(demonstration, "free_port", no_port)
    assert demonstration.main(["--fresh"]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def no_port(*_: object, **__: object) -> int:
    """Find no port."""
    raise demonstration.DemoError("No free port")


@pytest.fixture
def demo(tmp_path: Path, taken_port: int) -> Iterator["subprocess.Popen[str]"]:
    """Return a demo that is starting, with its data in a folder of its own."""
    environment = {**os.environ, "SHOP_DATA": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    for name in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "example_shop.demo", "--port", str(taken_port), "--emulator-port", str(taken_port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    yield process
    process.terminate()
    process.communicate(timeout=30)


def lines_until(process: "subprocess.Popen[str]", wanted: str) -> str:
    """Return what ``process`` says up to a line that holds ``wanted``; fails when it ends before."""
    said = ""
    assert process.stdout
    while wanted not in said:
        line = process.stdout.readline()
        assert line, f"ended with: {said}"
        said += line
    return said


def children_of(process: "subprocess.Popen[str]") -> list[int]:
    """Return the ids of the processes that ``process`` started."""
    command = ["ps", "-A", "-o", "pid=,ppid="]
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listing.splitlines()]
    return [int(pid) for pid, parent in rows if int(parent) == process.pid]


def runs(pid: int) -> bool:
    """Say whether a process of that id exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def until_it_ended(pid: int) -> bool:
    """Wait until a process has ended, reaped or not; False when it goes on for 20 seconds."""
    listing = ["ps", "-o", "stat=", "-p", str(pid)]
    until = time.monotonic() + 20
    while time.monotonic() < until:
        state = subprocess.run(listing, capture_output=True, text=True, check=False).stdout.strip()
        if not state or state.startswith("Z"):
            return True
    return False


@pytest.mark.slow
def test_the_demo_prints_its_addresses_and_stops_everything_when_asked(demo: "subprocess.Popen[str]") -> None:
    said = lines_until(demo, "Ctrl-C stops everything")
    assert "login merchant, password demo" in said
    children = children_of(demo)
    assert sum(map(runs, children)) == 4
    demo.send_signal(signal.SIGTERM)
    assert demo.wait(timeout=30) == 0
    assert not any(map(runs, children))


@pytest.mark.slow
def test_the_demo_names_a_child_that_died_stops_the_others_and_fails(demo: "subprocess.Popen[str]") -> None:
    lines_until(demo, "Ctrl-C stops everything")
    children = children_of(demo)
    os.kill(children[-1], signal.SIGKILL)
    assert "The hand-off ended by itself" in lines_until(demo, "ended by itself")
    assert demo.wait(timeout=30) == 1
    assert not any(map(runs, children))


@pytest.mark.slow
@pytest.mark.parametrize("again", [signal.SIGTERM, signal.SIGINT])
def test_a_demo_that_is_asked_again_while_it_stops_leaves_no_child_running(
    demo: "subprocess.Popen[str]", again: signal.Signals
) -> None:
    lines_until(demo, "Ctrl-C stops everything")
    *others, last = children_of(demo)
    # A child that does not hear that it should end: the demo waits for it.
    os.kill(others[0], signal.SIGSTOP)
    demo.send_signal(signal.SIGTERM)
    assert until_it_ended(last)
    demo.send_signal(again)
    assert demo.wait(timeout=30) == 0
    assert not any(map(runs, others))
