"""The emulator's own page: what it is, how often it was called, which shipments it holds, and their labels."""

from html import escape

from werkzeug.wrappers import Response

from deliver_to_po.emulator.answers import not_found
from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.portal.artifacts import pdf_label
from deliver_to_po.emulator.state import StoredShipment

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Canada Post emulator</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #222; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ccc; vertical-align: top; }}
td.n {{ text-align: right; font-variant-numeric: tabular-nums; }}
</style></head><body>
<h1>Canada Post emulator</h1>
<p>It answers for Canada Post on this machine. Its post offices are made up and nothing leaves this machine.
Faults, closed offices and the rest: <a href="{root}_emulator/">control API</a>.</p>
<h2>Shipments</h2>{shipments}
<h2>Calls</h2>{calls}
</body></html>"""


def page(call: Call) -> Response:
    """Answer the page; everything that somebody sent is escaped."""
    root = call.request.root_url
    html = _PAGE.format(
        root=escape(root),
        shipments=_shipments(call.world.state.shipments(), root),
        calls=_calls(call.world.state.calls()),
    )
    answer = Response(html, content_type="text/html; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return answer


def label(call: Call, shipment_id: str) -> Response:
    """Answer a label without a token, for a person who looks at the page."""
    for shipment in call.world.state.shipments():
        if shipment.shipment_id == shipment_id:
            return Response(pdf_label(shipment), content_type="application/pdf")
    return not_found("shipment")


def _shipments(shipments: list[StoredShipment], root: str) -> str:
    if not shipments:
        return "<p>None yet.</p>"
    rows = "".join(_row(shipment, root) for shipment in reversed(shipments))
    heads = "".join(f"<th>{head}</th>" for head in ("Tracking number", "State", "Reference", "Post office", "Label"))
    return f"<table><tr>{heads}</tr>{rows}</table>"


def _row(shipment: StoredShipment, root: str) -> str:
    spec = shipment.body["deliverySpec"]
    office = next((o.get("optionQualifier2", "") for o in spec.get("options", ()) if o["optionCode"] == "D2PO"), "")
    reference = spec.get("references", {}).get("customerRef1", "")
    state = "voided" if shipment.voided else shipment.status
    cells = "".join(f"<td>{escape(str(text))}</td>" for text in (shipment.pin, state, reference, office))
    address = escape(f"{root}_emulator/labels/{shipment.shipment_id}.pdf")
    return f'<tr>{cells}<td><a href="{address}">PDF</a></td></tr>'


def _calls(calls: dict[str, int]) -> str:
    if not calls:
        return "<p>None yet.</p>"
    rows = "".join(f'<tr><td>{escape(name)}</td><td class="n">{count}</td></tr>' for name, count in calls.items())
    return f"<table><tr><th>Operation</th><th>Calls</th></tr>{rows}</table>"


OPERATIONS = (
    Operation("own:page", "GET", "/", page, needs_token=False),
    Operation("own:label", "GET", "/_emulator/labels/<shipment_id>.pdf", label, needs_token=False),
)
