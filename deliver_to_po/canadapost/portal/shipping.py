"""The portal's shipments: the request as a pure function, the answers read strictly."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.rules import check_shipment
from deliver_to_po.canadapost.transport import Answer
from deliver_to_po.canadapost.types import (
    Account,
    Address,
    Artifact,
    Link,
    Recipient,
    Sender,
    ShipmentDetails,
    ShipmentInfo,
    ShipmentRequest,
    ShipmentStatus,
)

D2PO = "D2PO"
LABEL_STARTS = {b"%PDF": "application/pdf", b"^XA": "application/zpl"}


def path_segment(text: str) -> str:
    """Return ``text`` as one segment of a path."""
    return quote(text, safe="")


def shipments_path(account: Account) -> str:
    """Return the path of an account's shipments."""
    mailed_by, mobo = path_segment(account.customer_number), path_segment(account.on_behalf_of)
    return f"/shipping/v1/{mailed_by}/{mobo}/shipments"


def build_shipment(request: ShipmentRequest, account: Account) -> dict[str, Any]:
    """Return the body of a create: contract, with a group, without a manifest yet.

    Raises InvalidRequest when a D2PO rule is broken. The destination is the recipient's own address: Canada Post
    prints the office's address on the label by itself, from the option's second qualifier.
    """
    check_shipment(request)
    body: dict[str, Any] = {
        "customerRequestId": request.request_id,
        "groupId": request.group_id,
        "requestedShippingPoint": request.sender.address.postal_code,
        "deliverySpec": {
            "serviceCode": request.service.value,
            "sender": _sender(request.sender),
            "destination": _destination(request.recipient),
            "options": _options(request),
            "parcelCharacteristics": _parcel(request),
            # "On delivery" is the scan at the post office: it tells the recipient that the parcel is there.
            "notification": {
                "email": request.recipient.email,
                "onShipment": True,
                "onException": True,
                "onDelivery": True,
            },
            "printPreferences": {"outputFormat": request.paper_size.value, "encoding": request.label_format.value},
            "preferences": {"showPackingInstructions": False},
            "settlementInfo": {
                "paidByCustomer": account.customer_number,
                "contractId": account.contract_id,
                "intendedMethodOfPayment": "Account",
            },
        },
    }
    if request.mailing_date is not None:
        body["expectedMailingDate"] = request.mailing_date.isoformat()
    if request.reference:
        body["deliverySpec"]["references"] = {"customerRef1": request.reference}
    return body


def _sender(sender: Sender) -> dict[str, Any]:
    named = {"name": sender.name} if sender.name else {}
    return {
        **named,
        "company": sender.company,
        "contactPhone": sender.phone,
        "addressDetails": _address(sender.address),
    }


def _destination(recipient: Recipient) -> dict[str, Any]:
    return {
        "name": recipient.name,
        "clientVoiceNumber": recipient.phone,
        "addressDetails": _address(recipient.address),
    }


def _address(address: Address) -> dict[str, str]:
    second = {"addressLine2": address.line_2} if address.line_2 else {}
    return {
        "addressLine1": address.line_1,
        **second,
        "city": address.city,
        "provState": address.province,
        "countryCode": "CA",
        "postalZipCode": address.postal_code,
    }


def _options(request: ShipmentRequest) -> list[dict[str, Any]]:
    options: list[dict[str, Any]] = [{"optionCode": D2PO, "optionQualifier2": request.office_id}]
    for option in request.options:
        amount = {} if option.amount is None else {"optionAmount": float(option.amount)}
        options.append({"optionCode": option.code, **amount})
    return options


def _parcel(request: ShipmentRequest) -> dict[str, Any]:
    parcel = request.parcel
    return {
        "weight": float(parcel.weight_kg),
        "dimensions": {
            "length": float(parcel.length_cm),
            "width": float(parcel.width_cm),
            "height": float(parcel.height_cm),
        },
    }


def read_shipment(operation: str, body: Any) -> ShipmentInfo:
    """Return the shipment of a create or get answer; raises Unreadable."""
    if not isinstance(body, Mapping) or not body.get("shipmentId"):
        raise Unreadable(operation, why="no shipmentId")
    return ShipmentInfo(
        shipment_id=str(body["shipmentId"]),
        status=_status(operation, body.get("shipmentStatus")),
        tracking_pin=str(body.get("trackingPin") or ""),
        request_id=str(body.get("customerRequestId") or ""),
        links=tuple(_link(operation, row) for row in _list(operation, body.get("links", []))),
    )


def read_shipment_links(operation: str, body: Any) -> list[str]:
    """Return the addresses of the shipments that a search found: a bare array of links; raises Unreadable."""
    return [link.href for link in (_link(operation, row) for row in _list(operation, body)) if link.rel == "shipment"]


def read_details(operation: str, body: Any) -> ShipmentDetails:
    """Return what Canada Post holds of a shipment; raises Unreadable."""
    if not isinstance(body, Mapping):
        raise Unreadable(operation, why="no details")
    spec = _map(_map(body.get("shipmentDetail")).get("deliverySpec"))
    # For D2PO the recipient's address is added as "recipient"; the destination may then be the office's.
    person = _map(spec.get("recipient") or spec.get("destination"))
    address = _map(person.get("addressDetails"))
    if not spec or not address:
        raise Unreadable(operation, why="details without a recipient")
    office = next((o for o in map(_map, _list(operation, spec.get("options", []))) if o.get("optionCode") == D2PO), {})
    return ShipmentDetails(
        status=_status(operation, body.get("shipmentStatus")),
        tracking_pin=str(body.get("trackingPin") or ""),
        service=str(spec.get("serviceCode") or ""),
        office_id=str(office.get("optionQualifier2") or ""),
        recipient_name=str(person.get("name") or ""),
        recipient_address=Address(
            line_1=str(address.get("addressLine1") or ""),
            line_2=str(address.get("addressLine2") or ""),
            city=str(address.get("city") or ""),
            province=str(address.get("provState") or ""),
            postal_code=str(address.get("postalZipCode") or ""),
        ),
    )


def read_label(operation: str, answer: Answer) -> Artifact:
    """Return a label, known by how it starts rather than by what its header says; raises Unreadable."""
    for start, media_type in LABEL_STARTS.items():
        if answer.body.startswith(start):
            return Artifact(answer.body, media_type)
    raise Unreadable(operation, status=answer.status, why="the answer is neither PDF nor ZPL")


def _status(operation: str, value: object) -> ShipmentStatus:
    try:
        return ShipmentStatus(str(value))
    except ValueError:
        raise Unreadable(operation, why="an unknown shipmentStatus") from None


def _link(operation: str, row: Any) -> Link:
    if not isinstance(row, Mapping) or not isinstance(row.get("href"), str):
        raise Unreadable(operation, why="a link without an address")
    index = row.get("index")
    return Link(
        rel=str(row.get("rel") or ""),
        href=row["href"],
        media_type=str(row.get("mediaType") or "application/json"),
        index=index if isinstance(index, int) else None,
    )


def _list(operation: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Unreadable(operation, why="not the list that was expected")
    return value


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
