"""Rules for requests, checked before any call, because Canada Post's own schemas enforce none of D2PO's.

Each ``check_…`` raises InvalidRequest for the first rule that is broken.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from math import isfinite

from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.constraints import (
    Broken,
    Rule,
    check_address,
    check_email,
    check_options,
    check_parcel,
    check_pattern,
    check_phone,
    check_postal_code,
    check_printed,
    check_province,
    check_sender,
    check_text,
)
from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.types import (
    Account,
    LabelFormat,
    NearAddress,
    NearPostalCode,
    OfficeQuery,
    PaperSize,
    RateRequest,
    Recipient,
    Service,
    ShipmentRequest,
    TransmitRequest,
)

OPERATION = "create shipment"
D2PO = "D2PO"
# Code 9109: more are refused; 30 are recommended at most.
MOST_GROUPS = 50
LATITUDES = (40, 90)
LONGITUDES = (-150, -50)
CUSTOMER = r"[0-9]{7,10}"
CONTRACT = r"[0-9]{1,10}"
SHIPMENT_ID = r"[A-Za-z0-9_-]{1,32}"
PIN = r"[A-Za-z0-9]{11,16}"
CODE = r"[A-Za-z0-9.]{1,32}"


def refuse(operation: str, broken: Iterable[Broken]) -> None:
    for rule in broken:
        raise InvalidRequest(operation, *rule)


def check_shipment(request: ShipmentRequest) -> None:
    refuse(OPERATION, broken_rules(request))


def broken_rules(request: ShipmentRequest) -> Iterator[Broken]:
    """Yield every broken rule of ``request``, in the order of a label's fields."""
    if request.service not in tuple(Service):
        yield Broken("service", Rule.SERVICE)
    yield from check_text("office_id", request.office_id, lengths.OFFICE_ID)
    if request.office_id and not (request.office_id.isascii() and request.office_id.isdigit()):
        yield Broken("office_id", Rule.DIGITS)
    yield from check_text("request_id", request.request_id, lengths.REQUEST_ID)
    yield from check_text("group_id", request.group_id, lengths.GROUP_ID, required=False)
    yield from check_text("reference", request.reference, lengths.REFERENCE, required=False)
    yield from broken_by_recipient(request.recipient)
    yield from check_sender(request.sender)
    yield from check_parcel(request.parcel)
    yield from check_options(request.options)
    if request.label_format == LabelFormat.ZPL and request.paper_size != PaperSize.THERMAL:
        yield Broken("label_format", Rule.THERMAL)


def broken_by_recipient(recipient: Recipient) -> Iterator[Broken]:
    """Yield every rule that a recipient breaks, in the order of a label's fields."""
    yield from check_printed("recipient.name", recipient.name, lengths.RECIPIENT_NAME)
    yield from check_address("recipient", recipient.address)
    yield from check_email("recipient.email", recipient.email)
    yield from check_phone("recipient.phone", recipient.phone)


def check_account(operation: str, account: Account) -> None:
    """Raise InvalidRequest unless ``account`` can pay: by its contract, or without one by the customer's card."""
    refuse(operation, _account(account))


def _account(account: Account) -> Iterator[Broken]:
    yield from check_pattern("account.customer_number", account.customer_number, CUSTOMER, Rule.CUSTOMER)
    yield from check_pattern("account.mobo", account.on_behalf_of, CUSTOMER, Rule.CUSTOMER)
    if account.contract_id is not None:
        yield from check_pattern("account.contract_id", account.contract_id, CONTRACT, Rule.CONTRACT)


def check_query(operation: str, query: OfficeQuery) -> None:
    refuse(operation, _query(query))


def _query(query: OfficeQuery) -> Iterator[Broken]:
    if isinstance(query, NearPostalCode):
        yield from check_postal_code("postal_code", query.postal_code)
    elif isinstance(query, NearAddress):
        yield from check_province("province", query.province)
        yield from check_text("city", query.city, lengths.SEARCH_CITY)
        yield from check_text("street", query.street, lengths.SEARCH_STREET, required=False)
    else:
        for name, (least, most) in {"latitude": LATITUDES, "longitude": LONGITUDES}.items():
            degrees = getattr(query.coordinates, name)
            if not (isfinite(degrees) and least <= degrees <= most):
                yield Broken(f"coordinates.{name}", f"lies between {least:g} and {most:g} degrees")


def check_rates(operation: str, request: RateRequest) -> None:
    """Raise InvalidRequest for a request that Canada Post gives no D2PO price for."""
    refuse(operation, _rates(request))


def _rates(request: RateRequest) -> Iterator[Broken]:
    yield from check_postal_code("origin_postal_code", request.origin_postal_code)
    yield from check_postal_code("destination_postal_code", request.destination_postal_code)
    yield from check_parcel(request.parcel)
    if any(service not in tuple(Service) for service in request.services):
        yield Broken("services", Rule.SERVICE)
    asked = [option for option in request.options if option.code == D2PO]
    if len(asked) != 1 or asked[0].amount is not None:
        yield Broken("options", "D2PO is asked for, once and without an amount")
    yield from check_options([option for option in request.options if option.code != D2PO])
    if request.mailing_date is not None and request.mailing_date < _today_in_the_west():
        yield Broken("mailing_date", "is not in the past")


def _today_in_the_west() -> date:
    """Return the date in the west of Canada, where the day ends last: a date that is past there is past everywhere."""
    return (datetime.now(UTC) - timedelta(hours=8)).date()


def check_transmit(operation: str, request: TransmitRequest) -> None:
    refuse(operation, _transmit(request))


def _transmit(request: TransmitRequest) -> Iterator[Broken]:
    if not 1 <= len(request.group_ids) <= MOST_GROUPS:
        yield Broken("group_ids", f"are 1 to {MOST_GROUPS}")
    for group_id in request.group_ids:
        yield from check_text("group_ids", group_id, lengths.GROUP_ID)
    for field in ("group_ids", "excluded"):
        if len(set(getattr(request, field))) < len(getattr(request, field)):
            yield Broken(field, "names nothing twice")
    for shipment_id in request.excluded:
        yield from check_pattern("excluded", shipment_id, SHIPMENT_ID, "are ids of shipments")
    yield from check_sender(request.sender)


def check_refund(operation: str, email: str) -> None:
    """Raise InvalidRequest unless a refund can be asked for: Canada Post answers to the e-mail address."""
    refuse(operation, check_email("email", email))


def check_id(operation: str, field: str, value: str) -> None:
    """Raise InvalidRequest for an id that Canada Post cannot have given; it becomes part of a URL."""
    refuse(operation, check_pattern(field, value, SHIPMENT_ID, "is an id as Canada Post gave it"))


def check_group(operation: str, group_id: str) -> None:
    refuse(operation, check_text("group_id", group_id, lengths.GROUP_ID))


def check_request_id(operation: str, request_id: str) -> None:
    refuse(operation, check_text("request_id", request_id, lengths.REQUEST_ID))


def check_pin(operation: str, pin: str) -> None:
    """Raise InvalidRequest unless ``pin`` has the form of a tracking number: 11 to 16 letters and digits."""
    refuse(operation, check_pattern("pin", pin, PIN, "is 11 to 16 letters and digits"))


def check_reference(operation: str, reference: str) -> None:
    refuse(operation, check_text("reference", reference, lengths.REFERENCE))


def check_code(operation: str, code: str) -> None:
    refuse(operation, check_pattern("code", code, CODE, "is letters, digits and dots"))
