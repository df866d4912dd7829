"""Answers with a label or a manifest: the same over both APIs."""

from werkzeug.wrappers import Response

from deliver_to_po.emulator import specimens
from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.refusals import Answered, NoSuchThing, Refusals


def answer_label(call: Call, refusals: Refusals, key: str, artifact: int, index: int) -> Response:
    """Answer a label in the media type of its link; 202 as often as ``label_waits``, 302 with ``label_redirects``."""
    shipment = call.world.state.shipment_by_number(artifact - specimens.FIRST_ARTIFACT)
    if shipment is None or key != specimens.label_key(shipment) or index or shipment.status == "suspended":
        raise NoSuchThing("artifact")
    _check_accept(call, refusals, specimens.label_media_type(shipment))
    if call.world.state.ask_for_label(shipment.number) <= call.world.config.label_waits:
        return Response("", 202)
    if call.world.config.label_redirects:
        host, _, port = call.request.host.rpartition(":")
        elsewhere = "127.0.0.1" if host == "localhost" else "localhost"
        return Response("", 302, {"Location": f"http://{elsewhere}:{port}/_emulator/documents/{shipment.shipment_id}"})
    content, media_type = specimens.label(shipment)
    return Response(content, content_type=media_type)


def answer_manifest(call: Call, refusals: Refusals, po_number: str, artifact: int, index: int) -> Response:
    found = next((one for one in call.world.state.manifests() if one.po_number == po_number), None)
    if found is None or artifact != specimens.FIRST_ARTIFACT + found.number or index:
        raise NoSuchThing("artifact")
    _check_accept(call, refusals, specimens.PDF)
    return Response(specimens.manifest(call.world.state, found), content_type=specimens.PDF)


def _check_accept(call: Call, refusals: Refusals, media_type: str) -> None:
    if media_type not in list(call.request.accept_mimetypes.values()):
        raise Answered(refusals.gateway(406, "Not Acceptable", f"Accept must name {media_type}."))
