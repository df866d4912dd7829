"""Finds every change that can be made to one module, shows it, and makes it."""

import ast
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from scripts.mutate.operators import OPERATORS, Piece, other_members

# How many characters are shown on either side of what changes.
AROUND = 30
# Calls that change nothing a test should see; those of ``log`` too.
LEFT_OUT = ("dataclass", "cast", "TypeVar")
# They need no parentheses anywhere, not even in a pattern, which allows none.
WHOLE = (ast.Attribute, ast.Call, ast.Constant, ast.Name)


@dataclass(frozen=True)
class Mutant:
    """One change of one module: the piece of its source that goes, and the one that comes."""

    path: Path
    source: str
    old: Piece
    new: Piece

    def __str__(self) -> str:
        """Return the line of the change before and after, as far as it is near the change."""
        before, after = self._around()
        left, right = before.rpartition(b"\n")[2].decode(), after.partition(b"\n")[0].decode()
        old, new = (" ".join(f"{left}{ast.unparse(piece)}{right}".split()) for piece in (self.old, self.new))
        head = _length_shared(old, new)
        tail = _length_shared(old[head:][::-1], new[head:][::-1])
        return f"- {_shown(old, head, tail)}  + {_shown(new, head, tail)}"

    def broken_source(self) -> str:
        """Return the module's source with the change; nothing else in it moves."""
        before, after = self._around()
        text = textwrap.indent(ast.unparse(self.new), " " * self.old.col_offset).lstrip()
        if isinstance(self.new, ast.expr) and not isinstance(self.new, WHOLE):
            text = f"({text})"
        return f"{before.decode()}{text}{after.decode()}"

    @property
    def in_function(self) -> bool:
        """Say whether it runs when a function is called, and not when the module is imported."""
        return any(isinstance(node, ast.FunctionDef) for node in self._statements()[:-1])

    @property
    def lines(self) -> range:
        """The lines of the statement that changes; of one with a body, its head."""
        statement = self._statements()[-1]
        body = getattr(statement, "body", None)
        return range(_first_line(statement), body[0].lineno if body else (statement.end_lineno or 0) + 1)

    def _statements(self) -> list[ast.stmt]:
        """Return the statements that the piece stands in, the outermost first."""
        begin, end = self.old.lineno, self.old.end_lineno or 0
        return [
            node
            for node in ast.walk(ast.parse(self.source))
            if isinstance(node, ast.stmt) and _first_line(node) <= begin and end <= (node.end_lineno or 0)
        ]

    def _around(self) -> tuple[bytes, bytes]:
        """Return the source before and after the piece; Python counts columns in bytes."""
        source = self.source.encode()
        begins = [0, *accumulate(map(len, source.splitlines(keepends=True)))]
        begin = begins[self.old.lineno - 1] + self.old.col_offset
        end = begins[(self.old.end_lineno or 0) - 1] + (self.old.end_col_offset or 0)
        return source[:begin], source[end:]


def _first_line(statement: ast.stmt) -> int:
    """Return where a statement begins: what is decorated, with its first decorator."""
    nodes: list[ast.stmt | ast.expr] = [statement, *getattr(statement, "decorator_list", ())]
    return min(node.lineno for node in nodes)


def _length_shared(one: str, other: str) -> int:
    differs = (place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1])
    return next(differs, min(len(one), len(other)))


def _shown(text: str, head: int, tail: int) -> str:
    begin, end = max(head - AROUND, 0), min(len(text) - tail + AROUND, len(text))
    return f"{'…' if begin else ''}{text[begin:end]}{'…' if end < len(text) else ''}"


def mutants_of(path: Path, source: str, members: Mapping[str, Sequence[str]]) -> list[Mutant]:
    """Return one mutant for each change; ``members`` are those of the classes of choices."""
    tree = ast.parse(source)
    left_out = {id(node) for root in _left_out(tree) for node in ast.walk(root)}
    operators = (*OPERATORS, other_members({**members, **_renamed(tree, members)}))
    return [
        Mutant(path, source, old, new)
        for node in ast.walk(tree)
        if id(node) not in left_out
        for operator in operators
        for old, new in operator(node)
    ]


def _left_out(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        parts = (getattr(node, name, None) for name in ("annotation", "returns"))
        yield from (part for part in parts if isinstance(part, ast.AST))
        call = node.value if isinstance(node, ast.Expr) else node
        name = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
        # Before Python 3.12 the parts of an f-string have no places of their own.
        text = isinstance(node, ast.JoinedStr) and sys.version_info < (3, 12)
        types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        # Tables are made by migrations; `make lint` notices a model's Meta that differs from them.
        meta = isinstance(node, ast.ClassDef) and node.name == "Meta"
        if text or types or meta or name in LEFT_OUT or name.startswith("log."):
            yield node


def _renamed(tree: ast.AST, members: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    return {
        name.asname: members[name.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
        if name.asname and name.name in members
    }


def members_of_choices(source: str) -> dict[str, list[str]]:
    """Return the members of each class of choices, such as the states."""
    return {
        cls.name: [
            target.id
            for line in cls.body
            if isinstance(line, ast.Assign)
            for target in line.targets
            if isinstance(target, ast.Name)
        ]
        for cls in ast.parse(source).body
        if isinstance(cls, ast.ClassDef)
    }
