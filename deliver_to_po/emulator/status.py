"""The emulator's own page: shipments and their labels, parcels to move along, manifests, faults, calls, settings."""

from collections.abc import Iterable
from html import escape

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from deliver_to_po.emulator import documents
from deliver_to_po.emulator.calls import Call, Handler, Operation, World
from deliver_to_po.emulator.control import SETTINGS, known_shipment
from deliver_to_po.emulator.faults import ANY_OPERATION, NAMED_FAULTS
from deliver_to_po.emulator.offices import office
from deliver_to_po.emulator.operations import NAMES
from deliver_to_po.emulator.state import StoredShipment
from deliver_to_po.emulator.tracking import STEPS, Move, move, usual_next_step
from deliver_to_po.emulator.voice import NoSuchThing

_STATUSES = ("401", "403", "404", "429", "500", "502", "503", "504")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Canada Post emulator</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #222; }}
table {{ border-collapse: collapse; width: 100%; margin-bottom: 1rem; }}
th, td {{ text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ccc; vertical-align: top; }}
td.n {{ text-align: right; font-variant-numeric: tabular-nums; }}
form {{ display: inline-flex; flex-wrap: wrap; gap: .4rem; align-items: end; }}
label {{ font-size: .85rem; display: flex; flex-direction: column; }}
input, select, button {{ font: inherit; font-size: .9rem; padding: .15rem .4rem; }}
input {{ width: 8rem; }} input[type=number] {{ width: 4rem; }}
.columns {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 2rem; }}
</style></head><body>
<h1>Canada Post emulator</h1>
<p>It answers for Canada Post on this machine. Its post offices are made up and nothing leaves this machine.
Everything on this page can be done over the <a href="{root}_emulator/">control API</a> as well.</p>
<h2>Shipments</h2>{shipments}
<h2>Manifests</h2>{manifests}
<h2>Faults</h2>{faults}
<div class="columns"><div><h2>Calls</h2>{calls}</div><div><h2>Settings</h2>{settings}</div></div>
<p>Places: <a href="https://www.geonames.org">GeoNames</a>, CC BY 4.0. Outlines of provinces: Natural Earth.</p>
</body></html>"""


def page(call: Call) -> Response:
    """Answer the page; everything that somebody sent is escaped."""
    world, root = call.world, call.request.root_url
    html = _PAGE.format(
        root=escape(root),
        shipments=_shipments(world, root),
        manifests=_manifests(world, root),
        faults=_faults(world, root),
        calls=_table(("Operation", "Calls"), ((name, count) for name, count in world.state.calls().items())),
        settings=_table(("Setting", "Value"), ((name, getattr(world.config, name)) for name in SETTINGS)),
    )
    answer = Response(html, content_type="text/html; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = _POLICY
    return answer


def label(call: Call, shipment_id: str) -> Response:
    """Answer a label without a token, for a person who looks at the page."""
    return Response(documents.pdf_label(known_shipment(call, shipment_id)), content_type=documents.PDF)


def redirected_label(call: Call, shipment_id: str) -> Response:
    """Answer a label at another host name; who brings the credentials of the first host along is refused."""
    if "Authorization" in call.request.headers:
        raise BadRequest("Credentials for another host do not belong here.")
    content, media_type = documents.label(known_shipment(call, shipment_id))
    return Response(content, content_type=media_type)


def manifest(call: Call, manifest_id: str) -> Response:
    """Answer a manifest without a token."""
    found = call.world.state.manifest(manifest_id)
    if found is None:
        raise NoSuchThing("manifest")
    return Response(documents.manifest(call.world.state, found), content_type=documents.PDF)


def move_on_page(call: Call) -> Response:
    """Move a parcel along, as the form of the page says."""
    form = call.request.form.to_dict()
    shipment = known_shipment(call, form.get("shipment", ""))
    try:
        move(call.world.state, shipment, Move(form.get("step", ""), form.get("office", "").strip()))
    except ValueError as error:
        raise BadRequest(str(error)) from error
    return _back(call)


def fault_on_page(call: Call) -> Response:
    """Plan a fault, or forget all, as the form of the page says."""
    form = call.request.form.to_dict()
    if "clear" in form:
        call.world.faults.clear()
        return _back(call)
    wanted = {"operation": form.get("operation"), "fault": form.get("fault"), "after": "after" in form}
    count = form.get("count", "")
    call.world.faults.add_from(wanted | {"count": int(count) if count.isdigit() else None}, NAMES)
    return _back(call)


def _back(call: Call) -> Response:
    return Response("", 303, {"Location": call.request.root_url})


def _shipments(world: World, root: str) -> str:
    heads = ("Tracking number", "State", "Parcel", "Reference", "Post office", "Paper", "Move along")
    return _table(heads, (_row(world, shipment, root) for shipment in reversed(world.state.shipments())))


def _row(world: World, shipment: StoredShipment, root: str) -> tuple[object, ...]:
    events, place = world.state.events(shipment.pin), office(shipment.office_id)
    return (
        shipment.pin,
        "voided" if shipment.voided else shipment.status,
        f"{events[0].english} ({events[0].at:%Y-%m-%d %H:%M})" if events else "no history",
        shipment.spec.get("references", {}).get("customerRef1", ""),
        f"{shipment.office_id} {place.location if place else ''}",
        _Html(_anchor(f"{root}_emulator/labels/{shipment.shipment_id}.pdf", "Label")),
        _Html(_move_form(world, shipment, root)),
    )


def _move_form(world: World, shipment: StoredShipment, root: str) -> str:
    return (
        f'<form method="post" action="{escape(root)}_emulator/page/move">'
        f'<input type="hidden" name="shipment" value="{escape(shipment.shipment_id)}">'
        f"{_select('step', STEPS, usual_next_step(world.state, shipment.pin))}"
        '<input name="office" placeholder="another office ID" aria-label="Another post office ID">'
        "<button>Move</button></form>"
    )


def _manifests(world: World, root: str) -> str:
    rows = (
        (
            one.po_number,
            one.manifest_id,
            ", ".join(one.body["groupIds"]),
            _Html(_anchor(f"{root}_emulator/manifests/{one.manifest_id}.pdf", "PDF")),
        )
        for one in world.state.manifests()
    )
    return _table(("Number", "ID", "Groups", "Paper"), rows)


def _faults(world: World, root: str) -> str:
    planned = (
        (row["operation"], row["fault"], row["count"] or "until cleared", row["probability"], row["after"])
        for row in world.faults.as_json()
    )
    action = f'<form method="post" action="{escape(root)}_emulator/page/faults">'
    return (
        _table(("Operation", "Fault", "Calls to come", "Probability", "After the work"), planned)
        + f"{action}<label>Operation {_select('operation', (ANY_OPERATION, *NAMES))}</label>"
        + f"<label>Fault {_select('fault', (*NAMED_FAULTS, *_STATUSES))}</label>"
        + '<label>Calls <input type="number" name="count" value="1" min="1"></label>'
        + '<label>After the work <input type="checkbox" name="after"></label><button>Plan</button></form> '
        + f'{action}<button name="clear" value="1">Clear all</button></form>'
    )


class _Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    lines = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in rows)
    if not lines:
        return "<p>None yet.</p>"
    return f"<table><tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr>{lines}</table>"


def _cell(value: object) -> str:
    number = ' class="n"' if isinstance(value, int | float) and not isinstance(value, bool) else ""
    return f"<td{number}>{value if isinstance(value, _Html) else escape(str(value))}</td>"


def _select(name: str, options: Iterable[str], chosen: str = "") -> str:
    inner = "".join(f"<option{' selected' * (one == chosen)}>{escape(one)}</option>" for one in options)
    return f'<select name="{name}" aria-label="{name}">{inner}</select>'


def _anchor(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{escape(text)}</a>'


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
