"""Reads the JSON body of a call and holds it against its table."""

import unicodedata
from collections.abc import Iterator
from typing import Any

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.formats import Format
from deliver_to_po.emulator.json_answers import JSON, as_json
from deliver_to_po.emulator.refusals import Problem, Refused
from deliver_to_po.emulator.schema.shapes import All, Choice, Leaf, Many, Shape, camel
from deliver_to_po.emulator.schema.text_types import Boolean, Misfit, Number, TextType


class JsonFormat(Format):
    """The portal's JSON: names of documents do not stand in it."""

    api = "portal"
    media_type = JSON

    def body(self, call: Call, name: str, shape: All) -> dict[str, Any]:
        """Return the body; raises Refused with every place where it breaks the table."""
        try:
            body = call.request.get_json()
        except BadRequest as error:
            raise Refused(Problem("EMU-SCHEMA", "The body is not JSON.")) from error
        if not isinstance(body, dict):
            raise Refused(Problem("EMU-SCHEMA", "The body is not a JSON object."))
        known = {camel(name) for name in shape.parts}
        problems = [f"{name} is not known." for name in body if name not in known]
        problems += [f"{path} {why}." for path, why in _misfits(shape, body, "")]
        if problems:
            raise Refused(*(Problem("EMU-SCHEMA", problem) for problem in problems))
        return body

    def answer(self, name: str, what: Any, item: str = "") -> Response:
        return as_json(what)


JSON_FORMAT = JsonFormat()


def _misfits(shape: Shape, value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield where a value breaks a shape, and how; what an object holds beside it is ignored."""
    if isinstance(shape, Leaf):
        if why := _why_not(shape.kind, value):
            yield path, why
    elif isinstance(shape, Many):
        if not isinstance(value, list) or not 1 <= len(value) <= (shape.most or len(value)):
            yield path, f"is a list of 1 to {shape.most or 'any number'}"
            return
        for place, one in enumerate(value):
            yield from _misfits(shape.shape, one, f"{path}[{place}]")
    elif isinstance(shape, All):
        yield from _misfits_of_object(shape, value, path)


def _misfits_of_object(shape: All, value: Any, path: str) -> Iterator[tuple[str, str]]:
    parts = {camel(name): part for name, part in shape.parts.items()}
    if not isinstance(value, dict):
        yield path, "is an object"
    elif isinstance(shape, Choice) and (len(value) != 1 or not set(value) <= set(parts)):
        yield path, f"is one of {', '.join(parts)}"
    else:
        missing = [name for name in map(camel, shape.required) if name not in value]
        yield from ((f"{path}.{name}".lstrip("."), "is missing") for name in missing)
        for name in [name for name in parts if name in value]:
            yield from _misfits(parts[name], value[name], f"{path}.{name}".lstrip("."))


def _why_not(kind: TextType, value: Any) -> str:
    """Return how a value is not of a kind, ``""`` if it is; JSON has truths and numbers beside texts."""
    if isinstance(kind, Boolean):
        fits = value is True or (value is False and not kind.fixed)
        return "" if fits else f"is true or {'left out' if kind.fixed else 'false'}"
    if isinstance(kind, Number):
        if not isinstance(value, int | float):
            return "is a number"
    elif not isinstance(value, str):
        return "is text"
    elif any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
        return "holds a control character or half a character"
    try:
        return "" if kind.read(str(value)) == value else "is not written as it must be"
    except Misfit as misfit:
        return f"does not fit: {str(misfit).partition(': ')[2].rstrip('.')}"
