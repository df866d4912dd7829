"""Writes into pages of the documentation what they say of the code, so that they read the same anywhere.

``python -m scripts.write_tables`` fills each place between ``<!-- from the code: NAME -->`` and ``<!-- end -->``. A
test says when it has to be run again.
"""

import importlib
import inspect
import os
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

from scripts import shop_page, webhook_page
from scripts.markdown import code, documentation, fields_of, short, table

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
ROOT = REFERENCE.parent.parent
ROOMS = ROOT / "docs" / "explanation" / "rooms.md"
WEBHOOK = ROOT / "docs" / "how-to" / "webhook-receiver.md"
PAGES = (REFERENCE / "states.md", REFERENCE / "adapter.md", ROOMS, REFERENCE / "shop.md", WEBHOOK)
PLACE = re.compile(r"(<!-- from the code: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def delivery_moves() -> str:
    """Return every move of a delivery: its name, sources and target, and what it asks of the shipments."""
    from deliver_to_po.models.moves import DELIVERY_MOVES

    rows = [
        (
            code(change.value),
            code(*move.sources),
            target(move),
            move.shipments.value,
            _yes(move.drops),
            _yes(move.erased),
        )
        for change, move in DELIVERY_MOVES.items()
    ]
    return table(("Move", "From", "To", "Shipments", "Drops what waits", "Once erased too"), rows)


def _yes(value: bool) -> str:
    return "yes" if value else ""


def shipment_moves() -> str:
    """Return every move of a shipment: its name, sources and target, who makes it, and what else it asks."""
    from deliver_to_po.models.moves import SHIPMENT_MOVES

    rows = [
        (code(name), code(*move.sources), target(move), "the worker" if move.by_worker else "anybody", _asks(move))
        for name, move in SHIPMENT_MOVES.items()
    ]
    return table(("Move", "From", "To", "Made by", "Asks also"), rows)


def manifest_moves() -> str:
    """Return every move of a manifest: its name, sources and target, who makes it, and what it frees."""
    from deliver_to_po.models.manifest_moves import MANIFEST_MOVES

    rows = [
        (
            code(name),
            code(*move.sources),
            target(move),
            "the worker" if move.by_worker else "anybody",
            "its groups" if move.frees else "",
        )
        for name, move in MANIFEST_MOVES.items()
    ]
    return table(("Move", "From", "To", "Made by", "Unlocks"), rows)


def target(move: Any) -> str:
    """Return where a move leads."""
    return "stays" if move.target is None else code(move.target)


def _asks(move: Any) -> str:
    asks = ["delivery released, not erased, no cancellation asked for"] if move.released else []
    if move.unerased:
        asks.append("recipient not erased")
    if move.idle:
        asks.append("no worker has it")
    if move.transmitted is not None:
        asks.append("transmitted" if move.transmitted else "not transmitted")
    if move.unclaimed:
        asks.append("not being transmitted")
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


def rooms() -> str:
    """Return the rooms in the rows that the import linter holds everybody to, each with its own first line."""
    [contract, *_] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [[name for name in re.split(r"[ |:]+", layer) if name[0] != "("] for layer in contract["layers"]]
    rows = [
        (str(number), code(name), _first_line(name))
        for number, names in enumerate(filter(None, layers), start=1)
        for name in names
    ]
    return table(("Row", "Room", "What it is for"), rows)


def _first_line(room: str) -> str:
    module = importlib.import_module(f"deliver_to_po.{room}")
    return (inspect.getdoc(module) or "").partition("\n")[0].replace("``", "`")


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
    from deliver_to_po.adapter import Address, Parcel, Rate, RecipientSuggestion, Sender, Service, ShipmentOption

    kinds = (Parcel, Sender, Address, ShipmentOption, RecipientSuggestion, Rate)
    services = table(("Member", "Canada Post's code"), [(code(one.name), code(one.value)) for one in Service])
    inside: list[tuple[type, str]] = [*((kind, fields_of(kind)) for kind in kinds), (Service, services)]
    return "\n\n".join(f"### `{kind.__name__}`\n\n{documentation(kind)}\n\n{what}" for kind, what in inside)


def contents() -> dict[str, Callable[[], str]]:
    """Return what writes each place."""
    from deliver_to_po.choices import Change, DeliveryState, ManifestState, Outcome, ShipmentState

    return {
        "delivery-states": lambda: choices(DeliveryState, "State", "In the admin"),
        "delivery-moves": delivery_moves,
        "shipment-states": lambda: choices(ShipmentState, "State", "In the admin"),
        "shipment-moves": shipment_moves,
        "manifest-states": lambda: choices(ManifestState, "State", "In the admin"),
        "manifest-moves": manifest_moves,
        "reasons": reasons,
        "rooms": rooms,
        "changes": lambda: choices(Change, "Change", "In the history"),
        "outcomes": lambda: choices(Outcome, "Result", "In the attempts"),
        "adapter-methods": methods,
        "adapter-values": values,
        "webhook-shipment": lambda: webhook_page.fields("shipment"),
        "webhook-report": lambda: webhook_page.fields("report"),
        **shop_page.CONTENTS,
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
