"""Over mutated requests the emulator accepts what the schema allows and D2PO's rules keep, and nothing else."""

import copy
import uuid
from collections.abc import Callable
from functools import partial

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from deliver_to_po.canadapost.types import Account, NearPostalCode
from deliver_to_po.canadapost.webservices import shipping
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.emulator.server import EmulatorServer
from tests.conformance.schemas import NEEDS_FACTS, faults
from tests.conformance.xml_changes import CHANGES, fill
from tests.factories import make_request
from tests.strategies import WITH_A_SERVER

pytestmark = NEEDS_FACTS
NS = f"{{{shipping.NAMESPACE}}}"
TEXTS = (
    *("", " ", "x", "x" * 45, "true", "false", "1", "-1", "0", "1.2345", "99999"),
    *("K1A 0B1", "k1a0b1", "é", "a@b", "CA"),
)
# What rule 5 of D2PO needs, and the schema does not.
NEEDED = ("destination/name", "destination/client-voice-number", "notification", "options/option/option-qualifier-2")


@pytest.fixture
def valid(emulator: EmulatorServer) -> etree._Element:
    """Return a request that is right in every way."""
    office = canada_post(api="webservices").find_offices(NearPostalCode("K1A0B1"))[0]
    account = Account(emulator.config.customer_number, emulator.config.contract_id)
    return etree.fromstring(shipping.build_shipment(make_request(office_id=office.office_id), account))


def post(emulator: EmulatorServer, root: etree._Element) -> requests.Response:
    """Send a document as it is."""
    number, key = emulator.config.customer_number, (emulator.config.client_id, emulator.config.client_secret)
    headers = {"Content-Type": shipping.MEDIA_TYPE, "Accept": shipping.MEDIA_TYPE}
    url = f"{emulator.url}/rs/{number}/{number}/shipment"
    return requests.post(url, data=etree.tostring(root), headers=headers, auth=key, timeout=10)


@given(
    change=st.sampled_from([*CHANGES.values(), *(partial(fill, text) for text in TEXTS)]),
    place=st.integers(0, 60),
)
@example(change=CHANGES["reverse"], place=0)
@WITH_A_SERVER
def test_the_emulator_is_as_strict_as_the_schema_and_no_stricter(
    emulator: EmulatorServer, valid: etree._Element, change: Callable[[etree._Element], bool], place: int
) -> None:
    root = copy.deepcopy(valid)
    request_id = root.find(f"{NS}customer-request-id")
    assert request_id is not None
    request_id.text = uuid.uuid4().hex
    elements = list(root.iter("*"))
    change(elements[place % len(elements)])
    wrong = faults("shipment", etree.tostring(root))
    answer = post(emulator, root)
    refused_by_schema = answer.status_code == 500 and "cvc-" in answer.text
    assert refused_by_schema is bool(wrong), (wrong[:1], answer.status_code, answer.text)


@pytest.mark.parametrize("path", NEEDED)
def test_what_d2po_needs_is_asked_for_though_the_schema_does_not(
    emulator: EmulatorServer, valid: etree._Element, path: str
) -> None:
    element = valid.find(f"{NS}delivery-spec/{NS}" + path.replace("/", f"/{NS}"))
    assert element is not None
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)
    assert faults("shipment", etree.tostring(valid)) == []
    answer = post(emulator, valid)
    assert 400 <= answer.status_code < 500
    assert emulator.shipments == []
