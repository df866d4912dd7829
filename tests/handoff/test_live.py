"""Canada Post as the shipping system: a real delivery becomes a real shipment, and a test never does."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from deliver_to_po import conf
from deliver_to_po.canadapost.client import Capabilities
from deliver_to_po.canadapost.types import PostOffice, ShipmentInfo, ShipmentRequest, ShipmentStatus
from deliver_to_po.carrier import HostKind, host_kind
from deliver_to_po.choices import Reason, ShipmentState
from deliver_to_po.conf import APIS, app_settings
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.queue import hand_off
from deliver_to_po.models import Shipment
from deliver_to_po.shipping import Made, NotYet
from deliver_to_po.shipping import canadapost as module
from deliver_to_po.shipping.canadapost import CanadaPostShipping
from deliver_to_po.shipping.registry import shipping_system
from tests.factories import make_request
from tests.shipping.requests import as_asked

Due = Callable[..., Shipment]

# Every spelling of the hosts where Canada Post makes real shipments.
PRODUCTION = (
    "",
    conf.WEB_SERVICES_URL,
    "https://soa-gw.canadapost.ca./",
    "https://SOA-GW.CanadaPost.ca",
    "https://user:word@soa-gw.canadapost.ca",
    "https://api.canadapost-postescanada.ca./prod",
)


def system() -> CanadaPostShipping:
    """Return the shipping system as the shop configured it."""
    made = shipping_system("default")
    assert isinstance(made, CanadaPostShipping)
    return made


def handed_off(shipment: Shipment) -> Shipment:
    """Do what is due and return the row as it is then."""
    hand_off(shipment.pk, now=True)
    shipment.refresh_from_db()
    return shipment


@pytest.fixture(params=APIS)
def api(request: pytest.FixtureRequest, change_settings: Any) -> str:
    """Let the app speak one API after the other."""
    change_settings(CANADA_POST={"API": request.param})
    return str(request.param)


@pytest.mark.django_db
def test_a_real_delivery_becomes_a_shipment_with_its_label(
    live_emulator: EmulatorServer, api: str, due: Due, office: PostOffice
) -> None:
    shipment, test = due({"live": True}, api=api), due({"live": False}, api=api)
    shipment, test = handed_off(shipment), handed_off(test)
    [made] = live_emulator.shipments
    assert (shipment.state, shipment.reason) == (ShipmentState.LABELLED, Reason.NONE)
    assert (made.request_id, made.shipment_id) == (shipment.request_id, shipment.shipment_id)
    assert shipment.tracking_pin
    assert shipment.label.read().startswith(b"%PDF")
    assert (test.state, test.reason, test.shipment_id) == (ShipmentState.WAITING, Reason.TEST_ONLY, "")


@pytest.mark.django_db
def test_a_real_delivery_waits_while_live_is_off_and_goes_on_by_itself(
    emulator: EmulatorServer, due: Due, change_settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipment, test = handed_off(due({"live": True})), handed_off(due({"live": False}))
    assert (shipment.state, shipment.reason) == (ShipmentState.WAITING, Reason.LIVE_OFF)
    assert shipment.due_at is not None
    assert [made.request_id for made in emulator.shipments] == [test.request_id]
    monkeypatch.setattr("deliver_to_po.carrier.is_loopback", lambda host: False)
    change_settings(CANADA_POST={"LIVE": True})
    shipment = handed_off(shipment)
    assert shipment.state == ShipmentState.LABELLED
    assert [made.request_id for made in emulator.shipments] == [test.request_id, shipment.request_id]


@pytest.mark.parametrize(
    ("live", "live_setting", "url", "obstacle"),
    [
        (False, False, "http://127.0.0.1:9", Reason.NONE),
        (False, False, conf.WEB_SERVICES_SANDBOX_URL, Reason.NONE),
        (False, False, "https://proxy.example", Reason.NONE),
        (False, False, conf.WEB_SERVICES_URL, Reason.LIVE_OFF),
        (True, False, "https://proxy.example", Reason.LIVE_OFF),
        (True, False, conf.WEB_SERVICES_URL, Reason.LIVE_OFF),
        (False, True, "https://proxy.example", Reason.TEST_ONLY),
        (False, True, conf.WEB_SERVICES_URL, Reason.TEST_ONLY),
        (True, True, "https://proxy.example", Reason.NONE),
        (True, True, conf.WEB_SERVICES_URL, Reason.NONE),
    ],
)
def test_what_stands_in_the_way_of_a_delivery(
    change_settings: Any, api: str, live: bool, live_setting: bool, url: str, obstacle: Reason
) -> None:
    change_settings(CANADA_POST={"LIVE": live_setting, "BASE_URL": url})
    found = system().obstacle(live=live)
    assert (found.reason if found else Reason.NONE) == obstacle


class RecordingCanadaPost:
    """Stands for the client: keeps what would have been sent."""

    capabilities = Capabilities(find_by_request_id=True)

    def __init__(self) -> None:
        self.created: list[ShipmentRequest] = []

    def create_shipment(self, request: ShipmentRequest) -> ShipmentInfo:
        """Keep the request."""
        self.created.append(request)
        return ShipmentInfo(shipment_id="1", status=ShipmentStatus.CREATED)

    def find_shipments(self, request_id: str) -> Sequence[ShipmentInfo]:
        """Find nothing."""
        return []


@pytest.fixture
def canada_post(monkeypatch: pytest.MonkeyPatch) -> RecordingCanadaPost:
    """Put a stand-in in the place of the client, so that no test can reach a host that is real."""
    made = RecordingCanadaPost()
    monkeypatch.setattr(module, "canada_post", lambda **_: made)
    return made


@pytest.mark.parametrize("url", PRODUCTION)
def test_with_live_off_nothing_is_created_on_a_production_host(
    change_settings: Any, canada_post: RecordingCanadaPost, url: str
) -> None:
    change_settings(CANADA_POST={"LIVE": False, "BASE_URL": url})
    assert host_kind(app_settings.canada_post) == HostKind.PRODUCTION
    assert system().create(as_asked(make_request())) == NotYet(reason=Reason.LIVE_OFF)
    assert canada_post.created == []


def test_the_api_that_a_shipment_was_released_for_decides_whether_its_host_is_production(
    change_settings: Any, canada_post: RecordingCanadaPost
) -> None:
    change_settings(CANADA_POST={"API": "webservices", "LIVE": False, "BASE_URL": ""})
    assert system().speaking("portal").create(as_asked(make_request())) == NotYet(reason=Reason.LIVE_OFF)
    assert canada_post.created == []
    request = make_request()
    system().speaking("webservices").create(as_asked(request))
    assert canada_post.created == [request]


@pytest.mark.parametrize(
    ("live", "url"),
    [
        (True, ""),
        (True, conf.WEB_SERVICES_URL),
        (False, "http://127.0.0.1:9"),
        (False, conf.WEB_SERVICES_SANDBOX_URL),
    ],
)
def test_where_it_may_be_made_the_shipment_is_created(
    change_settings: Any, canada_post: RecordingCanadaPost, live: bool, url: str
) -> None:
    change_settings(CANADA_POST={"LIVE": live, "BASE_URL": url})
    request = make_request()
    made = system().create(replace(as_asked(request), live=live))
    assert isinstance(made, Made)
    assert made.shipment_id == "1"
    assert canada_post.created == [request]
