"""What the page about the webhook says of the schemas: every field, its kind, and what it means."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scripts.markdown import code, table

FOLDER = Path(__file__).resolve().parent.parent / "deliver_to_po" / "shipping"


def fields(name: str) -> str:
    """Return every field of a schema as a table."""
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    return table(("Field", "Kind", "Meaning"), _rows(schema, ""))


def _rows(schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, str, str]]:
    for name, field in schema["properties"].items():
        here = f"{path}{name}"
        optional = "" if name in schema["required"] else ", optional"
        yield code(here), _kind(field) + optional, field["description"]
        inside = field.get("items", field)
        if "properties" in inside:
            yield from _rows(inside, f"{here}[]." if "items" in field else f"{here}.")


def _kind(field: Mapping[str, Any]) -> str:
    if "const" in field:
        return code(json.dumps(field["const"]))
    if "enum" in field:
        return " or ".join(code(json.dumps(value)) for value in field["enum"])
    kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
    return " or ".join(kinds)
