"""Sphinx directives that draw the states and the allowed moves from the code, so that the page cannot drift."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import TextChoices
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from deliver_to_po.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.models.moves import DELIVERY_MOVES, IN_FLIGHT, SHIPMENT_MOVES, Move

Row = tuple[str, ...]


def _cell(text: str) -> nodes.entry:
    paragraph = nodes.paragraph()
    for number, part in enumerate(text.split("`")):
        if part:
            paragraph += nodes.literal(text=part) if number % 2 else nodes.Text(part)
    return nodes.entry("", paragraph)


def _row(cells: Iterable[str]) -> nodes.row:
    return nodes.row("", *(_cell(cell) for cell in cells))


def table(head: Row, rows: Iterable[Row]) -> nodes.table:
    """Return a table; text between back-quotes is set as code."""
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in head), cols=len(head))
    group += nodes.thead("", _row(head))
    group += nodes.tbody("", *(_row(row) for row in rows))
    return nodes.table("", group)


def _names(states: Iterable[str]) -> str:
    return ", ".join(f"`{state}`" for state in states)


def move_rows(moves: Mapping[str, Move]) -> list[Row]:
    """Return name, sources and target of every move."""
    return [(f"`{name}`", _names(move.sources), f"`{move.target}`") for name, move in moves.items()]


def choice_rows(choices: type[TextChoices]) -> list[Row]:
    """Return value and English words of every choice that has words."""
    return [(f"`{value}`", str(label)) for value, label in choices.choices if value]


TABLES: Mapping[str, tuple[Row, list[Row]]] = {
    "delivery-states": (("State", "In the admin"), choice_rows(DeliveryState)),
    "delivery-moves": (("Move", "From", "To"), move_rows(DELIVERY_MOVES)),
    "shipment-states": (("State", "In the admin"), choice_rows(ShipmentState)),
    "shipment-moves": (("Move", "From", "To"), move_rows(SHIPMENT_MOVES)),
    "reasons": (("Reason", "What the merchant reads"), choice_rows(Reason)),
    "in-flight": (("While a shipment is in one of these, its delivery cannot be changed",), [(_names(IN_FLIGHT),)]),
}


class FromTheCode(SphinxDirective):
    """``{from-the-code} delivery-moves``: the table of that name."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table; an unknown name is an error of the build."""
        if self.arguments[0] not in TABLES:
            raise self.error(f"no table is called {self.arguments[0]!r}; there are {', '.join(TABLES)}")
        return [table(*TABLES[self.arguments[0]])]


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the directive known."""
    app.add_directive("from-the-code", FromTheCode)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
