"""Writes into pages of the documentation what they say of the code, so that they read the same anywhere.

``python -m scripts.write_tables`` fills each place between ``<!-- from the code: NAME -->`` and ``<!-- end -->``. A
test says when it has to be run again.
"""

import inspect
import os
import re
from collections.abc import Callable, Iterable
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


def delivery_moves() -> str:
    """Return every move of a delivery: its name, sources and target, and what it asks of the shipments."""
    from deliver_to_po.models.moves import DELIVERY_MOVES

    rows = [
        (code(change.value), code(*move.sources), target(move), move.shipments.value, "yes" if move.drops else "")
        for change, move in DELIVERY_MOVES.items()
    ]
    return table(("Move", "From", "To", "Shipments", "Drops what waits"), rows)


def shipment_moves() -> str:
    """Return every move of a shipment: its name, sources and target, who makes it, and what else it asks."""
    from deliver_to_po.models.moves import SHIPMENT_MOVES

    rows = [
        (code(name), code(*move.sources), target(move), "the worker" if move.by_worker else "anybody", _asks(move))
        for name, move in SHIPMENT_MOVES.items()
    ]
    return table(("Move", "From", "To", "Made by", "Asks also"), rows)


def target(move: Any) -> str:
    """Return where a move leads."""
    return "stays" if move.target is None else code(move.target)


def _asks(move: Any) -> str:
    asks = ["delivery released, no cancellation asked for"] if move.released else []
    if move.transmitted is not None:
        asks.append("transmitted" if move.transmitted else "not transmitted")
    return ", ".join(asks)


def reasons() -> str:
    """Return every reason: why, and what a clerk can do."""
    from deliver_to_po.choices import Reason

    return table(
        ("Reason", "Why", "What the merchant can do"),
        [(code(one.value), one.why("Canada Post"), one.advice) for one in Reason if one.value],
    )


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
    from deliver_to_po.choices import Change, DeliveryState, Outcome, ShipmentState
    from deliver_to_po.models.moves import IN_FLIGHT

    return {
        "delivery-states": lambda: choices(DeliveryState, "State", "In the admin"),
        "delivery-moves": delivery_moves,
        "shipment-states": lambda: choices(ShipmentState, "State", "In the admin"),
        "shipment-moves": shipment_moves,
        "in-flight": lambda: code(*IN_FLIGHT),
        "reasons": reasons,
        "changes": lambda: choices(Change, "Change", "In the history"),
        "outcomes": lambda: choices(Outcome, "Result", "In the attempts"),
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
