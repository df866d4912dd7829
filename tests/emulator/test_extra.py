"""The emulator without its extra: it says what to install."""

import subprocess
import sys

BLOCKED = "import runpy, sys; sys.modules['werkzeug'] = None; "
INSTALL = 'pip install "django-deliver-to-po[emulator]"'


def run(code: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", BLOCKED + code]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


def test_the_command_says_what_to_install_instead_of_a_traceback() -> None:
    done = run("sys.argv[1:] = ['--port', '0']; runpy.run_module('deliver_to_po.emulator', run_name='__main__')")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"The Canada Post emulator needs werkzeug. Run: {INSTALL}\n"


def test_the_command_can_be_asked_for_help_all_the_same() -> None:
    done = run("sys.argv[1:] = ['--help']; runpy.run_module('deliver_to_po.emulator', run_name='__main__')")
    assert done.returncode == 0
    assert "--port" in done.stdout


def test_who_imports_the_server_is_told_what_to_install() -> None:
    done = run("import deliver_to_po.emulator.server")
    assert done.stderr.splitlines()[-1].endswith(f"Run: {INSTALL}")
