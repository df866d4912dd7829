"""Reads groups, manifests and lists of links to what they hold; raises Unreadable."""

from typing import Any

from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.portal import fields
from deliver_to_po.canadapost.reading import last_segment
from deliver_to_po.canadapost.types import Manifest


def read_groups(operation: str, body: Any) -> list[str]:
    return [fields.required_text(operation, row, "groupId") for row in fields.rows(operation, body, "groups")]


def read_made_ids(operation: str, body: Any) -> list[str]:
    """Return the ids of the manifests that a transmission makes, one at least."""
    ids = read_ids(operation, body)
    if not ids:
        raise Unreadable(operation, why="no manifest")
    return ids


def read_ids(operation: str, body: Any) -> list[str]:
    return _linked_ids(operation, body, "manifest")


def read_shipment_ids(operation: str, body: Any) -> list[str]:
    """Return the ids of the shipments that a search found, whether it tells of them or links to them."""
    rows = fields.rows(operation, body, "shipments")
    told = [fields.required_text(operation, row, "shipmentId") for row in rows if "shipmentId" in row]
    return told + _linked_ids(operation, [row for row in rows if "shipmentId" not in row], "shipment")


def _linked_ids(operation: str, body: Any, rel: str) -> list[str]:
    found = [fields.link(operation, row) for row in fields.rows(operation, body, "links")]
    ids = [last_segment(link.href) for link in found if link.rel == rel]
    if not all(ids):
        raise Unreadable(operation, why=f"a link to a {rel} without an id")
    return ids


def read_manifest(operation: str, body: Any, manifest_id: str) -> Manifest:
    row = fields.mapping(operation, body, "manifest")
    return Manifest(
        manifest_id=manifest_id,
        po_number=fields.required_text(operation, row, "poNumber"),
        links=fields.links(operation, row.get("links")),
    )
