"""The emulator's own page as HTML, for developers: English and plain. Everything that somebody sent is escaped."""

from collections.abc import Iterable, Mapping
from html import escape

from deliver_to_po.emulator.calls import World
from deliver_to_po.emulator.controls.control import SETTINGS
from deliver_to_po.emulator.controls.faults import ANY_OPERATION, NAMED_FAULTS
from deliver_to_po.emulator.country.offices import office
from deliver_to_po.emulator.operations import NAMES
from deliver_to_po.emulator.parcel_fates import STEPS, usual_next_step
from deliver_to_po.emulator.state import StoredShipment

_HTTP_STATUSES = ("401", "403", "404", "429", "500", "502", "503", "504")


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def page_html(world: World, root: str, problem: str = "") -> str:
    """Return the page; ``root`` is its address, with a slash at the end, and ``problem`` is said at the top."""
    settings = ((name, getattr(world.config, name)) for name in SETTINGS)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Canada Post emulator</title></head><body>
<h1>Canada Post emulator</h1>{f'<p role="alert"><strong>{escape(problem)}</strong></p>' if problem else ""}
<p>It answers for Canada Post on this machine. Its post offices are made up, and nothing leaves this machine.
Programs can do everything on this page over the {_anchor(f"{root}_emulator/", "control API")}.</p>
<h2>Shipments</h2>{_shipments(world, root)}
<h2>Manifests</h2>{_manifests(world, root)}
<h2>Faults</h2>{_planned_faults(world)}{_fault_forms(root)}
<h2>Calls</h2>{_table(("Operation", "Calls"), world.state.calls().items())}
<h2>Settings</h2>{_table(("Setting", "Value"), settings)}
<p>Places: {_anchor("https://www.geonames.org", "GeoNames")}, CC BY 4.0. Outlines of provinces: Natural Earth.</p>
</body></html>"""


def _shipments(world: World, root: str) -> str:
    heads = ("Tracking number", "State", "Parcel", "Reference", "Post office", "Document", "Move along")
    return _table(heads, (_shipment(world, root, one) for one in reversed(world.state.shipments())))


def _shipment(world: World, root: str, shipment: StoredShipment) -> tuple[object, ...]:
    place, events = office(shipment.office_id), world.state.events(shipment.pin)
    return (
        shipment.pin,
        "voided" if shipment.voided else shipment.status,
        f"{events[0].english} ({events[0].at:%Y-%m-%d %H:%M})" if events else "no events yet",
        shipment.spec.get("references", {}).get("customerRef1", ""),
        f"{shipment.office_id} {place.location if place else ''}",
        Html(_anchor(f"{root}_emulator/labels/{shipment.shipment_id}.pdf", "Label")),
        Html(
            f"{_form(root, 'move')}"
            f'<input type="hidden" name="shipment" value="{escape(shipment.shipment_id)}">'
            f"{_select('step', STEPS, usual_next_step(world.state, shipment.pin))}"
            '<input name="office" placeholder="Another post office ID" aria-label="Another post office ID">'
            "<button>Move</button></form>"
        ),
    )


def _manifests(world: World, root: str) -> str:
    rows = (
        (
            one.po_number,
            one.manifest_id,
            ", ".join(one.body["groupIds"]),
            Html(_anchor(f"{root}_emulator/manifests/{one.manifest_id}.pdf", "PDF")),
        )
        for one in world.state.manifests()
    )
    return _table(("Number", "ID", "Groups", "Document"), rows)


def _planned_faults(world: World) -> str:
    rows = (
        (row["operation"], row["fault"], row["count"] or "until cleared", row["probability"], row["after"])
        for row in world.faults.as_json()
    )
    return _table(("Operation", "Fault", "Calls to come", "Probability", "After the work is done"), rows)


def _fault_forms(root: str) -> str:
    return (
        f"{_form(root, 'faults')}<label>Operation {_select('operation', (ANY_OPERATION, *NAMES))}</label> "
        f"<label>Fault {_select('fault', (*NAMED_FAULTS, *_HTTP_STATUSES))}</label> "
        '<label>Calls <input type="number" name="count" value="1" min="1"></label> '
        '<label>After the work is done <input type="checkbox" name="after"></label> '
        "<button>Plan</button></form>"
        f'{_form(root, "faults")}<button name="clear" value="1">Clear all</button></form>'
    )


def _form(root: str, what: str) -> str:
    return f'<form method="post" action="{escape(root)}_emulator/page/{what}">'


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    head = "".join(f"<th>{name}</th>" for name in heads)
    return f'<table border="1"><tr>{head}</tr>{lines}</table>' if lines else "<p>None yet.</p>"


def _cell(value: object) -> str:
    return f"<td>{value if isinstance(value, Html) else escape(str(value))}</td>"


def _select(name: str, options: Iterable[str] | Mapping[str, object], chosen: str = "") -> str:
    inner = "".join(f"<option{' selected' * (value == chosen)}>{escape(value)}</option>" for value in options)
    return f'<select name="{name}" aria-label="{name}">{inner}</select>'


def _anchor(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{text}</a>'
