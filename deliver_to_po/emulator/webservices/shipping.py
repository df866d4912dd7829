"""The web services' contract shipments, groups and manifests: what they call everything, and tell otherwise."""

from collections.abc import Sequence

from werkzeug.wrappers import Response

from deliver_to_po.emulator import specimens, told
from deliver_to_po.emulator.artifacts import Artifacts
from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.schema.tables import MANIFEST_NS, SHIPMENT, SHIPMENT_NS
from deliver_to_po.emulator.shipment_search import asked_shipments
from deliver_to_po.emulator.shipments import check_customer
from deliver_to_po.emulator.shipping import Shipping
from deliver_to_po.emulator.state import StoredShipment
from deliver_to_po.emulator.webservices.bodies import XmlFormat
from deliver_to_po.emulator.webservices.xml_answers import XmlRefusals


class XmlShipping(Shipping):
    """Spelled as Canada Post's answers do it, and as an example in its text; "requestid" is invented after that."""

    format = XmlFormat("application/vnd.cpc.shipment-v8+xml", SHIPMENT_NS)
    of_manifests = XmlFormat("application/vnd.cpc.manifest-v8+xml", MANIFEST_NS)
    root = "/rs"
    shipments, groups, manifests = "shipment", "group", "manifest"
    look_ups = {
        "request_id": ("requestId", "requestid"),
        "pin": ("trackingPIN",),
        "group_id": ("groupId", "groupid"),
        "manifest_id": ("manifestId",),
        "no_manifest": ("noManifest",),
    }
    between = (("start", "end"),)
    artifacts = Artifacts("webservices", "/rs/artifact", "", specimens.PDF, XmlRefusals())
    shape = SHIPMENT

    def made(self, call: Call, shipment: StoredShipment) -> told.Told:
        info = super().made(call, shipment)
        if "shipmentPrice" in info:
            # Version 8 spells it so.
            standard = info["shipmentPrice"]["serviceStandard"]
            standard["expectedTransmitTime"] = standard.pop("expectedTransitTime")
        return info

    def find(self, call: Call, customer: str, mobo: str) -> Response:
        """Answer as the portal does, but of a group only what is not transmitted."""
        check_customer(call, customer, mobo)
        found = asked_shipments(call, self.look_ups, beside=("provideShipmentInfo",))
        if set(self.look_ups["group_id"]) & set(call.request.args):
            found = [one for one in found if not one.transmitted]
        return self.listed(call, found)

    def listed(self, call: Call, found: Sequence[StoredShipment]) -> Response:
        """Answer links to shipments, or with ``provideShipmentInfo`` the shipments."""
        if call.request.args.get("provideShipmentInfo") != "true":
            return super().listed(call, found)
        infos = [told.shipment(one, self.links(call, one)) for one in found]
        return self.format.answer("shipments", infos, "shipment-info")

    def details(self, shipment: StoredShipment) -> told.Told:
        details = super().details(shipment)
        details["shipmentDetail"]["deliverySpec"].pop("customs", None)
        if shipment.refund_ticket:
            details["shipmentDetail"]["refundRequestInfo"] = told.ticket(shipment.refund_ticket, shipment.refunded_on)
        if shipment.request_id:
            details["customerRequestId"] = shipment.request_id
        beside = ("shippingPointId", "cpcPickupIndicator")
        return details | {name: shipment.body[name] for name in beside if name in shipment.body}
