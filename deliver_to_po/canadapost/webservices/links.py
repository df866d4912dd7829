"""Links, which every answer about a shipment has."""

from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.reading import read_each
from deliver_to_po.canadapost.types import Link
from deliver_to_po.canadapost.webservices import xml


def read_links(operation: str, element: xml.Element | None) -> tuple[Link, ...]:
    """Return the links below ``element`` that have an address; raises Unreadable when none of them has one."""
    return tuple(read_each(xml.children(element, "link"), lambda row: _link(operation, row)))


def _link(operation: str, row: xml.Element) -> Link:
    href = row.get("href", "").strip()
    if not href:
        raise Unreadable(operation, why="a link without an address")
    return Link(
        rel=row.get("rel", ""),
        href=href,
        media_type=row.get("media-type", ""),
        index=xml.integer(row.get("index", "")),
    )
