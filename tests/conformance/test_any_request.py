"""Whatever keeps the rules of D2PO is taken by both APIs of the emulator, as it was given."""

import dataclasses
import uuid

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.types import PostOffice, ShipmentRequest
from deliver_to_po.shipping import NotYet
from deliver_to_po.shipping.registry import shipping_system
from tests.shipping.requests import as_asked
from tests.strategies import valid_shipment_requests

OVER_HTTP = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(request=valid_shipment_requests())
@OVER_HTTP
def test_any_request_is_made_and_found_to_be_the_same(
    client: CanadaPost, nearby: PostOffice, request: ShipmentRequest
) -> None:
    request = dataclasses.replace(request, request_id=uuid.uuid4().hex, office_id=nearby.office_id, mailing_date=None)
    client.create_shipment(request)
    found = shipping_system("default").look_up(as_asked(request))
    assert not isinstance(found, NotYet)
    assert [each.same for each in found] == [True]


@given(name=st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn")), min_size=1, max_size=44))
@OVER_HTTP
def test_any_name_of_a_group_can_be_searched_for(client: CanadaPost, name: str) -> None:
    """It goes into an address, where its signs and accents must be escaped."""
    assert client.find_by_group(f"g{name}"[:32].strip()) == []
