"""The web services' post offices."""

from functools import partial

from werkzeug.wrappers import Response

from deliver_to_po.emulator import told
from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.country.office_search import offices_asked_for
from deliver_to_po.emulator.refusals import NoSuchThing, Refused
from deliver_to_po.emulator.webservices.xml_answers import as_xml, element

NAMESPACE = "http://www.canadapost.ca/ws/postoffice"
MEDIA_TYPE = "application/vnd.cpc.postoffice+xml"
PATH = "/rs/postoffice"
_MOST_DECIMALS = 5


def find_offices(call: Call) -> Response:
    """Answer the nearest offices; none near is a 404 that says so, since an empty list is not valid."""
    found = offices_asked_for(call, _MOST_DECIMALS)
    if not found:
        text = "No post office is near.", "Aucun bureau de poste à proximité."
        raise Refused(call.problem("EMU-NONE-NEAR", *text), status=404)
    rows = [
        told.near_office(
            call, near, told.link("detail", f"{call.base}{PATH}/{near.office.office_id}/detail", MEDIA_TYPE)
        )
        for near in found
    ]
    return as_xml(element(NAMESPACE, "post-office-list", rows), MEDIA_TYPE)


def office_details(call: Call, office_id: str) -> Response:
    """Answer one office with its hours, whether or not it takes D2PO parcels."""
    office = call.world.office(office_id, d2po_only=False) if len(office_id) == 10 else None
    if office is None:
        raise NoSuchThing("post office")
    return as_xml(element(NAMESPACE, "post-office-detail", told.office_with_hours(call, office)), MEDIA_TYPE)


_operation = partial(Operation, api="webservices", answers=MEDIA_TYPE, limit="postoffice")
OPERATIONS = (
    _operation("find_offices", "GET", PATH, find_offices),
    _operation("office_details", "GET", f"{PATH}/<office_id>/detail", office_details),
)
