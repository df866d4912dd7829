"""The web services' post offices."""

from functools import partial

from lxml import etree
from werkzeug.wrappers import Response

from deliver_to_po.emulator.calls import Call, Operation
from deliver_to_po.emulator.country.office import Near, Office
from deliver_to_po.emulator.country.office_search import offices_asked_for
from deliver_to_po.emulator.refusals import NoSuchThing, Refused
from deliver_to_po.emulator.webservices.xml_answers import Maker, as_xml, link, words

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
    make = Maker(NAMESPACE)
    return as_xml(make("post-office-list", *(_near(call, make, near) for near in found)), MEDIA_TYPE)


def office_details(call: Call, office_id: str) -> Response:
    """Answer one office with its hours, whether or not it takes D2PO parcels."""
    office = call.world.office(office_id, d2po_only=False) if len(office_id) == 10 else None
    if office is None:
        raise NoSuchThing("post office")
    make = Maker(NAMESPACE)
    hours = (
        make("hours-list", make("day", str(day)), *(make("time", time) for time in times))
        for day, times in office.hours
    )
    return as_xml(make("post-office-detail", *_parts(call, make, office), *hours), MEDIA_TYPE)


def _near(call: Call, make: Maker, near: Near) -> etree._Element:
    address, *others = _parts(call, make, near.office)
    detail = f"{call.base}{PATH}/{near.office.office_id}/detail"
    distance = make("distance", f"{near.distance_km:.2f}")
    return make("post-office", address, distance, *others, link(make, "detail", detail, MEDIA_TYPE))


def _parts(call: Call, make: Maker, office: Office) -> list[etree._Element]:
    return [
        make(
            "address",
            make("city", office.city),
            make("latitude", f"{office.latitude:.5f}"),
            make("longitude", f"{office.longitude:.5f}"),
            make("postal-code", office.postal_code),
            make("province", office.province),
            make("office-address", office.street),
        ),
        make("location", call.text(office.location, office.location_fr)),
        make("name", call.text(office.name, office.name_fr)),
        make("office-id", office.office_id),
        make("bilingual-designation", words(office.bilingual)),
    ]


_operation = partial(Operation, api="webservices", answers=MEDIA_TYPE, limit="postoffice")
OPERATIONS = (
    _operation("find_offices", "GET", PATH, find_offices),
    _operation("office_details", "GET", f"{PATH}/<office_id>/detail", office_details),
)
