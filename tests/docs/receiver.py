"""The receiver that the documentation gives to copy, as a module and as a program of its own."""

import os
import runpy
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "webhook_receiver.py"
RECEIVER: dict[str, Any] = runpy.run_path(str(FILE))


class Program:
    """The receiver in a process that can be killed and started again."""

    def __init__(self, database: Path, secret: str, report_to: str):
        self.database = database
        self._environment = {
            **os.environ,
            "WEBHOOK_SECRET": secret,
            "REPORT_TO": report_to,
            "DATABASE": str(database),
            "EVERY_SECONDS": "0.05",
            "PORT": "0",
        }
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> None:
        """Start it, on the same port as before, and wait until it listens."""
        self._process = subprocess.Popen(
            [sys.executable, str(FILE)], env=self._environment, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().split()[-1]
        self._environment["PORT"] = self.url.rsplit(":", 1)[1].strip("/")

    def answered(self) -> list[str]:
        """Return what the shop has answered to its reports."""
        with closing(sqlite3.connect(self.database)) as rows:
            return [answer for (answer,) in rows.execute("SELECT answered FROM parcels")]

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None
