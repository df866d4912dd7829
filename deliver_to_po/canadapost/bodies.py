"""What Canada Post is sent, under the portal's names: the XML API spells the same otherwise.

Each raises InvalidRequest for what breaks a rule.
"""

from typing import Any, TypeAlias

from deliver_to_po.canadapost.rules import (
    D2PO,
    OPERATION,
    check_account,
    check_group,
    check_query,
    check_rates,
    check_shipment,
    check_transmit,
)
from deliver_to_po.canadapost.types import (
    Account,
    Address,
    NearAddress,
    NearPostalCode,
    OfficeQuery,
    Parcel,
    RateRequest,
    Recipient,
    Service,
    ShipmentOption,
    ShipmentRequest,
    TransmitRequest,
)

# Texts, truths, decimals, and lists and bodies of those.
Body: TypeAlias = dict[str, Any]

MOST_OFFICES = 50


def shipment(request: ShipmentRequest, account: Account, *, says_payer: bool) -> Body:
    """Return a shipment: under a contract in a group that is transmitted later, without one transmitted at once.

    The destination is the recipient's own address: Canada Post prints the office's address on the label itself, from
    the option's second qualifier. Not every API wants to be told who pays, beside the contract.
    """
    check_shipment(request)
    check_account(OPERATION, account)
    spec = delivery_spec(request)
    spec["printPreferences"] = {"outputFormat": request.paper_size.value, "encoding": request.label_format.value}
    spec["preferences"] = {"showPackingInstructions": False}
    if request.reference.strip():
        spec["references"] = {"customerRef1": request.reference}
    if account.contract_id is None:
        sending: Body = {"transmitShipment": True}
        spec["settlementInfo"] = {"intendedMethodOfPayment": "CreditCard"}
    else:
        check_group(OPERATION, request.group_id)
        sending = {"groupId": request.group_id}
        payer = {"paidByCustomer": account.customer_number} if says_payer else {}
        spec["settlementInfo"] = {**payer, "contractId": account.contract_id, "intendedMethodOfPayment": "Account"}
    return {
        "customerRequestId": request.request_id,
        **sending,
        "requestedShippingPoint": request.sender.address.postal_code,
        **_mailing_date(request),
        "providePricingInfo": True,
        "deliverySpec": spec,
    }


def delivery_spec(request: ShipmentRequest, *, sender_country: bool = True) -> Body:
    """Return what is to be delivered, as far as every kind of shipment says it; not every schema has a country."""
    return {
        "serviceCode": request.service.value,
        "sender": {
            **_unless_blank("name", request.sender.name),
            "company": request.sender.company,
            "contactPhone": request.sender.phone,
            "addressDetails": _address(request.sender.address, country=sender_country),
        },
        "destination": _destination(request.recipient),
        "options": [{"optionCode": D2PO, "optionQualifier2": request.office_id}, *map(_option, request.options)],
        "parcelCharacteristics": _parcel(request.parcel),
        # The scan at the post office counts as "on delivery": that e-mail says that the parcel is ready.
        "notification": {
            "email": request.recipient.email,
            "onShipment": True,
            "onException": True,
            "onDelivery": True,
        },
    }


def transmit(operation: str, request: TransmitRequest, account: Account, *, says_country: bool) -> Body:
    """Return a transmission that is paid by account; not every schema has a country."""
    check_transmit(operation, request)
    check_account(operation, account)
    sender = request.sender
    excluded = {"excludedShipments": list(request.excluded)} if request.excluded else {}
    return {
        "groupIds": list(request.group_ids),
        "requestedShippingPoint": sender.address.postal_code,
        "detailedManifests": True,
        "methodOfPayment": "Account",
        "manifestAddress": {
            "manifestCompany": sender.company,
            **_unless_blank("manifestName", sender.name),
            "phoneNumber": sender.phone,
            "addressDetails": _address(sender.address, country=says_country),
        },
        **excluded,
    }


def rates(operation: str, request: RateRequest, account: Account) -> Body:
    """Return a question for prices: under the contract, or at the counter.

    A question without a contract names nobody: Canada Post answers it with the counter's prices.
    """
    check_rates(operation, request)
    check_account(operation, account)
    asks: Body = {"quoteType": "counter"}
    if account.contract_id is not None:
        asks = {
            "customerNumber": account.customer_number,
            "contractId": account.contract_id,
            "quoteType": "commercial",
        }
    return {
        **asks,
        **_mailing_date(request),
        "options": [_option(option) for option in request.options],
        "parcelCharacteristics": _parcel(request.parcel),
        "services": [service.value for service in request.services or tuple(Service)],
        "originPostalCode": request.origin_postal_code,
        "destination": {"domestic": {"postalCode": request.destination_postal_code}},
    }


def search_params(operation: str, query: OfficeQuery, maximum: int) -> dict[str, str]:
    """Return the parameters of a search for offices that accept D2PO, at most 50; raises InvalidRequest."""
    check_query(operation, query)
    params = {"d2po": "true", "maximum": str(max(1, min(maximum, MOST_OFFICES)))}
    if isinstance(query, NearPostalCode):
        return {**params, "postalCode": query.postal_code}
    if isinstance(query, NearAddress):
        street = {"streetName": _as_on_a_keyboard(query.street)} if query.street.strip() else {}
        return {**params, "province": query.province, "city": _as_on_a_keyboard(query.city), **street}
    # Canada Post: at most 5 decimals.
    point = query.coordinates
    return {**params, "longitude": f"{point.longitude:.5f}", "latitude": f"{point.latitude:.5f}"}


def _as_on_a_keyboard(name: str) -> str:
    """Return a name with the apostrophe that keyboards have: telephones write ``rue de l’Église`` by themselves."""
    return name.strip().replace("’", "'")


def _mailing_date(request: ShipmentRequest | RateRequest) -> Body:
    return {} if request.mailing_date is None else {"expectedMailingDate": request.mailing_date.isoformat()}


def _destination(recipient: Recipient) -> Body:
    """Return the recipient with name, phone and home address: D2PO needs all three."""
    return {
        "name": recipient.name,
        "clientVoiceNumber": recipient.phone,
        "addressDetails": _address(recipient.address),
    }


def _address(address: Address, *, country: bool = True) -> Body:
    return {
        "addressLine1": address.line_1,
        **_unless_blank("addressLine2", address.line_2),
        "city": address.city,
        "provState": address.province,
        **({"countryCode": "CA"} if country else {}),
        "postalZipCode": address.postal_code,
    }


def _option(option: ShipmentOption) -> Body:
    return {"optionCode": option.code, **({} if option.amount is None else {"optionAmount": option.amount})}


def _parcel(parcel: Parcel) -> Body:
    sides = zip(("length", "width", "height"), parcel.sides_cm, strict=True)
    return {"weight": parcel.weight_kg, "dimensions": dict(sides)}


def _unless_blank(key: str, text: str) -> Body:
    return {key: text} if text.strip() else {}
