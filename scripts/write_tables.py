"""Writes into pages of the documentation what they say of the code, so that they read the same anywhere.

``python -m scripts.write_tables`` fills each place between ``<!-- from the code: NAME -->`` and ``<!-- end -->``. A
test says when it has to be run again.
"""

import inspect
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

import django

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
PAGES = (REFERENCE / "states.md", REFERENCE / "adapter.md")
PLACE = re.compile(r"(<!-- from the code: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = (head, ("---",) * len(head), *rows)
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)


def code(*names: object) -> str:
    """Return ``names`` set as code, with commas between them."""
    return ", ".join(f"`{name}`" for name in names)


def moves(allowed: Mapping[str, Any]) -> str:
    """Return name, sources and target of every move."""
    rows = [(code(name), code(*move.sources), code(move.target)) for name, move in allowed.items()]
    return table(("Move", "From", "To"), rows)


def choices(kind: Any, *head: str) -> str:
    """Return value and English words of every choice that has words."""
    return table(head, [(code(value), str(words)) for value, words in kind.choices if value])


def documentation(of: Any) -> str:
    """Return a docstring as Markdown, each paragraph on one line."""
    paragraphs = (inspect.getdoc(of) or "").replace("``", "`").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def short(annotation: Any) -> str:
    """Return a type without the modules that it comes from."""
    return re.sub(r"(?:\w+\.)+(?=\w)", "", inspect.formatannotation(annotation))


def methods() -> str:
    """Return every method of the adapter: how it is called, whether it must be written, what it answers."""
    from deliver_to_po.adapter import OrderAdapter
    from deliver_to_po.checks.adapter import REQUIRED_METHODS

    return "\n\n".join(
        f"{_heading(method)}\n\n{'**Required.** ' if name in REQUIRED_METHODS else ''}{documentation(method)}"
        for name, method in vars(OrderAdapter).items()
        if inspect.isfunction(method)
    )


def _heading(method: Any) -> str:
    signature = inspect.signature(method)
    _self, *names = signature.parameters
    return f"### `{method.__name__}({', '.join(names)}) -> {short(signature.return_annotation)}`"


def values() -> str:
    """Return every class that an adapter answers with, and its fields."""
    from deliver_to_po.adapter import RecipientSuggestion
    from deliver_to_po.canadapost.types import Address, Parcel, Sender, ShipmentOption

    return "\n\n".join(_value(kind) for kind in (Parcel, Sender, Address, ShipmentOption, RecipientSuggestion))


def _value(kind: Any) -> str:
    rows = [(code(field.name), code(short(field.type)), _default(field)) for field in fields(kind)]
    head = f"### `{kind.__name__}`\n\nFrom `{kind.__module__}`. {documentation(kind)}"
    return f"{head}\n\n{table(('Field', 'Type', 'Default'), rows)}"


def _default(field: Field[Any]) -> str:
    return "**required**" if field.default is MISSING else code(repr(field.default).replace("'", '"'))


def contents() -> dict[str, Callable[[], str]]:
    """Return what writes each place."""
    from deliver_to_po.choices import DeliveryState, Reason, ShipmentState
    from deliver_to_po.models.moves import DELIVERY_MOVES, IN_FLIGHT, SHIPMENT_MOVES

    return {
        "delivery-states": lambda: choices(DeliveryState, "State", "In the admin"),
        "delivery-moves": lambda: moves(DELIVERY_MOVES),
        "shipment-states": lambda: choices(ShipmentState, "State", "In the admin"),
        "shipment-moves": lambda: moves(SHIPMENT_MOVES),
        "in-flight": lambda: code(*IN_FLIGHT),
        "reasons": lambda: choices(Reason, "Reason", "What the merchant reads"),
        "adapter-methods": methods,
        "adapter-values": values,
    }


def filled(page: str) -> str:
    """Return ``page`` with every place written anew; raises KeyError for a name that there is not."""
    writers = contents()
    return PLACE.sub(lambda place: f"{place[1]}\n{writers[place[2]]()}\n\n{place[3]}", page)


def main() -> None:
    """Write the pages."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    for page in PAGES:
        page.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8")
        print(f"wrote {page.relative_to(Path.cwd())}" if page.is_relative_to(Path.cwd()) else f"wrote {page}")


if __name__ == "__main__":
    main()
