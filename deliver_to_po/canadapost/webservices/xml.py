"""Reads XML, which may be hostile, into rows as JSON has them, and writes it, from a body and never from text."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from lxml import etree

from deliver_to_po.canadapost.bodies import Body
from deliver_to_po.canadapost.errors import InvalidRequest, Unreadable
from deliver_to_po.canadapost.portal import fields
from deliver_to_po.canadapost.portal.answers import in_camel_case

# The largest known answer, a group of 10,000 shipments as links, needs about a third of each.
MAX_BYTES = 6 * 1024 * 1024
MAX_TAGS = 200_000

# Errors go into logs, and an answer may hold anything: only these namespaces are ever repeated.
CANADA_POST_NAMESPACE = re.compile(
    r"http://www\.canadapost\.ca/ws/"
    r"(shipment|ncshipment|manifest|postoffice|ship/rate|track|serviceinfo|messages)(-v[0-9]{1,2})?"
)
# What is a list, a tax, and what may stand there more than once.
LISTS = {"links", "options", "adjustments", "conflictingOptions", "significantEvents"}
TAXES = {"gst", "pst", "hst"}
REPEATED = {"hoursList", "time"}

Element: TypeAlias = etree._Element
# What each element of a list is called.
ITEMS = {
    "options": "option",
    "services": "service-code",
    "group-ids": "group-id",
    "excluded-shipments": "shipment-id",
}


def parse(operation: str, body: bytes) -> Element:
    """Return the root of ``body``; raises Unreadable unless it is plain, well-formed XML in UTF-8.

    A DTD is refused, and with it every entity. Nothing is fetched. Size, number of tags and depth (256) are limited
    before or while the tree is built. Whatever the body says of its encoding, it is read as UTF-8.
    """
    _refuse_odd(operation, body)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Unreadable(operation, why="the body is not well-formed XML") from None


def _refuse_odd(operation: str, body: bytes) -> None:
    if len(body) > MAX_BYTES:
        raise Unreadable(operation, why=f"more than {MAX_BYTES} bytes of XML")
    if body.count(b"<") > MAX_TAGS:
        raise Unreadable(operation, why=f"more than {MAX_TAGS} tags")
    if b"\0" in body:
        raise Unreadable(operation, why="the body holds NUL bytes")
    # Entities can be declared only in a DTD.
    if b"<!DOCTYPE" in body:
        raise Unreadable(operation, why="the body has a DTD")


def local_name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def namespace(element: Element) -> str:
    """Return the namespace of ``element``, ``""`` if it has none."""
    return str(element.tag)[1:].rpartition("}")[0]


def shown_namespace(name: str) -> str:
    """Return how an error names a namespace: Canada Post's as it is, any other without its name."""
    if CANADA_POST_NAMESPACE.fullmatch(name):
        return name
    return "of another kind" if name else "(none)"


def children(element: Element | None, name: str) -> Iterator[Element]:
    """Yield the children with that local name, in any namespace."""
    if element is not None:
        yield from element.iterchildren(f"{{*}}{name}")


def child(element: Element | None, *path: str) -> Element | None:
    """Return the first element at ``path``, which is made of local names; None if there is none."""
    for name in path:
        element = next(children(element, name), None)
    return element


def text(element: Element | None, *path: str) -> str:
    """Return the text at ``path`` on one line, cut after 2000 characters; ``""`` if there is none."""
    return fields.text(found.text) if (found := child(element, *path)) is not None else ""


def as_row(element: Element) -> dict[str, Any]:
    """Return the parts of an element under the portal's names, which the portal's readers take.

    Empty parts are left out. Where several parts have one name the first counts, unless there may be more.
    """
    row: dict[str, Any] = {}
    for part in element:
        name = _portal_name(part.tag)
        value = _value(part, name)
        if name in REPEATED:
            row.setdefault(name, []).append(value)
        elif value != "":
            row.setdefault(name, value)
    return row


def _value(element: Element, name: str) -> Any:
    """Return a list, a row or a text; a link is its attributes."""
    if len(element):
        if name in LISTS:
            return [_value(part, _portal_name(part.tag)) for part in element]
        row = as_row(element)
        # A closed day is probably left out; here it may have no times.
        return {**row, "time": []} if name == "hoursList" and row.keys() == {"day"} else row
    written = (element.text or "").strip()
    if name in TAXES:
        return {"amt": written}
    if written:
        return written
    return [] if name in LISTS else {_portal_name(key): said for key, said in element.items()} or ""


def rows(root: Element, name: str) -> list[Any]:
    """Return what each child with that local name says, as ``as_row`` does."""
    return [_value(part, _portal_name(name)) for part in children(root, name)]


@lru_cache(maxsize=128)
def _portal_name(name: str) -> str:
    """Return the portal's name of an element or attribute. A list has the same few, again and again."""
    return in_camel_case(name.rpartition("}")[2])


def write(operation: str, namespace: str, name: str, body: Body) -> bytes:
    """Return a body as a document in ``namespace``; raises InvalidRequest for a character that XML cannot carry."""
    without_prefix: Any = {None: namespace}
    top = etree.Element(f"{{{namespace}}}{name}", nsmap=without_prefix)
    _fill(operation, top, body)
    return etree.tostring(top, xml_declaration=True, encoding="UTF-8")


def _fill(operation: str, element: Element, value: Any, item: str = "") -> None:
    """Put a value into an element; ``item`` is what each element of a list is called."""
    if isinstance(value, dict):
        for key, part in value.items():
            name = re.sub("[A-Z]|[0-9]", lambda match: f"-{match[0].lower()}", key)
            _fill(operation, _below(element, name), part, ITEMS.get(name, ""))
    elif isinstance(value, list):
        for one in value:
            _fill(operation, _below(element, item), one)
    else:
        try:
            element.text = written(value)
        except ValueError:
            raise InvalidRequest(operation, local_name(element), "holds a character that XML cannot carry") from None


def _below(element: Element, name: str) -> Element:
    return etree.SubElement(element, f"{{{namespace(element)}}}{name}")


def written(value: str | bool | Decimal) -> str:
    """Return a value as the schemas want it: a number without exponent and without idle zeros."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value
