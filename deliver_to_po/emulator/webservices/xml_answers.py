"""Answers in the shapes that Canada Post's web services use, written from what is told under the portal's names."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree
from werkzeug.wrappers import Response

from deliver_to_po.emulator.refusals import Problem

MESSAGES_NS = "http://www.canadapost.ca/ws/messages"
# The gateway's code for a status: Canada Post's own where it is known.
_GATEWAY_CODES = {401: "E002", 429: "Server", 500: "Server"}
# What each element of a list is called.
_ITEMS = {
    "adjustments": "adjustment",
    "conflicting-options": "option-code",
    "groups": "group",
    "links": "link",
    "manifests": "link",
    "messages": "message",
    "non-contract-shipments": "link",
    "options": "option",
    "post-office-list": "post-office",
    "price-quotes": "price-quote",
    "priced-options": "priced-option",
    "significant-events": "occurrence",
    "tracking-summary": "pin-summary",
}
# These lists stand in no element of their own.
_REPEATED = ("hours-list", "time")


class XmlRefusals:
    """How the web services refuse a request."""

    media_type = "application/xml"

    def refused(self, problems: Sequence[Problem], status: int) -> Response:
        said = [{"code": problem.code, "description": problem.message} for problem in problems]
        return as_xml(element(MESSAGES_NS, "messages", said), "application/vnd.cpc.messages+xml", status)

    def gateway(self, status: int, title: str, more: str) -> Response:
        """Answer as the gateway in front of the services does; a 404 is empty, as the real one's is."""
        if status == 404:
            return self.refused((), status)
        return self.refused([Problem(_GATEWAY_CODES.get(status, str(status)), f"{title}. {more}")], status)

    def slm(self) -> Response:
        """Answer that there were too many calls."""
        return self.refused([Problem("Server", "Rejected by SLM Monitor")], 500)


def as_xml(root: etree._Element, media_type: str, status: int = 200) -> Response:
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return Response(content, status, content_type=media_type)


def element(namespace: str, name: str, value: Any, item: str = "") -> etree._Element:
    """Return what is told as an element; a link and a range have attributes, and an empty list is left out.

    ``item`` is what each element of a list is called, where its name does not say so.
    """
    # The stubs know no default namespace.
    default: Any = {None: namespace}
    made = etree.Element(f"{{{namespace}}}{name}", nsmap=default)
    if isinstance(value, Mapping):
        _fill(made, namespace, value)
    elif isinstance(value, list):
        made.extend(element(namespace, item or _ITEMS[name], one) for one in value)
    else:
        made.text = _written(value)
    return made


def _fill(made: etree._Element, namespace: str, told: Mapping[str, Any]) -> None:
    if "href" in told or set(told) == {"min", "max"}:
        made.attrib.update({_kebab(key): _written(value) for key, value in told.items()})
        return
    if "amt" in told:
        made.text = _written(told["amt"])
        made.attrib.update({key: _written(value) for key, value in told.items() if key != "amt"})
        return
    for key, value in told.items():
        name = _kebab(key)
        if name in _REPEATED:
            made.extend(element(namespace, name, one) for one in value)
        elif value != []:
            made.append(element(namespace, name, value))


def _kebab(name: str) -> str:
    return re.sub("[A-Z]|[0-9]", lambda match: f"-{match[0].lower()}", name)


def _written(value: object) -> str:
    """Return a text, a number, a truth or nothing as XML has it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
