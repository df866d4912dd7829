"""The portal's manifests: transmit groups, list, look at one."""

from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.json_answers import JSON, as_json
from deliver_to_po.emulator.manifests import listed_manifests
from deliver_to_po.emulator.portal.bodies import body_of
from deliver_to_po.emulator.portal.shipping import ACCOUNT_PATH, ARTIFACTS, LOOK_UPS
from deliver_to_po.emulator.schema.tables import TRANSMIT_SET
from deliver_to_po.emulator.shipment_search import known
from deliver_to_po.emulator.shipments import check_customer, manifest_of
from deliver_to_po.emulator.shipments import transmit as transmit_groups
from deliver_to_po.emulator.state import StoredManifest
from deliver_to_po.emulator.told import Told, link

PATH = f"{ACCOUNT_PATH}/manifests"


def transmit(call: Call, customer: str, mobo: str) -> Response:
    """Transmit groups; answer a link to the manifest that is being made."""
    check_customer(call, customer, mobo)
    made = transmit_groups(call, customer, mobo, body_of(call, TRANSMIT_SET))
    return as_json([_link(call, made)])


def find_manifests(call: Call, customer: str, mobo: str) -> Response:
    """Answer links to the manifests that were made between two days."""
    check_customer(call, customer, mobo)
    found = listed_manifests(call, ("from", "to"), ("startDate", "endDate"))
    return as_json([_link(call, one) for one in found])


def get_manifest(call: Call, customer: str, mobo: str, manifest_id: str) -> Response:
    """Answer a manifest; 9153 as often as ``manifest_waits``."""
    found = manifest_of(call, customer, mobo, manifest_id)
    own = _address(call, found)
    name = known(call, *LOOK_UPS["manifest_id"])[-1]
    shipments = f"{own.partition('/manifests/')[0]}/shipments?{name}={found.manifest_id}"
    links = [link("self", own, JSON), ARTIFACTS.manifest_link(call, found), link("manifestShipments", shipments, JSON)]
    return as_json({"poNumber": found.po_number, "links": links})


def _link(call: Call, manifest: StoredManifest) -> Told:
    return link("manifest", _address(call, manifest), JSON)


def _address(call: Call, manifest: StoredManifest) -> str:
    return f"{call.base}/shipping/v1/{manifest.customer}/{manifest.mobo}/manifests/{manifest.manifest_id}"


OPERATIONS = (
    Operation("transmit", "POST", PATH, transmit),
    Operation("find_manifests", "GET", PATH, find_manifests),
    Operation("get_manifest", "GET", f"{PATH}/<manifest_id>", get_manifest),
)
