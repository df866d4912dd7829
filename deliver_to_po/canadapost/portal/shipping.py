"""Builds the bodies and paths of requests for shipments, and raises InvalidRequest for what breaks a rule."""

from typing import Any
from urllib.parse import quote

from deliver_to_po.canadapost import bodies
from deliver_to_po.canadapost.portal.fields import as_json
from deliver_to_po.canadapost.rules import (
    OPERATION,
    check_account,
    check_group,
    check_id,
    check_refund,
    check_shipment,
)
from deliver_to_po.canadapost.types import Account, ShipmentRequest

# Parameters of a search for shipments, one at a time: more are refused (9183, 9185). The first spelling is that of
# Canada Post's collection of July 2026; published code was seen using the second one live.
BY_REQUEST_ID = ("requestId", "request-id")
BY_GROUP = ("groupId", "group-id")
WITHOUT_MANIFEST = ("noManifest", "no-manifest")


def account_path(account: Account) -> str:
    """Return the path below which an account's shipments, groups and manifests are."""
    mailed_by, mobo = quote(account.customer_number, safe=""), quote(account.on_behalf_of, safe="")
    return f"/shipping/v1/{mailed_by}/{mobo}"


def shipments_path(account: Account) -> str:
    return f"{account_path(account)}/shipments"


def shipment_path(operation: str, account: Account, shipment_id: str, part: str = "") -> str:
    """Return the path of a shipment or of a ``part`` of it, such as ``/price``; raises InvalidRequest."""
    check_id(operation, "shipment_id", shipment_id)
    return f"{shipments_path(account)}/{shipment_id}{part}"


def build_refund(operation: str, email: str) -> dict[str, str]:
    check_refund(operation, email)
    return {"email": email}


def build_shipment(request: ShipmentRequest, account: Account) -> Any:
    """Return the body of a create; raises InvalidRequest when a D2PO rule is broken, or when the account cannot pay."""
    check_shipment(request)
    check_account(OPERATION, account)
    if account.contract_id is not None:
        check_group(OPERATION, request.group_id)
    return as_json(bodies.shipment(request, account, paidByCustomer=account.customer_number))
