"""Post offices by the XML API: the nearest ones that accept D2PO, and one with its hours."""

from collections.abc import Iterator, Sequence

from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.hours import UNKNOWN_TIMES, WeeklyHours, read_week
from deliver_to_po.canadapost.identifiers import is_office_id, normalize_postal_code
from deliver_to_po.canadapost.office_search import place_in_canada
from deliver_to_po.canadapost.reading import known_distance, known_province, read_each
from deliver_to_po.canadapost.types import FoundOffices, PostOffice
from deliver_to_po.canadapost.webservices import xml
from deliver_to_po.canadapost.webservices.answers import read

PATH = "/rs/postoffice"
MEDIA_TYPE = "application/vnd.cpc.postoffice+xml"
NAMESPACE = "http://www.canadapost.ca/ws/postoffice"
ID_DIGITS = 10


def detail_path(office_id: str) -> str:
    """Return the path of one office's detail; an id that came from the portal may lack leading zeros."""
    return f"{PATH}/{office_id.zfill(ID_DIGITS)}/detail"


def read_offices(operation: str, answer: Answer) -> FoundOffices:
    """Return the offices of a search; an empty list, which the schema forbids, means that none is near.

    Offices that cannot be read are left out; raises Unreadable if that leaves none.
    """
    root = read(operation, answer, "post-office-list", namespace=NAMESPACE)
    rows = list(root.iterchildren(f"{{{NAMESPACE}}}post-office"))
    return FoundOffices(
        read_each(rows, lambda row: _office(operation, row)), (xml.text(row, "office-id") for row in rows)
    )


def read_office(operation: str, answer: Answer) -> PostOffice:
    root = read(operation, answer, "post-office-detail", namespace=NAMESPACE)
    return _office(operation, root, read_week(_days(root)))


def _office(operation: str, row: xml.Element, hours: WeeklyHours | None = None) -> PostOffice:
    fields = _fields(row)
    place = next(row.iterchildren(f"{{{NAMESPACE}}}address"), None)
    address = _fields(place) if place is not None else {}
    office_id, street, city = fields.get("office-id", ""), address.get("office-address", ""), address.get("city", "")
    if not (is_office_id(office_id) and street and city):
        raise Unreadable(operation, why="a post office without id, address or city")
    location = fields.get("location", "")[: lengths.OFFICE_NAME]
    return PostOffice(
        office_id=office_id,
        # The schema allows an empty name, but a buyer must be able to tell the office.
        name=fields.get("name", "")[: lengths.OFFICE_NAME] or location or street[: lengths.OFFICE_STREET],
        location=location,
        street=street[: lengths.OFFICE_STREET],
        city=city[: lengths.OFFICE_CITY],
        province=known_province(address.get("province", "")),
        postal_code=normalize_postal_code(address.get("postal-code", "")),
        coordinates=place_in_canada(
            xml.decimal(address.get("latitude", "")), xml.decimal(address.get("longitude", ""))
        ),
        bilingual=xml.boolean(fields.get("bilingual-designation", "")),
        distance_km=known_distance(xml.decimal(fields.get("distance", ""))),
        hours=hours,
    )


def _fields(element: xml.Element) -> dict[str, str]:
    """Return the text of every child by its local name, in one pass: a buyer waits while 50 offices are read."""
    start = len(NAMESPACE) + 2
    return {child.tag[start:]: xml.one_line(child.text) for child in element}


def _days(root: xml.Element) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield Canada Post's number of each day, and its times. A closed day is probably left out."""
    for row in xml.children(root, "hours-list"):
        times = [xml.one_line(time.text) for time in xml.children(row, "time")]
        only_the_day = len(row) == 1
        yield xml.text(row, "day"), times if times or only_the_day else UNKNOWN_TIMES
