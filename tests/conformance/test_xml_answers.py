"""Every XML answer of the emulator is valid by Canada Post's own schemas, errors included."""

from typing import Any

import pytest
from lxml import etree

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.calling.transport import Answer, Transport
from deliver_to_po.canadapost.types import NearPostalCode
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.emulator.server import EmulatorServer
from tests.conformance.operations import PERSON, operations
from tests.conformance.schemas import NEEDS_FACTS, faults
from tests.factories import make_request

pytestmark = NEEDS_FACTS
WS = "http://www.canadapost.ca/ws/"
SCHEMAS = {
    f"{WS}postoffice": "postoffice",
    f"{WS}shipment-v8": "shipment",
    f"{WS}ncshipment-v4": "ncshipment",
    f"{WS}messages": "messages",
    f"{WS}track": "track",
}
# One namespace, two schemas: prices in one, services and options in the other.
RATE = {"price-quotes": "rating", "mailing-scenario": "rating"}
FAULTS = ("none", "400", "404", "429", "500", "slm", "202")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Answer]:
    """Return the list that every answer is added to."""
    heard: list[Answer] = []
    call = Transport.call

    def listen(self: Transport, *args: Any, **kwargs: Any) -> Answer:
        answer = call(self, *args, **kwargs)
        heard.append(answer)
        return answer

    monkeypatch.setattr(Transport, "call", listen)
    return heard


def schema_of(document: bytes) -> str:
    """Return which schema a document is held against."""
    name = etree.QName(etree.fromstring(document))
    if name.namespace == f"{WS}ship/rate-v4":
        return RATE.get(name.localname, "discovery")
    return SCHEMAS[str(name.namespace)]


@pytest.mark.parametrize("contract", [True, False], ids=["contract", "non-contract"])
@pytest.mark.parametrize("fault", FAULTS)
def test_every_answer_is_valid(
    emulator: EmulatorServer, change_settings: Any, answers: list[Answer], fault: str, contract: bool
) -> None:
    change_settings(CANADA_POST={"API": "webservices", "WITHOUT_CONTRACT": not contract})
    client = canada_post()
    office = client.find_offices(NearPostalCode("K1A0B1"))[0]
    request = make_request(office_id=office.office_id, recipient=PERSON, group_id="canary-group")
    made = client.create_shipment(request)
    client.office(office.office_id)
    client.label(made)
    client.tracking_details(made.tracking_pin)
    client.shipment_details(made.shipment_id)
    if fault != "none":
        emulator.faults.add("*", fault, count=None)
        change_settings(CANADA_POST={"TOTAL_TIMEOUT_SECONDS": 0.5})
        client = canada_post()
    for ask in operations(client, request, emulator.url).values():
        try:
            ask()
        except errors.CanadaPostError:
            continue
    documents = [answer.body for answer in answers if answer.body.startswith(b"<?xml")]
    assert [wrong for document in documents for wrong in faults(schema_of(document), document)] == []
    assert len(documents) > 5
