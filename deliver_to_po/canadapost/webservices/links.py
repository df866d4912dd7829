"""Links and states, which every answer about a shipment has."""

from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.types import Link, ShipmentStatus
from deliver_to_po.canadapost.webservices import xml


def read_links(operation: str, element: xml.Element | None) -> tuple[Link, ...]:
    """Return the links below ``element``; raises Unreadable for one without an address."""
    return tuple(_link(operation, row) for row in xml.children(element, "link"))


def _link(operation: str, row: xml.Element) -> Link:
    href = row.get("href", "").strip()
    if not href:
        raise Unreadable(operation, why="a link without an address")
    return Link(
        rel=row.get("rel", ""),
        href=href,
        media_type=row.get("media-type", ""),
        index=xml.whole(row.get("index", "")),
    )


def shipment_status(operation: str, value: str) -> ShipmentStatus:
    """Return the state of a shipment; raises Unreadable for one that is not known."""
    try:
        return ShipmentStatus(value)
    except ValueError:
        raise Unreadable(operation, why="an unknown shipment-status") from None
