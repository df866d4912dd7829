"""The emulator's own page: shipments and their labels, parcels to move along, manifests, faults, calls, settings."""

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from deliver_to_po.emulator import specimens
from deliver_to_po.emulator.calls import Call, Handler, Operation
from deliver_to_po.emulator.controls.control import known_shipment
from deliver_to_po.emulator.controls.page_html import page_html
from deliver_to_po.emulator.operations import NAMES
from deliver_to_po.emulator.parcel_fates import Move, move
from deliver_to_po.emulator.refusals import NoSuchThing

_POLICY = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


def page(call: Call) -> Response:
    return _page(call)


def label(call: Call, shipment_id: str) -> Response:
    """Answer a label without a token, for a person who looks at the page."""
    return Response(specimens.pdf_label(known_shipment(call, shipment_id)), content_type=specimens.PDF)


def redirected_label(call: Call, shipment_id: str) -> Response:
    """Answer a label at another host name; credentials of the first host are refused."""
    if "Authorization" in call.request.headers:
        raise BadRequest("Credentials for another host do not belong here.")
    content, media_type = specimens.label(known_shipment(call, shipment_id))
    return Response(content, content_type=media_type)


def manifest(call: Call, manifest_id: str) -> Response:
    """Answer a manifest without a token."""
    found = call.world.state.manifest(manifest_id)
    if found is None:
        raise NoSuchThing("manifest")
    return Response(specimens.manifest(call.world.state, found), content_type=specimens.PDF)


def move_on_page(call: Call) -> Response:
    """Move a parcel along, as the form of the page says; what is wrong is said on the page."""
    form = call.request.form
    try:
        shipment = known_shipment(call, form.get("shipment", ""))
        move(call.world.state, shipment, Move(form.get("step", ""), form.get("office", "").strip()))
    except NoSuchThing:
        return _page(call, "The parcel was not moved: the emulator has forgotten this shipment.", 404)
    except ValueError as error:
        return _page(call, f"The parcel was not moved: {error}", 400)
    return _back(call)


def fault_on_page(call: Call) -> Response:
    """Plan a fault, or forget all, as the form of the page says."""
    form = call.request.form
    if "clear" in form:
        call.world.faults.clear()
        return _back(call)
    wanted = {"operation": form.get("operation"), "fault": form.get("fault"), "after": "after" in form}
    count = form.get("count", "")
    call.world.faults.add_from(wanted | {"count": int(count) if count.isdigit() else None}, NAMES)
    return _back(call)


def _page(call: Call, problem: str = "", status: int = 200) -> Response:
    html = page_html(call.world, call.request.root_url, problem)
    answer = Response(html, status, content_type="text/html; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = _POLICY
    return answer


def _back(call: Call) -> Response:
    return Response("", 303, {"Location": call.request.root_url})


def _operation(name: str, method: str, path: str, handle: Handler) -> Operation:
    return Operation(f"own:{name}", method, path, handle, "own")


OPERATIONS = (
    _operation("page", "GET", "/", page),
    _operation("label", "GET", "/_emulator/labels/<shipment_id>.pdf", label),
    _operation("redirected_label", "GET", "/_emulator/documents/<shipment_id>", redirected_label),
    _operation("manifest", "GET", "/_emulator/manifests/<manifest_id>.pdf", manifest),
    _operation("move", "POST", "/_emulator/page/move", move_on_page),
    _operation("fault", "POST", "/_emulator/page/faults", fault_on_page),
)
