"""Whatever keeps the rules of D2PO is taken by the emulator each way, as it was given."""

import uuid

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.types import LabelFormat, NearPostalCode, PaperSize, ShipmentRequest
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.shipping import NotYet
from deliver_to_po.shipping.registry import shipping_system
from tests.shipping.requests import as_asked
from tests.strategies import WITH_A_SERVER, valid_shipment_requests
from tests.ways import WAYS

# The ways share the examples: a request differs little from one to the next.
SHARED = settings(WITH_A_SERVER, max_examples=max(10, WITH_A_SERVER.max_examples // len(WAYS)))


@given(request=valid_shipment_requests())
@SHARED
def test_any_request_is_made_and_found_to_be_the_same(way: str, request: ShipmentRequest) -> None:
    client = canada_post()
    office_id = client.find_offices(NearPostalCode("K1A0B1"))[0].office_id
    request = request._replace(request_id=uuid.uuid4().hex, office_id=office_id, mailing_date=None)
    if way == "webservices by card":
        # Its schema is older, and the paper is Canada Post's own choice.
        request = request._replace(paper_size=PaperSize.LETTER, label_format=LabelFormat.PDF)
        assume(len(request.recipient.email.rpartition(".")[2]) <= client.longest_top_level_domain)
    client.create_shipment(request)
    found = shipping_system("default").look_up(as_asked(request))
    assert not isinstance(found, NotYet)
    assert [each.same for each in found] == [True]


@given(name=st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn")), min_size=1, max_size=44))
@SHARED
def test_any_name_of_a_group_can_be_searched_for(client: CanadaPost, name: str) -> None:
    """It goes into an address, where its signs and accents must be escaped."""
    assert client.find_by_group(f"g{name}"[:32].strip()) == []
