"""The web services' manifests: transmit groups, list, look at one."""

import re

from lxml import etree
from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Call, Handler, Operation
from deliver_to_po.emulator.manifests import cost_of_manifest, listed_manifests
from deliver_to_po.emulator.shipments import check_customer, manifest_of
from deliver_to_po.emulator.shipments import transmit as transmit_groups
from deliver_to_po.emulator.state import StoredManifest
from deliver_to_po.emulator.webservices.artifacts import manifest_link
from deliver_to_po.emulator.webservices.bodies import body_of
from deliver_to_po.emulator.webservices.request_shapes import MANIFEST_ADDRESS, MANIFEST_NS, TRANSMIT_SET
from deliver_to_po.emulator.webservices.shipping import ACCOUNT_PATH, FALLBACK_POINT
from deliver_to_po.emulator.webservices.xml_answers import Maker, as_xml, link

MEDIA_TYPE = "application/vnd.cpc.manifest-v8+xml"
PATH = f"{ACCOUNT_PATH}/manifest"
_make = Maker(MANIFEST_NS)


def transmit(call: Call, customer: str, mobo: str) -> Response:
    """Transmit groups; answer a link to the manifest that is being made."""
    check_customer(call, customer, mobo)
    body = body_of(call, MEDIA_TYPE, MANIFEST_NS, "transmit-set", TRANSMIT_SET)
    made = transmit_groups(call, customer, mobo, body)
    return as_xml(_make("manifests", link(_make, "manifest", _address(call, made), MEDIA_TYPE)), MEDIA_TYPE)


def find_manifests(call: Call, customer: str, mobo: str) -> Response:
    """Answer links to the manifests that were made between two days."""
    check_customer(call, customer, mobo)
    found = listed_manifests(call, ("start", "end"))
    links = (link(_make, "manifest", _address(call, one), MEDIA_TYPE) for one in found)
    return as_xml(_make("manifests", *links), MEDIA_TYPE)


def get_manifest(call: Call, customer: str, mobo: str, manifest_id: str) -> Response:
    """Answer a manifest; 9153 as often as ``manifest_waits``."""
    found = manifest_of(call, customer, mobo, manifest_id)
    own = _address(call, found)
    shipments = f"{own.partition('/manifest/')[0]}/shipment?manifestId={found.manifest_id}"
    links = _make(
        "links",
        link(_make, "self", own, MEDIA_TYPE),
        manifest_link(call, _make, found),
        link(_make, "details", f"{own}/details", MEDIA_TYPE),
        link(_make, "manifestShipments", shipments, MEDIA_TYPE),
    )
    return as_xml(_make("manifest", _make("po-number", found.po_number), links), MEDIA_TYPE)


def manifest_details(call: Call, customer: str, mobo: str, manifest_id: str) -> Response:
    """Answer what a manifest says."""
    found = manifest_of(call, customer, mobo, manifest_id, asking=False)
    return as_xml(
        _make(
            "manifest-details",
            _make("po-number", found.po_number),
            _make("final-shipping-point", found.body.get("requestedShippingPoint", FALLBACK_POINT)),
            _make("shipping-point-name", "EMULATOR"),
            _make("shipping-point-id", found.body.get("shippingPointId", "0000")),
            _make("mailed-by-customer", customer),
            _make("mailed-on-behalf-of", mobo),
            _make("paid-by-customer", customer),
            _make("manifest-date", found.created_on.isoformat()),
            _make("manifest-time", "12:00 EST"),
            _make("contract-id", call.world.config.contract_id),
            _make("method-of-payment", found.body["methodOfPayment"]),
            _pricing(call, found),
            MANIFEST_ADDRESS.element("manifest-address", MANIFEST_NS, found.body["manifestAddress"]),
        ),
        MEDIA_TYPE,
    )


def _pricing(call: Call, manifest: StoredManifest) -> etree._Element:
    costs = cost_of_manifest(call.world.state, manifest)
    rows = (_make(re.sub("[A-Z]", lambda m: f"-{m[0].lower()}", name), str(value)) for name, value in costs.items())
    return _make("manifest-pricing-info", *rows)


def _address(call: Call, manifest: StoredManifest) -> str:
    return f"{call.base}/rs/{manifest.customer}/{manifest.mobo}/manifest/{manifest.manifest_id}"


def _operation(name: str, method: str, path: str, handle: Handler) -> Operation:
    return Operation(name, method, path, handle, "webservices", answers=MEDIA_TYPE)


OPERATIONS = (
    _operation("transmit", "POST", PATH, transmit),
    _operation("find_manifests", "GET", PATH, find_manifests),
    _operation("get_manifest", "GET", f"{PATH}/<manifest_id>", get_manifest),
    _operation("manifest_details", "GET", f"{PATH}/<manifest_id>/details", manifest_details),
)
