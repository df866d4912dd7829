"""Answers in the shapes that Canada Post's web services use."""

from collections.abc import Sequence
from typing import Any

from lxml import etree
from werkzeug.wrappers import Response

from deliver_to_po.emulator.refusals import Problem

MESSAGES_NS = "http://www.canadapost.ca/ws/messages"
# The gateway's code for a status: Canada Post's own where it is known.
_GATEWAY_CODES = {401: "E002", 429: "Server", 500: "Server"}


class XmlRefusals:
    """How the web services refuse a request."""

    media_type = "application/xml"

    def refused(self, problems: Sequence[Problem], status: int) -> Response:
        make = Maker(MESSAGES_NS)
        said = [make("message", make("code", one.code), make("description", one.message)) for one in problems]
        return as_xml(make("messages", *said), "application/vnd.cpc.messages+xml", status)

    def gateway(self, status: int, title: str, more: str) -> Response:
        """Answer as the gateway in front of the services does; a 404 is empty, as the real one's is."""
        if status == 404:
            return self.refused((), status)
        return self.refused([Problem(_GATEWAY_CODES.get(status, str(status)), f"{title}. {more}")], status)

    def slm(self) -> Response:
        """Answer that there were too many calls."""
        return self.refused([Problem("Server", "Rejected by SLM Monitor")], 500)


class Maker:
    """Makes the elements of one namespace."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        # The stubs know no default namespace.
        self._default: Any = {None: namespace}

    def __call__(self, name: str, /, *content: "str | etree._Element", **attributes: str) -> "etree._Element":
        """Return an element that holds text, or other elements."""
        made = etree.Element(f"{{{self.namespace}}}{name}", attributes, nsmap=self._default)
        for one in content:
            if isinstance(one, str):
                made.text = one
            else:
                made.append(one)
        return made


def as_xml(root: etree._Element, media_type: str, status: int = 200) -> Response:
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return Response(content, status, content_type=media_type)


def link(make: Maker, rel: str, href: str, media_type: str, **more: Any) -> etree._Element:
    attributes = {
        "rel": rel,
        "href": href,
        "media-type": media_type,
        **{key: str(value) for key, value in more.items()},
    }
    return make("link", **attributes)


def words(value: object) -> str:
    """Return a boolean or a number as XML writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
