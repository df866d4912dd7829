"""A copy of the project in which one module at a time is broken, and the tests that should notice."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from scripts.mutate.mutants import Mutant

NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "_build", "build", "dist", "*.sqlite3*")
COMMAND = (sys.executable, "-m", "pytest", "-x", "-q", "-rfE", "-p", "no:cacheprovider")
NO_TESTS_COLLECTED = 5
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


class Laboratory:
    """The copy, in which a run of tests may take so many seconds; one that takes longer has noticed."""

    def __init__(self, root: Path, folder: Path, seconds: float) -> None:
        self.folder = folder
        self.seconds = seconds
        self._mtime = int(time.time())
        shutil.copytree(root, folder, ignore=NOT_COPIED, symlinks=True, dirs_exist_ok=True)

    def tests_of(self, module: Path) -> tuple[str, ...]:
        """Return the tests of this name and those of its room, as far as there are any."""
        _, *folders, _ = module.parts
        mirror = Path("tests", *folders, f"test_{module.stem}.py")
        found = (mirror, *(Path("tests", name) for name in folders[:1]))
        return tuple(str(path) for path in found if (self.folder / path).exists())

    def noticed_by(self, mutant: Mutant, tests: Sequence[str]) -> str:
        """Return the first test that fails while the module is broken, ``""`` if none does."""
        self._put(mutant.path, mutant.broken_source())
        try:
            runs = (self.failing([path], tests[:place]) for place, path in enumerate(tests))
            return next((name for name in runs if name), "")
        finally:
            self._put(mutant.path, mutant.source)

    def failing(self, tests: Sequence[str], without: Sequence[str] = ()) -> str:
        """Return the first test that fails, or in other words why the run has failed; ``""`` if it has not."""
        command = [*COMMAND, *tests, *(f"--ignore={path}" for path in without)]
        environment = {**os.environ, "PYTHONPATH": str(self.folder)}
        with subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
        ) as run:
            try:
                out, _ = run.communicate(timeout=self.seconds)
            except subprocess.TimeoutExpired:
                return f"more than {self.seconds:g} s"
            finally:
                # Also on Ctrl-C, which a session of its own does not hear.
                if run.poll() is None:
                    os.killpg(run.pid, signal.SIGKILL)
        if run.returncode in (0, NO_TESTS_COLLECTED):
            return ""
        found = FAILED.search(out)
        return found[1] if found else f"pytest's exit code {run.returncode}"

    def _put(self, module: Path, source: str) -> None:
        """Write the source as of another second each time: by that Python knows whether what it compiled is current."""
        (self.folder / module).write_text(source, encoding="utf-8")
        self._mtime += 1
        os.utime(self.folder / module, (self._mtime, self._mtime))
