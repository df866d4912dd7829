"""What may be wrong with an element of a request: each of these changes one in place."""

import copy

from lxml import etree


def fill(text: str, element: etree._Element) -> bool:
    """Let an element that holds none say a text."""
    if len(element):
        return False
    element.text = text
    return True


def _drop(element: etree._Element) -> bool:
    parent = element.getparent()
    if parent is None:
        return False
    parent.remove(element)
    return True


def _double(element: etree._Element) -> bool:
    if element.getparent() is None:
        return False
    element.addnext(copy.deepcopy(element))
    return True


def _reverse(element: etree._Element) -> bool:
    element[:] = list(reversed(element))
    return len(element) > 1


def _rename(element: etree._Element) -> bool:
    element.tag = f"{{{etree.QName(element).namespace}}}surprise"
    return True


def _other_namespace(element: etree._Element) -> bool:
    element.tag = f"{{urn:other}}{etree.QName(element).localname}"
    return True


def _attribute(element: etree._Element) -> bool:
    element.set("surprise", "1")
    return True


def _stray_text(element: etree._Element) -> bool:
    if not len(element):
        return False
    element.text = "stray"
    return True


def _child(element: etree._Element) -> bool:
    etree.SubElement(element, f"{{{etree.QName(element).namespace}}}name").text = "x"
    return True


def _comment(element: etree._Element) -> bool:
    element.insert(0, etree.Comment("said in passing"))
    return True


# Each says whether it changed anything.
CHANGES = {
    "drop": _drop,
    "double": _double,
    "reverse": _reverse,
    "rename": _rename,
    "other namespace": _other_namespace,
    "attribute": _attribute,
    "stray text": _stray_text,
    "child": _child,
    "comment": _comment,
}
