"""Builds the bodies and paths of requests for shipments, and raises InvalidRequest for what breaks a rule."""

from typing import Any
from urllib.parse import quote

from deliver_to_po.canadapost.rules import (
    D2PO,
    OPERATION,
    check_account,
    check_group,
    check_id,
    check_refund,
    check_shipment,
)
from deliver_to_po.canadapost.types import Account, Address, Parcel, Recipient, Sender, ShipmentRequest

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


def build_shipment(request: ShipmentRequest, account: Account) -> dict[str, Any]:
    """Return the body of a create; raises InvalidRequest when a D2PO rule is broken, or when the account cannot pay.

    Under a contract it goes into a group that is transmitted later, without one it is transmitted at once. The
    destination is the recipient's own address: Canada Post prints the office's address on the label itself, from the
    option's second qualifier.
    """
    check_shipment(request)
    check_account(OPERATION, account)
    body: dict[str, Any] = {
        "customerRequestId": request.request_id,
        **_way_of_sending(request, account),
        "requestedShippingPoint": request.sender.address.postal_code,
        "providePricingInfo": True,
        "deliverySpec": {
            "serviceCode": request.service.value,
            "sender": _sender(request.sender),
            "destination": _destination(request.recipient),
            "options": _options(request),
            "parcelCharacteristics": parcel_body(request.parcel),
            # The scan at the post office counts as "on delivery": that e-mail says that the parcel is ready.
            "notification": {
                "email": request.recipient.email,
                "onShipment": True,
                "onException": True,
                "onDelivery": True,
            },
            "printPreferences": {"outputFormat": request.paper_size.value, "encoding": request.label_format.value},
            "preferences": {"showPackingInstructions": False},
            "settlementInfo": _payment(account),
        },
    }
    if request.mailing_date is not None:
        body["expectedMailingDate"] = request.mailing_date.isoformat()
    if request.reference.strip():
        body["deliverySpec"]["references"] = {"customerRef1": request.reference}
    return body


def _way_of_sending(request: ShipmentRequest, account: Account) -> dict[str, Any]:
    if account.contract_id is None:
        return {"transmitShipment": True}
    check_group(OPERATION, request.group_id)
    return {"groupId": request.group_id}


def _payment(account: Account) -> dict[str, str]:
    if account.contract_id is None:
        return {"intendedMethodOfPayment": "CreditCard"}
    return {
        "paidByCustomer": account.customer_number,
        "contractId": account.contract_id,
        "intendedMethodOfPayment": "Account",
    }


def _sender(sender: Sender) -> dict[str, Any]:
    named = {"name": sender.name} if sender.name.strip() else {}
    return {
        **named,
        "company": sender.company,
        "contactPhone": sender.phone,
        "addressDetails": address_body(sender.address),
    }


def _destination(recipient: Recipient) -> dict[str, Any]:
    return {
        "name": recipient.name,
        "clientVoiceNumber": recipient.phone,
        "addressDetails": address_body(recipient.address),
    }


def address_body(address: Address) -> dict[str, str]:
    """Return a Canadian address; a blank second line is left out."""
    second = {"addressLine2": address.line_2} if address.line_2.strip() else {}
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


def parcel_body(parcel: Parcel) -> dict[str, Any]:
    return {
        "weight": float(parcel.weight_kg),
        "dimensions": {
            "length": float(parcel.length_cm),
            "width": float(parcel.width_cm),
            "height": float(parcel.height_cm),
        },
    }
