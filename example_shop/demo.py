"""Runs the shop, its worker and Canada Post's emulator on this machine: ``python -m example_shop.demo``."""

import argparse
import fcntl
import http.client
import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("SHOP_DATA", ROOT / ".demo")).resolve()
HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 10
TRIES = 50
LOGIN = "  Admin      {shop}/admin/    login merchant, password demo"
# Every password is demo.
OSCAR_LOGINS = """  Buyer      {shop}/accounts/login/    buyer@tilleul.example, or go on as a guest; voucher TILLEUL10
  Dashboard  {shop}/dashboard/orders/    merchant@tilleul.example; partners tilleul@, atelier@
  Desk       {shop}/admin/    login merchant@tilleul.example
  Passwords  demo"""


class DemoError(Exception):
    """The demo cannot go on; says why."""


@dataclass(frozen=True)
class Child:
    """A process of the demo; ``url`` is where it answers, if it does."""

    name: str
    process: subprocess.Popen[bytes]
    url: str = ""


def main(arguments: list[str] | None = None) -> int:
    """Start everything, wait for Ctrl-C or the end of the terminal, stop everything; return the exit status."""
    options = _options(arguments)
    try:
        with _alone() as folder, _interrupted_once() as stopping:
            if options.fresh:
                _forget()
            return _run(options, stopping, folder)
    except KeyboardInterrupt:
        # The terminal may be gone.
        with suppress(OSError):
            print("\nStopped.", flush=True)
        return 0
    except DemoError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m example_shop.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="the shop's port (default: %(default)s)")
    parser.add_argument("--emulator-port", type=int, default=8080, help="the emulator's port (default: %(default)s)")
    parser.add_argument("--fresh", action="store_true", help="forget every order and shipment of earlier runs")
    parser.add_argument(
        "--oscar", action="store_true", help="the Oscar shop instead, in a folder of its own: SHOP_DATA"
    )
    parser.add_argument(
        "--without-contract", action="store_true", help="a shop without an agreement: each parcel is charged at once"
    )
    return parser.parse_args(arguments)


@contextmanager
def _alone() -> Iterator[int]:
    """Keep every other demo off DATA; yields the open folder, which children hold too.

    Raises DemoError while another demo runs there, or a child that a killed one left.
    """
    DATA.mkdir(parents=True, exist_ok=True)
    folder = os.open(DATA, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield folder
    except BlockingIOError:
        raise DemoError(
            f"Another demo runs in {DATA}, or one that was killed has left a process there. Stop it, or name another "
            "folder in the environment: SHOP_DATA."
        ) from None
    finally:
        os.close(folder)


def _forget() -> None:
    """Remove what earlier runs made, by name: somebody may have pointed SHOP_DATA at a folder with more in it."""
    for name in ("shop.sqlite3", "emulator.sqlite3"):
        for file in DATA.glob(f"{name}*"):
            file.unlink()
    for name in ("cache", "media", "private", "static"):
        shutil.rmtree(DATA / name, ignore_errors=True)


def _run(options: argparse.Namespace, stopping: Event, folder: int) -> int:
    parent = os.getppid()
    shop_port = free_port(options.port)
    emulator_port = free_port(options.emulator_port, taken=shop_port)
    shop, emulator = f"http://{HOST}:{shop_port}", f"http://{HOST}:{emulator_port}"
    environment = _environment(shop, emulator)
    if options.oscar:
        environment["DJANGO_SETTINGS_MODULE"] = "example_shop.oscar.settings"
    if options.without_contract:
        environment["WITHOUT_CONTRACT"] = "1"
    _prepare(environment)
    children: list[Child] = []
    try:
        children.extend(_start(environment, shop, emulator, folder))
        _wait_for_answers(children)
        _say_where(shop, emulator, OSCAR_LOGINS if options.oscar else LOGIN)
        while os.getppid() == parent or _survives_its_terminal():
            _fail_if_one_died(children)
            time.sleep(0.5)
        raise KeyboardInterrupt
    finally:
        stopping.set()
        _stop(children)


def _survives_its_terminal() -> bool:
    """Say whether somebody wished so: nohup lets us ignore that the terminal goes."""
    return signal.getsignal(signal.SIGHUP) == signal.SIG_IGN


def free_port(wanted: int, taken: int | None = None) -> int:
    """Return ``wanted``, or the next port on which nobody listens, and say so; raises DemoError when all are taken."""
    for port in range(wanted, wanted + TRIES):
        with socket.socket() as probe:
            # As servers do it: a port that a stopped run still holds in TIME_WAIT is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        if port != taken:
            if port != wanted:
                print(f"Port {wanted} is taken; using {port}.")
            return port
    raise DemoError(f"No free port from {wanted} to {wanted + TRIES - 1}. Name another with --port or --emulator-port.")


def _environment(shop: str, emulator: str) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "example_shop.settings",
        "SHOP_DATA": str(DATA),
        "CANADA_POST_URL": emulator,
        "SITE_URL": shop,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
        # The package tzdata is never older than the zones of this machine.
        "PYTHONTZPATH": "",
        "PYTHONUNBUFFERED": "1",
    }


