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
    raise demonstration.DemoError("No free port")


def test_no_demo_begins_in_a_folder_that_another_one_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demonstration, "DATA", tmp_path)
    monkeypatch.setattr(demonstration, "free_port", no_port)
    (tmp_path / "shop.sqlite3").touch()
    with demonstration._alone():
        assert demonstration.main(["--fresh"]) == 1
    assert f"Another demo runs in {tmp_path}" in capsys.readouterr().err
    assert (tmp_path / "shop.sqlite3").exists()
    assert demonstration.main([]) == 1
    assert "No free port" in capsys.readouterr().err


@pytest.fixture
def command(tmp_path: Path, taken_port: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return how a demo is started that has its data in a folder of its own."""
    monkeypatch.setenv("SHOP_DATA", str(tmp_path))
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    for name in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"):
        monkeypatch.delenv(name, raising=False)
    port = str(taken_port)
    return [sys.executable, "-m", "example_shop.demo", "--port", port, "--emulator-port", port]


def started(command: list[str]) -> "subprocess.Popen[str]":
    """Start a command whose words a test reads."""
    return subprocess.Popen(
        # What runs the tests may have been started by nohup, which the demo would take for its own.
        ["env", "--default-signal=HUP", *command],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@pytest.fixture
def demo(command: list[str]) -> Iterator["subprocess.Popen[str]"]:
    process = started(command)
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


def children_of(process: "subprocess.Popen[str]", command: str = "") -> list[int]:
    """Return the ids of the processes that ``process`` started, with ``command`` in what they run."""
    # As wide as it is: where COLUMNS is set, ps cuts off what runs.
    listing = ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="]
    said = subprocess.run(listing, capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=2) for line in said.splitlines()]
    return [int(pid) for pid, parent, *words in rows if int(parent) == process.pid and command in " ".join(words)]


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
def test_the_demo_prints_its_addresses_and_stops_everything_when_its_terminal_closes(
    demo: "subprocess.Popen[str]",
) -> None:
    said = lines_until(demo, "Ctrl-C stops everything")
    assert "login merchant, password demo" in said
    children = children_of(demo)
    assert sum(map(runs, children)) == 4
    demo.send_signal(signal.SIGHUP)
    assert demo.wait(timeout=30) == 0
    assert not any(map(runs, children))


@pytest.mark.slow
def test_the_demo_ends_when_whoever_started_it_is_gone(command: list[str]) -> None:
    with started(["sh", "-c", '"$@" & wait', "sh", *command]) as shell:
        lines_until(shell, "Ctrl-C stops everything")
        [demo] = children_of(shell)
        shell.kill()
        ended = until_it_ended(demo)
        if not ended:
            os.kill(demo, signal.SIGTERM)
    assert ended


@pytest.mark.slow
def test_the_demo_names_a_child_that_died_stops_the_others_and_fails(demo: "subprocess.Popen[str]") -> None:
    lines_until(demo, "Ctrl-C stops everything")
    children = children_of(demo)
    os.kill(children[-1], signal.SIGKILL)
    assert "The hand-off ended by itself" in lines_until(demo, "ended by itself")
    assert demo.wait(timeout=30) == 1
    assert not any(map(runs, children))


@pytest.mark.slow
def test_a_demo_that_is_asked_again_while_it_stops_leaves_no_child_running(demo: "subprocess.Popen[str]") -> None:
    lines_until(demo, "Ctrl-C stops everything")
    children = children_of(demo)
    [deaf], [other] = children_of(demo, "gunicorn"), children_of(demo, "emulator")
    # It does not hear that it should end, and the demo waits for it. Nobody else does: who waits for the emulator may
    # end as late as the demo.
    os.kill(deaf, signal.SIGSTOP)
    demo.send_signal(signal.SIGTERM)
    assert until_it_ended(other)
    demo.send_signal(signal.SIGINT)
    assert demo.wait(timeout=30) == 0
    assert not any(map(runs, children))
