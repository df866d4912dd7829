"""Groups, their transmission and the resulting manifests. Building raises InvalidRequest, reading Unreadable."""

from typing import Any

from deliver_to_po.canadapost import bodies
from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.portal import fields
from deliver_to_po.canadapost.portal.shipping import account_path
from deliver_to_po.canadapost.reading import last_segment
from deliver_to_po.canadapost.rules import check_account, check_id, check_transmit
from deliver_to_po.canadapost.types import Account, Manifest, TransmitRequest

# The first and the last day of a search: as Canada Post's collection of July 2026 spells them, and as its error 9116.
BETWEEN = (("from", "to"), ("startDate", "endDate"))


def groups_path(account: Account) -> str:
    return f"{account_path(account)}/groups"


def manifests_path(account: Account) -> str:
    return f"{account_path(account)}/manifests"


def manifest_path(operation: str, account: Account, manifest_id: str) -> str:
    check_id(operation, "manifest_id", manifest_id)
    return f"{manifests_path(account)}/{manifest_id}"


def build_transmit(operation: str, request: TransmitRequest, account: Account) -> dict[str, Any]:
    """Return the body of a transmit that is paid by account; raises InvalidRequest."""
    check_transmit(operation, request)
    check_account(operation, account)
    return bodies.transmit(request, country=True)


def read_groups(operation: str, body: Any) -> list[str]:
    return [fields.required_text(operation, row, "groupId") for row in fields.rows(operation, body, "groups")]


def read_manifest_ids(operation: str, body: Any) -> list[str]:
    """Return the ids of the manifests that are being made, from their links; raises Unreadable."""
    ids = read_manifests(operation, body)
    if not ids:
        raise Unreadable(operation, why="no manifest")
    return ids


def read_manifests(operation: str, body: Any) -> list[str]:
    return _linked_ids(operation, body, "manifest")


def read_shipment_ids(operation: str, body: Any) -> list[str]:
    return _linked_ids(operation, body, "shipment")


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
