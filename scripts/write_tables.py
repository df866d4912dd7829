"""Writes into pages of the documentation what they say of the code, so that they read the same anywhere.

``python -m scripts.write_tables`` fills each place between ``<!-- from the code: NAME -->`` and ``<!-- end -->``. A
test says when it has to be run again.
"""

import importlib
import inspect
import os
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django
from django.utils import timezone
from django.utils.translation import override

from scripts import api_page, doors
from scripts.markdown import code, table

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
ROOT = REFERENCE.parent.parent
ROOMS = ROOT / "docs" / "explanation" / "rooms.md"
HOW_TO = ROOT / "docs" / "how-to"
PAGES = (
    *(REFERENCE / f"{name}.md" for name in ("states", "calls", "errors", "pages-and-commands", "json-api", "checks")),
    ROOMS,
    *(HOW_TO / name for name in ("what-do-i-do-when.md", "que-faire-quand.md")),
)
PLACE = re.compile(r"(<!-- from the code: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def delivery_moves() -> str:
    """Return every move of a delivery: its name, sources and target, and what it asks of the shipments."""
    from deliver_to_po.models.moves import DELIVERY_MOVES

    rows = [
        (
            code(change.value),
            code(*move.sources),
            target(move),
            _yes(move.none_live),
            _yes(move.drops),
            _yes(move.erased),
        )
        for change, move in DELIVERY_MOVES.items()
    ]
    return table(("Move", "From", "To", "None live", "Drops what waits", "Once erased too"), rows)


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


def walks() -> str:
    """Return how many states and steps each walk has found, and how many of the states are ends."""
    from tests.walk.drawing import kept

    rows = [
        (name, *(str(counts[what]) for what in ("states", "steps", "ends"))) for name, counts in kept()["walks"].items()
    ]
    return table(("A shipping system that", "States", "Steps", "Ends"), rows)


def reasons() -> str:
    """Return every reason, and why."""
    from deliver_to_po.core.choices import Reason

    return "\n".join(f"- {code(one.value)}: {one.why('Canada Post')}" for one in Reason if one.value)


def reasons_for_clerks(language: str, system: str, *head: str) -> str:
    """Return what a clerk does, in a language, and the reasons that ask for it; those that ask nothing are left out."""
    from deliver_to_po.core.choices import Reason
    from deliver_to_po.core.choices.entry import BY_ITSELF

    found = defaultdict[str, list[str]](list)
    with override(language):
        nothing = str(BY_ITSELF).partition(":")[0]
        for one in filter(None, Reason):
            if not one.advice.startswith(nothing):
                found[one.advice].append(one.why(system))
    return table(head, [("<br>".join(every), advice) for advice, every in found.items()])


def standings_for_clerks(language: str, *head: str) -> str:
    """Return each state on a clerk's page in a language, its queue, what follows, and the button to press first."""
    from django.contrib.admin import site

    from deliver_to_po.admin.deliveries.cures import button_named
    from deliver_to_po.admin.deliveries.standing_of_delivery import standing_of_delivery
    from deliver_to_po.core.choices import DeliveryState, ShipmentState
    from deliver_to_po.core.choices.states import WITHOUT_ORDER
    from tests.factories import build_delivery, build_paid_order, build_shipment

    parcels: list[dict[str, Any]] = [{"state": state, "due_at": None} for state in ShipmentState]
    parcels += [
        {"state": ShipmentState.LABELLED, "printed_at": timezone.now()},
        {"state": ShipmentState.REFUND_ASKED, "change_asked_at": timezone.now()},
    ]
    rows: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [({}, [fields]) for fields in parcels]
    rows += (({"state": state}, []) for state in DeliveryState if state not in (*WITHOUT_ORDER, DeliveryState.RELEASED))
    anybody = SimpleNamespace(has_perm=lambda permission: True)
    found = []
    with override(language):
        for fields, made in sorted(rows, key=lambda row: bool(row[1])):
            delivery: Any = build_delivery(build_paid_order(), **fields)
            # Nothing is asked of a database.
            delivery.hold_note = ""
            shipments: list[Any] = [build_shipment(delivery, pk=1, **one) for one in made]
            standing = standing_of_delivery(delivery, shipments)
            button = standing.cures and button_named(standing.cures[0], standing, delivery, anybody, site)
            state = (*shipments, delivery)[0].get_state_display()
            queue = str(standing.queue.title) if standing.queue else ""
            found.append((state, queue, " ".join(standing.follows), button.label if button else ""))
    return table(head, found)


def choices(kind: Any) -> str:
    """Return value and English words of every choice that has words."""
    return "; ".join(f"{code(value)} ({words})" for value, words in kind.choices if value) + "."


def rooms() -> str:
    """Return the rooms on the floors that the import linter holds everybody to, each with its own first line.

    A floor is a comment ``# 4`` between the rows of the contract, which stand in the order in which they may import.
    """
    contract = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition('containers = ["deliver_to_po"]')[2]
    told: list[str] = []
    for line in contract.partition("layers = [")[2].partition("\n]")[0].splitlines():
        if number := re.match(r"\s*# (\d)", line):
            told += ["", f"Floor {number[1]}", ""]
        names = [name for name in re.findall(r"[\w()]+", line.partition('"')[2]) if name[0] != "("]
        told += [f"- {code(name)}: {_first_line(name)}" for name in names]
    return "\n".join(told[1:])


def _first_line(room: str) -> str:
    module = importlib.import_module(f"deliver_to_po.{room}")
    return (inspect.getdoc(module) or "").partition("\n")[0].replace("``", "`")


def contents() -> dict[str, Callable[[], str]]:
    """Return what writes each place."""
    from deliver_to_po.core.choices import DeliveryState, ManifestState, ShipmentState

    return {
        "delivery-states": lambda: choices(DeliveryState),
        "delivery-moves": delivery_moves,
        "shipment-states": lambda: choices(ShipmentState),
        "shipment-moves": shipment_moves,
        "manifest-states": lambda: choices(ManifestState),
        "manifest-moves": manifest_moves,
        "walks": walks,
        "reasons": reasons,
        "states-for-clerks": lambda: standings_for_clerks("en", "State", "Queue", "What follows", "First button"),
        "etats-pour-les-commis": lambda: standings_for_clerks("fr", "État", "File", "La suite", "Premier bouton"),
        "reasons-for-clerks": lambda: reasons_for_clerks("en", "Canada Post", "The page says", "What you do"),
        "motifs-pour-les-commis": lambda: reasons_for_clerks(
            "fr", "Postes Canada", "On lit sur la page", "Ce que vous faites"
        ),
        "rooms": rooms,
        **api_page.CONTENTS,
        **doors.CONTENTS,
    }


def filled(page: str) -> str:
    """Return ``page`` with every place rewritten; raises KeyError for an unknown name."""
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
