"""The web services' manifests: transmit groups, list, look at one."""

from functools import partial
from typing import Any

from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.manifests import listed_manifests
from deliver_to_po.emulator.schema.tables import MANIFEST_NS, TRANSMIT_SET
from deliver_to_po.emulator.shipments import check_customer, manifest_of
from deliver_to_po.emulator.shipments import transmit as transmit_groups
from deliver_to_po.emulator.state import StoredManifest
from deliver_to_po.emulator.told import Told, link
from deliver_to_po.emulator.webservices.bodies import body_of
from deliver_to_po.emulator.webservices.shipping import ACCOUNT_PATH, ARTIFACTS
from deliver_to_po.emulator.webservices.xml_answers import as_xml, element

MEDIA_TYPE = "application/vnd.cpc.manifest-v8+xml"
PATH = f"{ACCOUNT_PATH}/manifest"


def transmit(call: Call, customer: str, mobo: str) -> Response:
    """Transmit groups; answer a link to the manifest that is being made."""
    check_customer(call, customer, mobo)
    body = body_of(call, MEDIA_TYPE, MANIFEST_NS, "transmit-set", TRANSMIT_SET)
    return _answer("manifests", [_link(call, transmit_groups(call, customer, mobo, body))])


def find_manifests(call: Call, customer: str, mobo: str) -> Response:
    """Answer links to the manifests that were made between two days."""
    check_customer(call, customer, mobo)
    return _answer("manifests", [_link(call, one) for one in listed_manifests(call, ("start", "end"))])


def get_manifest(call: Call, customer: str, mobo: str, manifest_id: str) -> Response:
    """Answer a manifest; 9153 as often as ``manifest_waits``."""
    found = manifest_of(call, customer, mobo, manifest_id)
    own = _address(call, found)
    shipments = f"{own.partition('/manifest/')[0]}/shipment?manifestId={found.manifest_id}"
    links = [
        link("self", own, MEDIA_TYPE),
        ARTIFACTS.manifest_link(call, found),
        link("manifestShipments", shipments, MEDIA_TYPE),
    ]
    return _answer("manifest", {"poNumber": found.po_number, "links": links})


def _answer(name: str, told: Any) -> Response:
    return as_xml(element(MANIFEST_NS, name, told), MEDIA_TYPE)


def _link(call: Call, manifest: StoredManifest) -> Told:
    return link("manifest", _address(call, manifest), MEDIA_TYPE)


def _address(call: Call, manifest: StoredManifest) -> str:
    return f"{call.base}/rs/{manifest.customer}/{manifest.mobo}/manifest/{manifest.manifest_id}"


_operation = partial(Operation, api="webservices", answers=MEDIA_TYPE)
OPERATIONS = (
    _operation("transmit", "POST", PATH, transmit),
    _operation("find_manifests", "GET", PATH, find_manifests),
    _operation("get_manifest", "GET", f"{PATH}/<manifest_id>", get_manifest),
)
