"""Post offices by the XML API: the nearest ones that accept D2PO, and one with its hours."""

from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.portal import postoffices
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
    return postoffices.read_offices(operation, xml.rows(root, "post-office"))


def read_office(operation: str, answer: Answer) -> PostOffice:
    row = xml.as_row(read(operation, answer, "post-office-detail", namespace=NAMESPACE))
    for hours in row.get("hoursList", ()):
        # A closed day is probably left out; here it may have no times.
        if isinstance(hours, dict) and hours.keys() == {"day"}:
            hours["time"] = []
    return postoffices.read_office(operation, row)
