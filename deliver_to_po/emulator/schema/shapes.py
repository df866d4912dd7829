"""What a part of a request must hold: a small table language, which also turns XML elements into bodies.

A body carries the portal's names, so that both APIs share one memory and one table of rules. ``portal/bodies.py`` reads
JSON by the same shapes.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from deliver_to_po.emulator.schema.text_types import Misfit, TextType

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_IGNORED_ATTRIBUTES = (f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation")


class Shape(ABC):
    """What one element must hold."""

    @abstractmethod
    def misfits(self, element: etree._Element) -> Iterator[str]:
        """Yield everything that is wrong, each in a sentence that begins with ``cvc-``."""

    @abstractmethod
    def value(self, element: etree._Element) -> Any:
        """Return what an element without misfits means."""


@dataclass(frozen=True)
class Leaf(Shape):
    """Text alone."""

    kind: TextType

    def misfits(self, element: etree._Element) -> Iterator[str]:
        yield from _attributes(element)
        if _children(element):
            yield f"cvc-type.3.1.2: Element '{_name(element)}' holds text alone."
            return
        try:
            self.kind.read(_text(element))
        except Misfit as misfit:
            yield f"{misfit} Element '{_name(element)}'."

    def value(self, element: etree._Element) -> Any:
        return self.kind.read(_text(element))


@dataclass(frozen=True)
class All(Shape):
    """Elements in any order, each once. Of ``either`` there is exactly one."""

    parts: Mapping[str, Shape]
    required: tuple[str, ...] = ()
    either: tuple[str, ...] = field(default=())

    def misfits(self, element: etree._Element) -> Iterator[str]:
        yield from _attributes(element)
        yield from _mixed(element)
        seen: list[str] = []
        for child in _children(element):
            name = _name(child)
            if name not in self.parts or not _same_namespace(child, element):
                yield f"cvc-complex-type.2.4.a: Invalid content was found starting with element '{name}'."
                return
            seen.append(name)
            yield from self.parts[name].misfits(child)
        if len(set(seen)) < len(seen) or len(set(seen) & set(self.either)) > 1:
            yield f"cvc-complex-type.2.4.a: Invalid content was found: an element of '{_name(element)}' is there twice."
        if missing := [name for name in self.required if name not in seen]:
            yield f"cvc-complex-type.2.4.b: The content of element '{_name(element)}' lacks {', '.join(missing)}."
        if self.either and not set(seen) & set(self.either):
            yield f"cvc-complex-type.2.4.b: The content of '{_name(element)}' lacks one of {', '.join(self.either)}."

    def value(self, element: etree._Element) -> dict[str, Any]:
        return {camel(_name(child)): self.parts[_name(child)].value(child) for child in _children(element)}


@dataclass(frozen=True)
class Many(Shape):
    """The same element once or more."""

    name: str
    shape: Shape
    most: int | None = None

    def misfits(self, element: etree._Element) -> Iterator[str]:
        yield from _attributes(element)
        yield from _mixed(element)
        children = _children(element)
        for place, child in enumerate(children):
            beyond = self.most is not None and place >= self.most
            if beyond or _name(child) != self.name or not _same_namespace(child, element):
                yield f"cvc-complex-type.2.4.a: Invalid content was found starting with element '{_name(child)}'."
                return
            yield from self.shape.misfits(child)
        if not children:
            yield f"cvc-complex-type.2.4.b: The content of element '{_name(element)}' lacks {self.name}."

    def value(self, element: etree._Element) -> list[Any]:
        return [self.shape.value(child) for child in _children(element)]


@dataclass(frozen=True)
class Choice(All):
    """Exactly one of several elements."""

    def misfits(self, element: etree._Element) -> Iterator[str]:
        yield from _attributes(element)
        yield from _mixed(element)
        children = _children(element)
        names = [_name(child) for child in children]
        if len(children) != 1 or names[0] not in self.parts or not _same_namespace(children[0], element):
            yield f"cvc-complex-type.2.4.a: The content of '{_name(element)}' is one of {', '.join(self.parts)}."
            return
        yield from self.parts[names[0]].misfits(children[0])


def camel(name: str) -> str:
    """Return ``customer-ref-1`` as the portal writes it: ``customerRef1``."""
    return re.sub("-(.)", lambda match: match[1].upper(), name)


def _children(element: etree._Element) -> list[etree._Element]:
    return list(element.iterchildren("*"))


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _same_namespace(child: etree._Element, parent: etree._Element) -> bool:
    return etree.QName(child).namespace == etree.QName(parent).namespace


def _text(element: etree._Element) -> str:
    # Comments and the like may stand within a text.
    return (element.text or "") + "".join(child.tail or "" for child in element)


def _attributes(element: etree._Element) -> Iterator[str]:
    for name in element.attrib:
        if name not in _IGNORED_ATTRIBUTES:
            yield f"cvc-complex-type.3.2.2: Attribute '{name!s}' is not allowed in element '{_name(element)}'."


def _mixed(element: etree._Element) -> Iterator[str]:
    if _text(element).strip(" \t\r\n"):
        yield f"cvc-complex-type.2.3: Element '{_name(element)}' holds elements alone, no text."
