"""Non-contract shipments by the XML API: UNPROVEN for Deliver to Post Office, and off unless a shop asks for it.

Nobody has shown that Canada Post takes D2PO here. There is no request id, no group and no choice of paper either. Each
shipment is charged to the default card at once and cannot be voided, and after an unknown outcome a person has to look.
"""

from datetime import date

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.client import Capabilities
from deliver_to_po.canadapost.constraints import Rule
from deliver_to_po.canadapost.errors import InvalidRequest
from deliver_to_po.canadapost.rules import check_refund, check_shipment
from deliver_to_po.canadapost.transport import Answer
from deliver_to_po.canadapost.types import (
    Artifact,
    LabelFormat,
    Manifest,
    RefundTicket,
    ShipmentDetails,
    ShipmentInfo,
    ShipmentPrice,
    ShipmentReceipt,
    ShipmentRequest,
    ShipmentStatus,
    TransmitRequest,
)
from deliver_to_po.canadapost.webservices import charges, shipping, xml
from deliver_to_po.canadapost.webservices.answers import read
from deliver_to_po.canadapost.webservices.calls import Resource
from deliver_to_po.canadapost.webservices.client import WebServicesCanadaPost, not_supported, unknown_outcome
from deliver_to_po.canadapost.webservices.links import read_links
from deliver_to_po.canadapost.webservices.rating import parcel_nodes

MEDIA_TYPE = "application/vnd.cpc.ncshipment-v4+xml"
NAMESPACE = "http://www.canadapost.ca/ws/ncshipment-v4"
LONGEST_TOP_LEVEL_DOMAIN = 5
SHIPMENTS = Resource(MEDIA_TYPE, "shipments")
REFUNDS = Resource(MEDIA_TYPE, "void")


def build_shipment(request: ShipmentRequest) -> bytes:
    """Return the request for a non-contract shipment; raises InvalidRequest when a D2PO rule is broken.

    The request id goes into the first reference, where a person can find it at Canada Post; the order's own reference
    is the second.
    """
    check_shipment(request)
    if request.label_format != LabelFormat.PDF:
        raise InvalidRequest(shipping.OPERATION, "label_format", Rule.PDF_ONLY)
    check_top_level_domain(shipping.OPERATION, "recipient.email", request.recipient.email)
    root: xml.Node = (
        "non-contract-shipment",
        [
            ("requested-shipping-point", request.sender.address.postal_code),
            (
                "delivery-spec",
                [
                    ("service-code", request.service.value),
                    ("sender", shipping.sender_nodes(request.sender, country=False)),
                    ("destination", shipping.destination_nodes(request.recipient)),
                    ("options", shipping.option_nodes(request)),
                    ("parcel-characteristics", parcel_nodes(request.parcel)),
                    ("notification", shipping.notification_nodes(request.recipient)),
                    ("preferences", [("show-packing-instructions", "false")]),
                    ("references", _references(request)),
                ],
            ),
        ],
    )
    return xml.write(shipping.OPERATION, NAMESPACE, root)


def check_top_level_domain(operation: str, field: str, email: str) -> None:
    """Raise InvalidRequest for a top-level domain that is too long for this older schema."""
    if len(email.rpartition(".")[2]) > LONGEST_TOP_LEVEL_DOMAIN:
        raise InvalidRequest(operation, field, Rule.SHORT_ENDING, {"most": LONGEST_TOP_LEVEL_DOMAIN})


def _references(request: ShipmentRequest) -> xml.Nodes:
    return [
        ("customer-ref-1", request.request_id),
        ("customer-ref-2", request.reference) if request.reference.strip() else None,
    ]


def read_shipment(operation: str, answer: Answer) -> ShipmentInfo:
    """Return the shipment of a create or get answer. It has no status: such shipments are transmitted at once."""
    root = read(operation, answer, "non-contract-shipment-info", namespace=NAMESPACE)
    shipment_id = xml.text(root, "shipment-id")
    if not shipment_id:
        raise errors.Unreadable(operation, why="no shipment-id")
    return ShipmentInfo(
        shipment_id=shipment_id,
        status=ShipmentStatus.TRANSMITTED,
        tracking_pin=xml.text(root, "tracking-pin"),
        links=read_links(operation, xml.child(root, "links")),
    )


def read_details(operation: str, answer: Answer) -> ShipmentDetails:
    """Return the details that Canada Post has of a shipment; raises Unreadable."""
    root = read(operation, answer, "non-contract-shipment-details", namespace=NAMESPACE)
    return shipping.details_of(operation, xml.child(root, "delivery-spec"), root, ShipmentStatus.TRANSMITTED)


class NonContractCanadaPost(WebServicesCanadaPost):
    """Canada Post through the XML web services, paid by the default card. Unproven for D2PO."""

    capabilities = Capabilities(rating=True, service_info=True, refund=True, tracking=True)
    longest_top_level_domain = LONGEST_TOP_LEVEL_DOMAIN

    def create_shipment(self, request: ShipmentRequest) -> ShipmentInfo:
        operation = shipping.OPERATION
        body = build_shipment(request)
        try:
            return read_shipment(operation, self._calls.do(operation, self._shipments, SHIPMENTS, body))
        except errors.Unreadable as error:
            raise unknown_outcome(error) from None

    def find_by_pin(self, pin: str) -> list[ShipmentInfo]:
        not_supported("find by tracking number")

    def find_by_group(self, group_id: str) -> list[ShipmentInfo]:
        not_supported("find by group")

    def shipment_details(self, shipment_id: str) -> ShipmentDetails:
        operation = "shipment details"
        path = f"{self._shipment(operation, shipment_id)}/details"
        return read_details(operation, self._calls.get(operation, path, SHIPMENTS))

    def shipment_price(self, shipment_id: str) -> ShipmentPrice:
        not_supported("shipment price")

    def shipment_receipt(self, shipment_id: str) -> ShipmentReceipt:
        not_supported("shipment receipt")

    def void_shipment(self, shipment_id: str) -> None:
        """Raise NotSupported: the shipment is charged when it is made; ask for a refund."""
        not_supported("void shipment")

    def refund_shipment(self, shipment_id: str, email: str) -> RefundTicket:
        operation = charges.REFUND
        check_refund(operation, shipment_id, email)
        check_top_level_domain(operation, "email", email)
        body = charges.build_refund(email, NAMESPACE, "non-contract-shipment-refund-request")
        path = f"{self._shipment(operation, shipment_id)}/refund"
        try:
            answer = self._calls.do(operation, path, REFUNDS, body)
            return charges.read_ticket(operation, answer, namespace=NAMESPACE)
        except errors.Unreadable as error:
            raise unknown_outcome(error) from None

    def groups(self) -> list[str]:
        """Raise NotSupported, as all that is about manifests: the shipment is transmitted when it is made."""
        not_supported("groups")

    def transmit(self, request: TransmitRequest) -> list[str]:
        not_supported("transmit")

    def find_manifests(self, first: date, last: date) -> list[str]:
        not_supported("find manifests")

    def manifest(self, manifest_id: str) -> Manifest:
        not_supported("manifest")

    def manifest_shipments(self, manifest: Manifest) -> list[str]:
        not_supported("manifest shipments")

    def manifest_document(self, manifest: Manifest) -> Artifact:
        not_supported("manifest document")

    @property
    def _shipments(self) -> str:
        return f"/rs/{shipping.path_segment(self.account.customer_number)}/ncshipment"
