"""Non-contract shipments by the XML API: UNPROVEN for Deliver to Post Office, and off unless a shop asks for it.

Nobody has shown that Canada Post takes D2PO here. There is no request id, no group and no choice of paper either. Each
shipment is charged to the default card at once and cannot be voided. The same request sent twice makes two shipments,
so after an unknown outcome it is only looked for: among those of these minutes, by its reference.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from deliver_to_po.canadapost import bodies, lengths
from deliver_to_po.canadapost.bodies import Body
from deliver_to_po.canadapost.client import Capabilities, ChargedAtOnce
from deliver_to_po.canadapost.constraints import Rule, check_ending
from deliver_to_po.canadapost.errors import InvalidRequest, Throttled, Unavailable
from deliver_to_po.canadapost.portal.shipments import reference
from deliver_to_po.canadapost.reading import read_each
from deliver_to_po.canadapost.resources import Resource
from deliver_to_po.canadapost.rules import OPERATION, check_request_id, check_shipment, refuse
from deliver_to_po.canadapost.types import (
    LabelFormat,
    RefundTicket,
    ShipmentDetails,
    ShipmentInfo,
    ShipmentRequest,
    ShipmentStatus,
)
from deliver_to_po.canadapost.webservices import client

of_shipping = partial(
    Resource,
    kind="shipments",
    media_type="application/vnd.cpc.ncshipment-v4+xml",
    namespace="http://www.canadapost.ca/ws/ncshipment-v4",
)
SHIPMENTS = "/rs/{customer}/ncshipment"
API = client.API._replace(
    shipments=of_shipping(SHIPMENTS, names=("non-contract-shipments",), items=("link",)),
    shipment=of_shipping(f"{SHIPMENTS}/{{id}}", names=("non-contract-shipment-info",), sends="non-contract-shipment"),
    details=of_shipping(f"{SHIPMENTS}/{{id}}/details", names=("non-contract-shipment-details",)),
    refund=of_shipping(
        f"{SHIPMENTS}/{{id}}/refund",
        kind="void",
        names=("non-contract-shipment-refund-request-info",),
        sends="non-contract-shipment-refund-request",
    ),
)
# A request is looked for among what was made from a little before it was sent, as clocks differ, until its answer must
# have come. Which time zone Canada Post means is unknown: either its own or none.
BEFORE, AFTER = timedelta(minutes=5), timedelta(minutes=10)
TIME_ZONES = (UTC, ZoneInfo("America/Toronto"))


def build_shipment(request: ShipmentRequest) -> Body:
    """Return the body of a non-contract shipment; raises InvalidRequest when a D2PO rule is broken.

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
    return {"requestedShippingPoint": request.sender.address.postal_code, "deliverySpec": spec}


def times_around(sent_at: datetime) -> Iterator[dict[str, str]]:
    """Yield the parameters of each search for what was made about then; both clocks count while they are changed."""
    moments = (sent_at - BEFORE, sent_at + AFTER)
    for offset in {moment.astimezone(zone).utcoffset() or timedelta() for zone in TIME_ZONES for moment in moments}:
        there = sent_at.astimezone(timezone(offset))
        yield {"from": f"{there - BEFORE:%Y%m%d%H%M}", "to": f"{there + AFTER:%Y%m%d%H%M}"}


def _as_far_as_time_allows(found: Iterator[ShipmentInfo]) -> Iterator[ShipmentInfo]:
    """Yield what is found before there is no time to ask on; raises if that is nothing.

    Where many answers were lost, some are found so each time, until there is time to ask about all others.
    """
    none_yet = True
    try:
        for shipment in found:
            none_yet = False
            yield shipment
    except (Throttled, Unavailable):
        if none_yet:
            raise


class NonContractCanadaPost(ChargedAtOnce, client.WebServicesCanadaPost):
    """Canada Post through the XML web services, paid by the default card. Unproven for D2PO."""

    capabilities = Capabilities()
    api = API
    longest_top_level_domain = lengths.SHORT_ENDING

    def _body(self, request: ShipmentRequest) -> Body:
        return build_shipment(request)

    def _read_shipment(self, operation: str, row: Any) -> ShipmentInfo:
        """Return a shipment, which has no status here: it was transmitted at once."""
        return super()._read_shipment(operation, {**row, "shipmentStatus": ShipmentStatus.TRANSMITTED})

    def _read_details(self, operation: str, row: Any) -> ShipmentDetails:
        told = {"shipmentDetail": row, "shipmentStatus": ShipmentStatus.TRANSMITTED}
        orders_own = reference(row.get("deliverySpec"), "customerRef2")
        return super()._read_details(operation, told)._replace(reference=orders_own)

    def find_shipments(
        self, request_id: str, *, sent_at: datetime | None = None, others: Collection[str] = ()
    ) -> Sequence[ShipmentInfo]:
        operation = "find shipment"
        check_request_id(operation, request_id)
        with self._caller.budget():
            searches = times_around(sent_at or datetime.now(UTC))
            ids = dict.fromkeys(each for params in searches for each in self._ids(operation, params))
            asked = (each for each in ids if each not in others)
            found = read_each(asked, partial(self._if_under, operation, request_id))
            return list(_as_far_as_time_allows(found))

    def _if_under(self, operation: str, request_id: str, shipment_id: str) -> ShipmentInfo | None:
        """Return a shipment if it was made under that request id."""
        if self._request_id(operation, shipment_id) != request_id:
            return None
        path = self._shipment_path(operation, API.shipment, shipment_id)
        return replace(self._shipment_at(operation, path), request_id=request_id)

    def _request_id(self, operation: str, shipment_id: str) -> str:
        return reference(self._details(operation, shipment_id).get("deliverySpec"), "customerRef1")

    def shipment(self, shipment_id: str) -> ShipmentInfo:
        request_id = self._request_id("shipment", shipment_id)
        return replace(super().shipment(shipment_id), request_id=request_id)

    def find_by_day(self, day: date) -> list[str]:
        return self._ids("find by day", {"from": f"{day:%Y%m%d}0000", "to": f"{day:%Y%m%d}2359"})

    def refund_shipment(self, shipment_id: str, email: str) -> RefundTicket:
        refuse("refund shipment", check_ending("email", email))
        return super().refund_shipment(shipment_id, email)
