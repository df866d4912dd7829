"""The documents that the portal's links lead to: labels and manifests."""

from functools import partial

from werkzeug.wrappers import Response

from deliver_to_po.emulator import specimens
from deliver_to_po.emulator.artifact_answers import answer_label, answer_manifest
from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.json_answers import JSON, JsonRefusals
from deliver_to_po.emulator.state import StoredManifest, StoredShipment
from deliver_to_po.emulator.told import Told, link

PATH = "/shipping/v1/artifacts"


def label_link(call: Call, shipment: StoredShipment) -> Told:
    number = specimens.FIRST_ARTIFACT + shipment.number
    address = f"{call.base}{PATH}/{specimens.label_key(shipment)}/shipping/{number}/0"
    return link("label", address, specimens.label_media_type(shipment), index=0)


def manifest_link(call: Call, manifest: StoredManifest) -> Told:
    """Return the link to a manifest's document. Canada Post's own example calls it JSON, though it is a PDF."""
    number = specimens.FIRST_ARTIFACT + manifest.number
    return link("artifact", f"{call.base}{PATH}/{manifest.po_number}/shipping/{number}/0", JSON)


def label(call: Call, key: str, artifact: int, index: int) -> Response:
    """Answer a label in the media type of its link; 202 as often as ``label_waits``."""
    return answer_label(call, JsonRefusals(), key, artifact, index)


def manifest_document(call: Call, po_number: str, artifact: int, index: int) -> Response:
    return answer_manifest(call, JsonRefusals(), po_number, artifact, index)


_REST = "shipping/<int:artifact>/<int:index>"
_operation = partial(Operation, answers="", limit="shipping")
OPERATIONS = (
    _operation("label", "GET", f"{PATH}/<string(length=16):key>/{_REST}", label),
    _operation("manifest_document", "GET", f"{PATH}/<string(length=10):po_number>/{_REST}", manifest_document),
)
