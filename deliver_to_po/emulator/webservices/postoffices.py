"""The web services' post offices."""

from werkzeug.wrappers import Response

from deliver_to_po.emulator import told
from deliver_to_po.emulator.calls import Call
from deliver_to_po.emulator.country.office_search import offices_asked_for
from deliver_to_po.emulator.refusals import NoSuchThing, Refused
from deliver_to_po.emulator.webservices.bodies import XmlFormat

FORMAT = XmlFormat("application/vnd.cpc.postoffice+xml", "http://www.canadapost.ca/ws/postoffice")
PATH = "/rs/postoffice"
_MOST_DECIMALS = 5


def find_offices(call: Call) -> Response:
    """Answer the nearest offices; none near is a 404 that says so, since an empty list is not valid."""
    found = offices_asked_for(call, _MOST_DECIMALS)
    if not found:
        text = "No post office is near.", "Aucun bureau de poste à proximité."
        raise Refused(call.problem("EMU-NONE-NEAR", *text), status=404)
    rows = [
        told.near_office(call, near, FORMAT.link("detail", f"{call.base}{PATH}/{near.office.office_id}/detail"))
        for near in found
    ]
    return FORMAT.answer("post-office-list", rows)


def office_details(call: Call, office_id: str) -> Response:
    """Answer one office with its hours, whether or not it takes D2PO parcels."""
    office = call.world.office(office_id, d2po_only=False) if len(office_id) == 10 else None
    if office is None:
        raise NoSuchThing("post office")
    return FORMAT.answer("post-office-detail", told.office_with_hours(call, office))


OPERATIONS = (
    FORMAT.operation("find_offices", "GET", PATH, find_offices, "postoffice"),
    FORMAT.operation("office_details", "GET", f"{PATH}/<office_id>/detail", office_details, "postoffice"),
)
