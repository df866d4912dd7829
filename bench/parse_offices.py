"""An answer of 50 post offices into typed offices, against bare reading of the same fields."""

from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec

from lxml import etree

from bench.contest import Call, Contest, Rival
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.portal.postoffices import read_offices
from deliver_to_po.canadapost.webservices.answers import read
from deliver_to_po.canadapost.webservices.client import API

OFFICES = 50
ROUNDS, NUMBER = 41, 10
NAMESPACE = f"{{{API.offices.namespace}}}"
ROW = """<post-office><address><city>Montréal</city><latitude>45.3{place:02}45</latitude>\
<longitude>-73.8{place:02}61</longitude><postal-code>H2X1Y4</postal-code><province>QC</province>\
<office-address>{place} RUE SAINTE-CATHERINE O</office-address></address><distance>{place}.25</distance>\
<location>SUCC. CENTRE-VILLE {place}</location><name>COMPTOIR DU COIN {place}</name>\
<office-id>{place:010}</office-id><bilingual-designation>true</bilingual-designation>\
<link rel="detail" href="https://soa-gw.canadapost.ca/rs/postoffice/{place:010}/detail" \
media-type="application/vnd.cpc.postoffice+xml"/></post-office>"""
OF_OFFICE = ("office-id", "name", "location", "distance", "bilingual-designation")
OF_ADDRESS = ("office-address", "city", "province", "postal-code", "latitude", "longitude")
KARRIO = "karrio_canadapost"


def xml_answer() -> bytes:
    """Return 50 offices as the XML API gives them."""
    rows = "".join(ROW.format(place=place) for place in range(1, OFFICES + 1))
    head = f'<?xml version="1.0" encoding="UTF-8"?><post-office-list xmlns="{API.offices.namespace}">'
    return f"{head}{rows}</post-office-list>".encode()


def bare_lxml(body: bytes) -> list[tuple[str | None, ...]]:
    """Return the fields that we read, as text, in one walk: the quickest plain way there is in lxml."""
    of_office = [NAMESPACE + name for name in OF_OFFICE]
    of_address = [NAMESPACE + name for name in OF_ADDRESS]
    found = []
    for row in etree.fromstring(body).iterchildren(f"{NAMESPACE}post-office"):
        fields = {field.tag: field.text for field in row}
        address = {field.tag: field.text for field in next(row.iterchildren(f"{NAMESPACE}address"))}
        found.append((*(fields[name] for name in of_office), *(address[name] for name in of_address)))
    return found


def has_karrio() -> bool:
    """Say whether karrio-canadapost is installed."""
    return find_spec("karrio") is not None and find_spec("karrio.schemas") is not None


def karrio(body: bytes) -> Call:
    """Return how karrio-canadapost reads the same answer into its own types."""
    lib, schema = import_module("karrio.lib"), import_module("karrio.schemas.canadapost.postoffice")
    return lambda: lib.to_object(schema.post_office_list, lib.to_element(body))


def contest() -> Contest:
    """Return ours against bare lxml and, where it is installed, karrio."""
    body = xml_answer()
    answer = Answer(200, {}, body)
    rivals = [Rival("parse_offices", "bare lxml, the same fields", lambda: bare_lxml(body), 2.0)]
    if has_karrio():
        rivals.append(Rival("parse_offices_karrio", f"karrio-canadapost {version(KARRIO)}", karrio(body), 1.0))
    return Contest(lambda: read_offices("bench", read("bench", answer, API.offices)), rivals, ROUNDS, NUMBER)
