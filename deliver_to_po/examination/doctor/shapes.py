"""The shape of an answer: which keys it has and of what kind each value is, and never a value."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.identifiers import normalize_postal_code
from deliver_to_po.canadapost.portal.answers import parse as parse_json
from deliver_to_po.canadapost.webservices import xml

BLANK = b"\xef\xbb\xbf \t\r\n"

Shape: TypeAlias = "str | dict[str, Shape] | list[Shape]"

# A key that looks like data, such as a number or a postal code, could be data.
KEY = re.compile(r"[A-Za-z_][A-Za-z_-]{0,60}[0-9]{0,2}")
ODD_KEY = "(an odd key)"
CANADA_POST_NAMESPACE = re.compile(r"http://www\.canadapost\.ca/[A-Za-z0-9/._-]{1,60}")
ODD_NAMESPACE = "(another namespace)"
SOMETIMES = "?"
# The first that fits says what kind of text it is.
KINDS_OF_TEXT = (
    (re.compile(r"-?[0-9]+\.[0-9]+"), "text: number with decimals"),
    (re.compile(r"true|false"), "text: true or false"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "text: date"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*"), "text: date and time"),
    (re.compile(r"\d\d:\d\d(:\d\d)?"), "text: time"),
    (re.compile(r"https?://.*"), "text: address on the web"),
)


def shape_of(answer: Answer) -> Shape:
    """Return the shape of a body that is JSON or XML; of any other, what it is."""
    body = answer.body.lstrip(BLANK)
    if body[:1] in (b"{", b"[") or answer.media_type.endswith("json"):
        return _of_json(answer.body)
    if is_web_page(answer):
        return "an HTML page"
    if body[:1] == b"<":
        return _of_xml(answer.body)
    starts = {b"%PDF": "a PDF", b"^XA": "ZPL"}
    known = next((words for start, words in starts.items() if body.startswith(start)), "")
    return known or (f"{len(body)} bytes of another kind" if body else "nothing")


def is_web_page(answer: Answer) -> bool:
    """Say whether a body is an HTML page, which Canada Post's APIs never answer with when they work."""
    return answer.body.lstrip(BLANK)[:15].lower().startswith((b"<!doctype html", b"<html"))


def _of_json(body: bytes) -> Shape:
    try:
        return json_shape(parse_json(body))
    except ValueError:
        return "JSON that cannot be read"


def _of_xml(body: bytes) -> Shape:
    try:
        root = xml.parse("record", body)
    except Unreadable:
        return "XML that cannot be read"
    return {_name(root, None): xml_shape(root)}


def json_shape(value: Any) -> Shape:
    """Return the shape of what JSON holds; the items of a list are merged into one."""
    if isinstance(value, Mapping):
        return {_key(str(key)): json_shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [merge([json_shape(item) for item in value])] if value else []
    kinds = ((bool, "true or false"), (int, "whole number"), (Decimal, "number with decimals"), (str, ""))
    kind = next((words for type_, words in kinds if isinstance(value, type_)), "null")
    return kind or text_kind(value)


def xml_shape(element: xml.Element) -> Shape:
    """Return the shape of an element: attributes as ``@name``, repeated children as a list."""
    fields: dict[str, list[Shape]] = {}
    for child in element:
        fields.setdefault(_name(child, element), []).append(xml_shape(child))
    shape: dict[str, Shape] = {f"@{_key(str(name))}": text_kind(str(value)) for name, value in element.items()}
    shape |= {name: found[0] if len(found) == 1 else [merge(found)] for name, found in fields.items()}
    text = (element.text or "").strip()
    if not shape:
        return text_kind(text)
    return {**shape, "(text)": text_kind(text)} if text else shape


def text_kind(text: str) -> str:
    """Return what kind of text it is; how many digits there are tells ids from one another."""
    if not text:
        return "text: empty"
    if text.isascii() and text.isdigit():
        return f"text: {len(text)} digits"
    if normalize_postal_code(text):
        return "text: postal code"
    return next((kind for pattern, kind in KINDS_OF_TEXT if pattern.fullmatch(text)), "text")


def merge(shapes: Sequence[Shape]) -> Shape:
    """Return one shape for several: a key that only some have ends in ``?``, kinds are set side by side."""
    objects = [shape for shape in shapes if isinstance(shape, dict)]
    lists = [shape for shape in shapes if isinstance(shape, list)]
    kinds = sorted({shape for shape in shapes if isinstance(shape, str)})
    found: list[Shape] = []
    if objects:
        found.append(_merge_objects(objects))
    if lists:
        items = [item for shape in lists for item in shape]
        found.append([merge(items)] if items else [])
    if kinds:
        found.append(" or ".join(kinds))
    return found[0] if len(found) == 1 else {f"(kind {place})": shape for place, shape in enumerate(found, 1)}


def _merge_objects(objects: Sequence[dict[str, Shape]]) -> dict[str, Shape]:
    keys = dict.fromkeys(key.removesuffix(SOMETIMES) for shape in objects for key in shape)
    merged: dict[str, Shape] = {}
    for key in keys:
        held = [shape[name] for shape in objects for name in (key, key + SOMETIMES) if name in shape]
        always = all(key in shape for shape in objects)
        merged[key if always else key + SOMETIMES] = merge(held)
    return merged


def _key(key: str) -> str:
    return key if KEY.fullmatch(key) else ODD_KEY


def _name(element: xml.Element, parent: xml.Element | None) -> str:
    """Return the local name, with the namespace where that is not the parent's: which one is used is worth knowing."""
    local, namespace = _key(xml.local_name(element)), _namespace(element)
    if parent is not None and namespace == _namespace(parent):
        return local
    shown = namespace if not namespace or CANADA_POST_NAMESPACE.fullmatch(namespace) else ODD_NAMESPACE
    return f"{{{shown}}}{local}" if shown else local


def _namespace(element: xml.Element) -> str:
    return str(element.tag).rpartition("}")[0].lstrip("{")


def known_names(names: Iterable[str]) -> list[str]:
    """Return those of ``names`` that look like names, sorted."""
    return sorted({name for name in names if KEY.fullmatch(name)})
