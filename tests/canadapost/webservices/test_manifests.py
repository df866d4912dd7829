"""Groups and manifests: the request to transmit to the letter, and the answers."""

import dataclasses
import re

import pytest

from deliver_to_po.canadapost.bodies import transmit
from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.portal import manifests
from deliver_to_po.canadapost.types import TransmitRequest
from deliver_to_po.canadapost.webservices.client import API
from tests.canadapost.webservices import bodies
from tests.canadapost.webservices.documents import ACCOUNT, exact, told, written
from tests.factories import SENDER

LINK = f'<link rel="manifest" href="{bodies.HOST}/rs/0007023210/0007023210/manifest/13" media-type="x/y"/>'


TRANSMIT_SET = f"""<transmit-set xmlns="{API.manifests.namespace}">
  <group-ids><group-id>2026-11-25</group-id><group-id>b</group-id></group-ids>
  <requested-shipping-point>K1A0B1</requested-shipping-point>
  <detailed-manifests>true</detailed-manifests>
  <method-of-payment>Account</method-of-payment>
  <manifest-address>
    <manifest-company>Example Shop</manifest-company>
    <manifest-name>Sam</manifest-name>
    <phone-number>613-555-0100</phone-number>
    <address-details>
      <address-line-1>1 Example St</address-line-1>
      <city>Ottawa</city><prov-state>ON</prov-state><postal-zip-code>K1A0B1</postal-zip-code>
    </address-details>
  </manifest-address>
  <excluded-shipments><shipment-id>1</shipment-id><shipment-id>2</shipment-id></excluded-shipments>
</transmit-set>"""


def test_the_most_that_a_transmission_says() -> None:
    asked = TransmitRequest(("2026-11-25", "b"), dataclasses.replace(SENDER, name="Sam"), excluded=("1", "2"))
    body = transmit("transmit", asked, ACCOUNT, says_country=False)
    assert exact(written(API.manifests, body)) == exact(TRANSMIT_SET)


def test_groups_are_read_and_one_without_an_id_is_unreadable() -> None:
    body = f'<groups xmlns="{bodies.SHIPMENT}"><group><group-id>a</group-id></group></groups>'
    assert manifests.read_groups("groups", told(API.groups, body)) == ["a"]
    with pytest.raises(Unreadable):
        manifests.read_groups("groups", told(API.groups, body.replace("a</group-id>", "</group-id>")))


def test_a_transmission_makes_one_manifest_at_least() -> None:
    body = f'<manifests xmlns="{API.manifests.namespace}">{LINK}</manifests>'
    assert manifests.read_made_ids("transmit", told(API.manifests, body)) == ["13"]
    none = told(API.manifests, body.replace(LINK, ""))
    assert manifests.read_ids("find manifests", none) == []
    with pytest.raises(Unreadable):
        manifests.read_made_ids("transmit", none)
    with pytest.raises(Unreadable):
        manifests.read_ids("find manifests", told(API.manifests, re.sub('href="[^"]*"', 'href="/"', body)))


def test_a_manifest_has_its_number_and_links() -> None:
    links = f"<links>{LINK.replace('manifest', 'artifact', 1)}</links>"
    body = f'<manifest xmlns="{API.manifests.namespace}"><po-number>P1</po-number>{links}</manifest>'
    manifest = manifests.read_manifest("manifest", told(API.manifest, body), "13")
    assert (manifest.manifest_id, manifest.po_number) == ("13", "P1")
    assert manifest.link("artifact") is not None
    with pytest.raises(Unreadable):
        manifests.read_manifest("manifest", told(API.manifest, body.replace("P1", "")), "13")
