"""The portal's shipments, groups and manifests: where they are, and what everything is called."""

from deliver_to_po.emulator.artifacts import Artifacts
from deliver_to_po.emulator.json_answers import JSON, JsonRefusals
from deliver_to_po.emulator.portal.bodies import JSON_FORMAT
from deliver_to_po.emulator.schema.tables import PORTAL_SHIPMENT
from deliver_to_po.emulator.shipping import Shipping


class PortalShipping(Shipping):
    """Spelled as Canada Post's own collection does it, and as published code does."""

    format = of_manifests = JSON_FORMAT
    root = "/shipping/v1"
    shipments, groups, manifests = "shipments", "groups", "manifests"
    look_ups = {
        "request_id": ("requestId", "request-id"),
        "pin": ("trackingPIN", "tracking-pin"),
        "group_id": ("groupId", "group-id"),
        "manifest_id": ("manifestId", "manifest-id"),
        "no_manifest": ("noManifest", "no-manifest"),
    }
    between = (("from", "to"), ("startDate", "endDate"))
    # Canada Post's own example calls a manifest JSON, though it is a PDF.
    artifacts = Artifacts("portal", "/shipping/v1/artifacts", "shipping/", JSON, JsonRefusals())
    shape = PORTAL_SHIPMENT
