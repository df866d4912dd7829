"""Groups and manifests: the request to transmit to the letter, and the answers."""

import dataclasses

import pytest

from deliver_to_po.canadapost.bodies import transmit
from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.portal import manifests
from deliver_to_po.canadapost.types import TransmitRequest
from deliver_to_po.canadapost.webservices.client import API
from tests.canadapost.webservices import bodies
from tests.canadapost.webservices.documents import ACCOUNT, exact, told, written
from tests.factories import SENDER

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