def _prepare(environment: Mapping[str, str]) -> None:
    """Compile the messages, make the tables, fill the shop and collect the static files."""
    print("Preparing the shop …", flush=True)
    runpy.run_path(str(ROOT / "scripts" / "compile_messages.py"), run_name="messages")["main"](
        [str(ROOT / "deliver_to_po"), str(ROOT / "example_shop")]
    )
    for command in (["migrate"], ["seed"], ["collectstatic"]):
        result = subprocess.run(
            [*_manage(), *command, "--verbosity=0", *(["--no-input"] if command != ["seed"] else [])],
            env=environment, cwd=ROOT, check=False, capture_output=True, text=True,
        )  # fmt: skip
        if result.returncode:
            raise DemoError(f"`{command[0]}` failed:\n{result.stderr.strip()}")


def _manage() -> list[str]:
    return [sys.executable, "-m", "example_shop.manage"]


def _start(environment: Mapping[str, str], shop: str, emulator: str, folder: int) -> Iterator[Child]:
    emulator_port = emulator.rpartition(":")[2]
    python, data = sys.executable, str(DATA / "emulator.sqlite3")
    customer = ["--contract-id", ""] if environment.get("WITHOUT_CONTRACT") else []
    commands = {
        "emulator": (
            [python, "-m", "deliver_to_po.emulator", "--port", emulator_port, "--data", data, *customer],
            emulator,
        ),
        "web server": (
            [python, "-m", "gunicorn", "--bind", shop.removeprefix("http://"), "--workers", "1", "--threads", "8",
             "--log-level", "warning", "example_shop.wsgi"],
            shop,
        ),
        "task worker": ([*_manage(), "db_worker", "--interval", "0.5", "--no-reload", "--verbosity", "0"], ""),
        "hand-off": ([*_manage(), "d2po_handoff", "--loop"], ""),
    }  # fmt: skip
    for name, (command, url) in commands.items():
        # The emulator's own greeting would only repeat ours. A session of its own, so that Ctrl-C reaches the
        # children once, through us.
        output = subprocess.DEVNULL if name == "emulator" else None
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=output, start_new_session=True, pass_fds=(folder,)
        )
        yield Child(name, process, url)


def _wait_for_answers(children: list[Child]) -> None:
    until = time.monotonic() + START_SECONDS
    for child in children:
        while child.url and not _answers(child.url):
            _fail_if_one_died(children)
            if time.monotonic() > until:
                raise DemoError(f"The {child.name} did not answer at {child.url} within {START_SECONDS} seconds.")
            time.sleep(0.2)


def _answers(url: str) -> bool:
    """Say whether a server answers at ``url``; any status counts, but its own failures do not."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _fail_if_one_died(children: list[Child]) -> None:
    for child in children:
        if (status := child.process.poll()) is not None:
            raise DemoError(f"The {child.name} ended by itself (status {status}), so everything is stopped.")


def _say_where(shop: str, emulator: str, logins: str) -> None:
    print(
        f"""
  Shop       {shop}/    in English or French, as your browser prefers
{logins.format(shop=shop)}
  Emulator   {emulator}/    plays Canada Post; nothing leaves this machine

  The shop's e-mails appear below. Ctrl-C stops everything.
""",
        flush=True,
    )


def _stop(children: list[Child]) -> None:
    """Ask every child to end, the last started first; kill what does not within STOP_SECONDS."""
    for child in reversed(children):
        if child.process.poll() is None:
            child.process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()


@contextmanager
def _interrupted_once() -> Iterator[Event]:
    """Raise KeyboardInterrupt at the first SIGINT, SIGTERM or SIGHUP, and at none once the event is set.

    We are stopping then. Somebody may press Ctrl-C twice, and GNU make passes on a SIGTERM that we have had ourselves.
    """
    stopping = Event()

    def interrupt(signum: int, frame: FrameType | None) -> None:
        if not stopping.is_set():
            stopping.set()
            raise KeyboardInterrupt

    heard = [signal.SIGINT, signal.SIGTERM, *([] if _survives_its_terminal() else [signal.SIGHUP])]
    before = {number: signal.signal(number, interrupt) for number in heard}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main())
