"""Documents as they are sent, to the letter, and what they are made from."""

from typing import Any

from lxml import etree

from deliver_to_po.canadapost.bodies import Body
from deliver_to_po.canadapost.resources import Resource
from deliver_to_po.canadapost.types import Account, ShipmentRequest
from deliver_to_po.canadapost.webservices import answers, xml
from tests.canadapost.webservices.bodies import answer
from tests.factories import make_request

ACCOUNT = Account("0007023210", "0040000001")
DESTINATION = """<destination>
  <name>Marie-Ève Côté</name>
  <client-voice-number>613-555-0199</client-voice-number>
  <address-details>
    <address-line-1>23, rue du Jardin</address-line-1>
    <address-line-2>App. 4</address-line-2>
    <city>Ottawa</city>
    <prov-state>ON</prov-state>
    <country-code>CA</country-code>
    <postal-zip-code>K1K4T3</postal-zip-code>
  </address-details>
</destination>"""
NOTIFICATION = """<notification>
  <email>marie@example.com</email>
  <on-shipment>true</on-shipment>
  <on-exception>true</on-exception>
  <on-delivery>true</on-delivery>
</notification>"""
PARCEL = """<parcel-characteristics>
  <weight>1.25</weight>
  <dimensions><length>30</length><width>20</width><height>10</height></dimensions>
</parcel-characteristics>"""


def exact(document: bytes | str) -> str:
    """Return a document in its one canonical spelling, blanks between elements left out."""
    parser = etree.XMLParser(remove_blank_text=True)
    source = document if isinstance(document, bytes) else document.encode()
    return str(etree.tostring(etree.fromstring(source, parser), encoding="unicode", pretty_print=True))


def written(resource: Resource, body: Body) -> bytes:
    return xml.write("operation", resource.namespace, resource.sends, body)


def told(resource: Resource, document: str | bytes) -> Any:
    """Return what a document holds, as the readers take it."""
    return answers.read("operation", answer(document), resource)


def request(**changes: object) -> ShipmentRequest:
    """Return a request under a known id."""
    return make_request(request_id="0123456789abcdef", **changes)
