"""Non-contract shipments by the XML API: UNPROVEN for Deliver to Post Office, and off unless a shop asks for it.

Nobody has shown that Canada Post takes D2PO here. There is no request id, no group and no choice of paper either. Each
shipment is charged to the default card at once and cannot be voided. The same request sent twice makes two shipments,
so after an unknown outcome it is only looked for: among those of these minutes, by its reference.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from urllib.parse import quote
from zoneinfo import ZoneInfo

from deliver_to_po.canadapost import bodies, lengths
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.client import Capabilities, ChargedAtOnce
from deliver_to_po.canadapost.constraints import Rule, check_ending
from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.portal import manifests, shipments
from deliver_to_po.canadapost.reading import read_each
from deliver_to_po.canadapost.rules import OPERATION, check_refund, check_request_id, check_shipment, refuse
from deliver_to_po.canadapost.types import (
    LabelFormat,
    RefundTicket,
    ShipmentDetails,
    ShipmentInfo,
    ShipmentRequest,
    ShipmentStatus,
)
from deliver_to_po.canadapost.webservices import shipping, xml
from deliver_to_po.canadapost.webservices.answers import read
from deliver_to_po.canadapost.webservices.calls import Resource
from deliver_to_po.canadapost.webservices.client import WebServicesCanadaPost

MEDIA_TYPE = "application/vnd.cpc.ncshipment-v4+xml"
NAMESPACE = "http://www.canadapost.ca/ws/ncshipment-v4"
SHIPMENTS = Resource(MEDIA_TYPE, "shipments")
REFUNDS = Resource(MEDIA_TYPE, "void")
# A request is looked for among what was made from a little before it was sent, as clocks differ, until its answer must
# have come. Which time zone Canada Post means is unknown: either its own or none.
BEFORE, AFTER = timedelta(minutes=5), timedelta(minutes=10)
TIME_ZONES = (UTC, ZoneInfo("America/Toronto"))


def build_shipment(request: ShipmentRequest) -> bytes:
    """Return the request for a non-contract shipment; raises InvalidRequest when a D2PO rule is broken.

    The request id goes into the first reference, by which it is found again; the order's own reference is the second.
    """
    check_shipment(request)
    if request.label_format != LabelFormat.PDF:
        raise InvalidRequest(OPERATION, "label_format", Rule.PDF_ONLY)
    refuse(OPERATION, check_ending("recipient.email", request.recipient.email))
    spec = bodies.delivery_spec(request, sender_country=False)
    spec["preferences"] = {"showPackingInstructions": False}
    spec["references"] = {"customerRef1": request.request_id}
    if request.reference.strip():
        spec["references"]["customerRef2"] = request.reference
    body = {"requestedShippingPoint": request.sender.address.postal_code, "deliverySpec": spec}
    return xml.write(OPERATION, NAMESPACE, "non-contract-shipment", body)


def read_shipment(operation: str, answer: Answer) -> ShipmentInfo:
    """Return the shipment of a create or get answer. It has no status: such shipments are transmitted at once."""
    root = read(operation, answer, "non-contract-shipment-info", namespace=NAMESPACE)
    return shipments.read_shipment(operation, {**xml.as_row(root), "shipmentStatus": ShipmentStatus.TRANSMITTED})


def read_details(operation: str, answer: Answer) -> ShipmentDetails:
    root = read(operation, answer, "non-contract-shipment-details", namespace=NAMESPACE)
    told = {"shipmentDetail": xml.as_row(root), "shipmentStatus": ShipmentStatus.TRANSMITTED}
    # The first reference is the request id.
    reference = xml.text(root, "delivery-spec", "references", "customer-ref-2")
    return shipments.read_details(operation, told)._replace(reference=reference)


def read_request_id(operation: str, answer: Answer) -> str:
    """Return the request id from the details, where it is the first reference; ``""`` if they have none."""
    root = read(operation, answer, "non-contract-shipment-details", namespace=NAMESPACE)
    return xml.text(root, "delivery-spec", "references", "customer-ref-1")


def read_found(operation: str, answer: Answer) -> list[str]:
    """Return the ids of the shipments that a search found, from its links; raises Unreadable."""
    root = read(operation, answer, "non-contract-shipments", namespace=NAMESPACE)
    return manifests.read_shipment_ids(operation, xml.rows(root, "link"))


def times_around(sent_at: datetime) -> Iterator[dict[str, str]]:
    """Yield the parameters of each search for what was made about then; both clocks count while they are changed."""
    moments = (sent_at - BEFORE, sent_at + AFTER)
    for offset in {moment.astimezone(zone).utcoffset() or timedelta() for zone in TIME_ZONES for moment in moments}:
        there = sent_at.astimezone(timezone(offset))
        yield {"from": f"{there - BEFORE:%Y%m%d%H%M}", "to": f"{there + AFTER:%Y%m%d%H%M}"}


class NonContractCanadaPost(ChargedAtOnce, WebServicesCanadaPost):
    """Canada Post through the XML web services, paid by the default card. Unproven for D2PO."""

    capabilities = Capabilities()
    longest_top_level_domain = lengths.SHORT_ENDING

    def create_shipment(self, request: ShipmentRequest) -> ShipmentInfo:
        operation = OPERATION
        body = build_shipment(request)
        return self._calls.do(operation, self._shipments, SHIPMENTS, body, read_shipment)

    def find_shipments(self, request_id: str, *, sent_at: datetime | None = None) -> Sequence[ShipmentInfo]:
        operation = "find shipment"
        check_request_id(operation, request_id)
        with self._caller.budget():
            searches = times_around(sent_at or datetime.now(UTC))
            ids = dict.fromkeys(each for params in searches for each in self._made(operation, params))
            return list(read_each(ids, partial(self._if_under, operation, request_id)))

    def _if_under(self, operation: str, request_id: str, shipment_id: str) -> ShipmentInfo | None:
        """Return a shipment if it was made under that request id."""
        path = self._shipment_path(operation, shipment_id)
        if read_request_id(operation, self._calls.get(operation, f"{path}/details", SHIPMENTS)) != request_id:
            return None
        return replace(self._shipment_at(operation, path), request_id=request_id)

    def find_by_day(self, day: date) -> list[str]:
        operation = "find by day"
        return self._made(operation, {"from": f"{day:%Y%m%d}0000", "to": f"{day:%Y%m%d}2359"})

    def shipment(self, shipment_id: str) -> ShipmentInfo:
        operation = "shipment"
        path = self._shipment_path(operation, shipment_id)
        request_id = read_request_id(operation, self._calls.get(operation, f"{path}/details", SHIPMENTS))
        return replace(self._shipment_at(operation, path), request_id=request_id)

    def _made(self, operation: str, params: dict[str, str]) -> list[str]:
        return self._calls.listed(operation, self._shipments, SHIPMENTS, params, read_found)

    def _shipment_at(self, operation: str, where: str) -> ShipmentInfo:
        return read_shipment(operation, self._calls.get(operation, where, SHIPMENTS))

    def shipment_details(self, shipment_id: str) -> ShipmentDetails:
        operation = "shipment details"
        path = f"{self._shipment_path(operation, shipment_id)}/details"
        return read_details(operation, self._calls.get(operation, path, SHIPMENTS))

    def refund_shipment(self, shipment_id: str, email: str) -> RefundTicket:
        operation = "refund shipment"
        check_refund(operation, email)
        refuse(operation, check_ending("email", email))
        body = shipping.build_refund(email, NAMESPACE, "non-contract-shipment-refund-request")
        path = f"{self._shipment_path(operation, shipment_id)}/refund"
        return self._calls.do(operation, path, REFUNDS, body, partial(shipping.read_ticket, namespace=NAMESPACE))

    @property
    def _shipments(self) -> str:
        return f"/rs/{quote(self.account.customer_number, safe='')}/ncshipment"
