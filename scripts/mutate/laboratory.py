"""A copy of the project in which one module at a time is broken, and the tests that should notice."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from coverage import CoverageData

from scripts.mutate.mutants import Mutant
from scripts.mutate.witness import CHOSEN, SECONDS

NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "_build", "build", "dist", "*.sqlite3*")
PYTEST = ("-m", "pytest", "-x", "-q", "-rfE", "-p", "no:cacheprovider", "-p", "scripts.mutate.witness")
# As in `make test`.
QUICK = ("-m", "not (slow or browser)")
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
        found = (self._mirror(module), *(Path("tests", name) for name in module.parts[1:-1][:1]))
        return tuple(str(path) for path in found if (self.folder / path).exists())

    def _mirror(self, module: Path) -> Path:
        return Path("tests", *module.parts[1:-1], f"test_{module.stem}.py")

    def watch(self, tests: Sequence[str]) -> str:
        """Run the quick ones of these tests and keep which lines each runs; return what fails, ``""`` if none does."""
        seconds = self.folder / "seconds.json"
        command = ("-m", "coverage", "run", f"--source={self.folder}", "--omit=tests/*", *PYTEST, *QUICK, *tests)
        fails = self._failing(command, 10 * self.seconds, {SECONDS: str(seconds)})
        if not fails:
            self._took = json.loads(seconds.read_text(encoding="utf-8"))
            self._ran = CoverageData(self.folder / ".coverage")
            self._ran.read()
        return fails

    def witnesses(self, mutant: Mutant) -> list[str]:
        """Return the tests that run what is changed, all if an import does; first the likeliest and quickest."""
        ran = self._ran.contexts_by_lineno(str(self.folder / mutant.path))
        of_module = {name for names in ran.values() for name in names}
        found = {name for line in mutant.lines for name in ran.get(line, ())}
        if not found or "" in found or not mutant.in_function:
            found = set(self._took)
        mirror = str(self._mirror(mutant.path))
        return sorted(
            found, key=lambda name: (not name.startswith(mirror), name not in of_module, self._took.get(name, 0.0))
        )

    def noticed_by(self, mutant: Mutant) -> str:
        """Return the first test that fails while the module is broken, ``""`` if none does."""
        names = self.witnesses(mutant)
        chosen = self.folder / "chosen.json"
        chosen.write_text(json.dumps(names), encoding="utf-8")
        self._put(mutant.path, mutant.broken_source())
        try:
            files = sorted({name.partition("::")[0] for name in names})
            return self._failing((*PYTEST, *files), self.seconds, {CHOSEN: str(chosen)})
        finally:
            self._put(mutant.path, mutant.source)

    def _failing(self, arguments: Sequence[str], seconds: float, more: Mapping[str, str]) -> str:
        """Return the first test that fails, or in other words why the run has failed; ``""`` if it has not."""
        environment = {**os.environ, "PYTHONPATH": str(self.folder), **more}
        # Compiling everything again takes longer than most tests.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        with subprocess.Popen(
            (sys.executable, *arguments),
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as run:
            try:
                out, _ = run.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                return f"more than {seconds:g} s"
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
