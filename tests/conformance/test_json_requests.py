"""Every create that the portal client can build is one that Canada Post's schema allows."""

import json

from hypothesis import HealthCheck, given, settings

from deliver_to_po.canadapost.bodies import shipment
from deliver_to_po.canadapost.portal.fields import as_json
from deliver_to_po.canadapost.types import Account, ShipmentRequest
from tests.conformance.schemas import NEEDS_FACTS, create_schema
from tests.strategies import accounts, valid_shipment_requests

pytestmark = NEEDS_FACTS


@given(request=valid_shipment_requests(), account=accounts())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_valid_request_becomes_a_valid_body(request: ShipmentRequest, account: Account) -> None:
    body = json.loads(json.dumps(as_json(shipment(request, account, says_payer=True))))
    assert [error.message for error in create_schema().iter_errors(body)] == []
    spec = body["deliverySpec"]
    assert spec["options"][0] == {"optionCode": "D2PO", "optionQualifier2": request.office_id}
    assert spec["destination"]["name"] == request.recipient.name
    assert spec["destination"]["clientVoiceNumber"] == request.recipient.phone
    assert spec["notification"]["email"] == request.recipient.email
