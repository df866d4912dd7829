"""Breaks the code in small ways, one at a time, and says which of them no test notices.

    python scripts/mutate.py deliver_to_po/outbox deliver_to_po/privacy.py --tests tests/outbox tests/test_privacy.py

Works on a copy, so the checkout stays as it is. The same seed gives the same sample. Look at each survivor: either a
test is missing, or the change changes nothing that matters.
"""

import argparse
import ast
import copy
import difflib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import setitem
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("deliver_to_po", "example_shop", "scripts", "tests", "conftest.py", "pyproject.toml")
CHOICES = ROOT / "deliver_to_po" / "choices.py"
# Calls of which no argument may be forgotten.
CALLS = (
    *("filter", "exclude", "get", "update", "create", "order_by", "select_for_update"),
    *("move", "move_delivery", "move_shipment", "put_off", "record", "NotYet", "DeliveryMove", "ShipmentMove"),
)
COMPARISONS: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}

SIGNS: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}

Change = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module: where, what, and the whole source with it."""

    path: Path
    line: int
    what: str
    source: str


def members_of_choices() -> dict[str, list[str]]:
    """Return the members of each class of choices, such as the states."""
    tree = ast.parse(CHOICES.read_text(encoding="utf-8"))
    return {
        cls.name: [
            target.id
            for line in cls.body
            if isinstance(line, ast.Assign)
            for target in line.targets
            if isinstance(target, ast.Name)
        ]
        for cls in tree.body
        if isinstance(cls, ast.ClassDef)
    }


class Mutator:
    """Finds every change that can be made to one module."""

    def __init__(self, path: Path, source: str, members: Mapping[str, Sequence[str]]) -> None:
        self.path = path
        self.tree = ast.parse(source)
        self.members = dict(members)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                self.members |= {
                    name.asname: members[name.name] for name in node.names if name.asname and name.name in members
                }

    def mutants(self) -> Iterator[Mutant]:
        """Return one mutant after the other."""
        left_out = self._annotations_and_logging()
        for number, node in enumerate(ast.walk(self.tree)):
            if id(node) in left_out:
                continue
            for what, _ in self._changes(node):
                tree = copy.deepcopy(self.tree)
                twin = next(other for count, other in enumerate(ast.walk(tree)) if count == number)
                next(change for name, change in self._changes(twin) if name == what)()
                yield Mutant(self.path, getattr(node, "lineno", 0), what, ast.unparse(ast.fix_missing_locations(tree)))

    def _annotations_and_logging(self) -> set[int]:
        roots: list[ast.AST] = []
        for node in ast.walk(self.tree):
            parts = (getattr(node, name, None) for name in ("annotation", "returns"))
            roots.extend(part for part in parts if isinstance(part, ast.AST))
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log."):
                roots.append(node)
        return {id(node) for root in roots for node in ast.walk(root)}

    def _changes(self, node: ast.AST) -> Iterator[tuple[str, Change]]:
        yield from self._arguments(node)
        yield from self._conditions(node)
        yield from self._values(node)
        yield from self._statements(node)

    def _arguments(self, node: ast.AST) -> Iterator[tuple[str, Change]]:
        if not isinstance(node, ast.Call):
            return
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in CALLS:
            return
        for place, keyword in enumerate(node.keywords):
            what = keyword.arg or f"**{ast.unparse(keyword.value)}"
            yield f"{name}() without {what}", partial(node.keywords.pop, place)
        if name in ("filter", "exclude"):
            for place, argument in enumerate(node.args):
                yield f"{name}() without {ast.unparse(argument)}", partial(node.args.pop, place)

    def _conditions(self, node: ast.AST) -> Iterator[tuple[str, Change]]:
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            yield f"not ({ast.unparse(node.test)})", partial(setattr, node, "test", ast.UnaryOp(ast.Not(), node.test))
        if isinstance(node, ast.comprehension):
            for place, test in enumerate(node.ifs):
                yield f"without if {ast.unparse(test)}", partial(node.ifs.pop, place)
        if isinstance(node, ast.BoolOp):
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield f"and, or swapped in {ast.unparse(node)}", partial(setattr, node, "op", other)
        if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
            comparison = COMPARISONS[type(node.ops[0])]()
            ops = [comparison, *node.ops[1:]]
            yield f"{type(comparison).__name__} in {ast.unparse(node)}", partial(setattr, node, "ops", ops)
        if isinstance(node, ast.BinOp) and type(node.op) in SIGNS:
            yield f"other sign in {ast.unparse(node)}", partial(setattr, node, "op", SIGNS[type(node.op)]())

    def _values(self, node: ast.AST) -> Iterator[tuple[str, Change]]:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
            # "not not x" is as good as "x".
            yield f"without {ast.unparse(node)}", partial(setattr, node, "operand", ast.UnaryOp(node.op, node.operand))
        if isinstance(node, ast.Attribute) and node.attr in (names := self.members.get(ast.unparse(node.value), [])):
            others = [name for name in names if name != node.attr]
            # Chosen by the line, so that it is the same each time.
            other = others[node.lineno % len(others)]
            yield f"{ast.unparse(node)} → {other}", partial(setattr, node, "attr", other)
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            yield f"{node.value} → {not node.value}", partial(setattr, node, "value", not node.value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            yield f"{node.value} → {node.value + 1}", partial(setattr, node, "value", node.value + 1)

    def _statements(self, node: ast.AST) -> Iterator[tuple[str, Change]]:
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            for place, line in enumerate(block if isinstance(block, list) else ()):
                if _may_go(line):
                    text = ast.unparse(line).splitlines()[0]
                    yield f"without line {line.lineno}: {text}", partial(setitem, block, place, ast.Pass())


def _may_go(line: ast.stmt) -> bool:
    if isinstance(line, ast.Expr):
        return isinstance(line.value, ast.Call) and not ast.unparse(line).startswith("log.")
    return isinstance(line, ast.Return | ast.Raise | ast.AugAssign | ast.Continue | ast.Break)


def modules(named: Sequence[str]) -> list[Path]:
    """Return the modules named, those of folders included, relative to the root."""
    paths = [path for name in named for path in (sorted((ROOT / name).glob("**/*.py")) or [ROOT / name])]
    return [path.relative_to(ROOT) for path in paths if path.stat().st_size]


class Laboratory:
    """A copy of the project in which one module at a time is broken."""

    def __init__(self, folder: Path, tests: Sequence[str], seconds: float) -> None:
        self.folder = folder
        self.tests = tests
        self.seconds = seconds
        for name in COPIED:
            copy_one = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy_one(ROOT / name, folder / name)

    def notices(self, path: Path, source: str) -> bool:
        """Say whether a test fails, or hangs, while the module has this source."""
        (self.folder / path).write_text(source, encoding="utf-8")
        command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *self.tests]
        environment = {**os.environ, "PYTHONPATH": str(self.folder)}
        try:
            run = subprocess.run(
                command, cwd=self.folder, env=environment, capture_output=True, timeout=self.seconds, check=False
            )
        except subprocess.TimeoutExpired:
            return True
        finally:
            shutil.copy(ROOT / path, self.folder / path)
        return run.returncode != 0


def difference(mutant: Mutant) -> str:
    """Return what the mutant changes, as a unified diff without comments."""
    before = ast.unparse(ast.parse((ROOT / mutant.path).read_text(encoding="utf-8"))).splitlines()
    lines = difflib.unified_diff(before, mutant.source.splitlines(), lineterm="", n=1)
    return "\n".join(f"      {line}" for line in list(lines)[3:])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="+", help="modules or folders of the package")
    parser.add_argument("--tests", nargs="+", required=True, help="what pytest runs, the likeliest first")
    parser.add_argument("--sample", type=int, default=50, help="how many mutants to try; 0 for all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=600.0, help="a run that takes longer counts as noticed")
    chosen = parser.parse_args()
    members = members_of_choices()
    found = [
        mutant
        for path in modules(chosen.modules)
        for mutant in Mutator(path, (ROOT / path).read_text(encoding="utf-8"), members).mutants()
    ]
    random.seed(chosen.seed)
    sample = random.sample(found, min(chosen.sample or len(found), len(found)))
    return try_out(sample, len(found), chosen.tests, chosen.seconds)


def try_out(sample: Sequence[Mutant], of: int, tests: Sequence[str], seconds: float) -> int:
    """Try each mutant and say how it went; return the exit code."""
    survivors = []
    with tempfile.TemporaryDirectory() as folder:
        laboratory = Laboratory(Path(folder), tests, seconds)
        first = sample[0].path
        if laboratory.notices(first, (ROOT / first).read_text(encoding="utf-8")):
            print("The tests fail already while nothing is broken.")
            return 2
        for number, mutant in enumerate(sample, 1):
            began = time.monotonic()
            noticed = laboratory.notices(mutant.path, mutant.source)
            took = time.monotonic() - began
            word = "noticed " if noticed else "SURVIVED"
            print(f"{number:4} {word} {took:5.1f} s  {mutant.path}:{mutant.line}  {mutant.what}", flush=True)
            if not noticed:
                survivors.append(mutant)
                print(difference(mutant), flush=True)
    print(f"{len(sample)} of {of} mutants tried, {len(sample) - len(survivors)} noticed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
