"""Reads the XML body of a call and checks it against its table."""

from typing import Any

from lxml import etree
from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.formats import Format
from deliver_to_po.emulator.refusals import Answered, Problem, Refused
from deliver_to_po.emulator.schema.shapes import All
from deliver_to_po.emulator.webservices.xml_answers import XmlRefusals, as_xml, element


class XmlFormat(Format):
    """XML of one media type, in one namespace."""

    api = "webservices"

    def __init__(self, media_type: str, namespace: str) -> None:
        self.media_type, self._namespace = media_type, namespace

    def body(self, call: Call, name: str, shape: All) -> dict[str, Any]:
        """Return the body with the portal's names; raises Refused as Canada Post does: 500, code Server, cvc-…"""
        if call.request.mimetype != self.media_type:
            why = f"Content-Type must be {self.media_type}."
            raise Answered(XmlRefusals().gateway(415, "Unsupported Media Type", why))
        root = _parsed(call.request.get_data())
        if root.tag != f"{{{self._namespace}}}{name}":
            raise _server(f"cvc-elt.1: Cannot find the declaration of element '{etree.QName(root).localname}'.")
        misfits = list(shape.misfits(root))
        if misfits:
            raise _server(misfits[0])
        return shape.value(root)

    def answer(self, name: str, what: Any, item: str = "") -> Response:
        return as_xml(element(self._namespace, name, what, item), self.media_type)


def _parsed(content: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused(Problem("Server", "The body is not well-formed XML."), status=500) from error
    if root.getroottree().docinfo.internalDTD is not None or b"<!DOCTYPE" in content:
        raise Refused(Problem("Server", "A body declares no document type."), status=500)
    return root


def _server(text: str) -> Refused:
    return Refused(Problem("Server", " ".join(text.split())), status=500)
