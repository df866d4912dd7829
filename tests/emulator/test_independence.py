"""The emulator knows nothing of the client's mappings: a mistake that both shared would pass both ends unnoticed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import deliver_to_po.emulator

SHARED = ("deliver_to_po.canadapost.identifiers", "deliver_to_po.canadapost.types", "deliver_to_po.labels")
OWN = "deliver_to_po.emulator"


def imported() -> Iterator[tuple[str, str]]:
    """Yield each module of the emulator with each module of the package that it imports."""
    folder = Path(str(deliver_to_po.emulator.__file__)).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            yield from ((path.name, name) for name in names if name.startswith("deliver_to_po"))


def test_it_shares_identifiers_types_and_labels_with_the_rest_and_nothing_else() -> None:
    others = {pair for pair in imported() if not pair[1].startswith((OWN, *SHARED))}
    assert others == set()


def test_it_shares_something() -> None:
    assert "deliver_to_po.canadapost.identifiers" in {name for _, name in imported()}
