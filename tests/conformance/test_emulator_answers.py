"""Every XML answer of the emulator validates against Canada Post's schemas, through a parcel's whole life."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests
from lxml import etree

from deliver_to_po.emulator.server import EmulatorServer
from tests.conformance.schemas import NEEDS_FACTS, facts, faults
from tests.conformance.test_emulator_strictness import RATE, TRANSMIT

pytestmark = NEEDS_FACTS

POST_OFFICE = "application/vnd.cpc.postoffice+xml"
RATING = "application/vnd.cpc.ship.rate-v4+xml"
SHIPMENT = "application/vnd.cpc.shipment-v8+xml"
NC_SHIPMENT = "application/vnd.cpc.ncshipment-v4+xml"
MANIFEST = "application/vnd.cpc.manifest-v8+xml"
TRACK = "application/vnd.cpc.track-v2+xml"
SCHEMAS = {
    "messages": "messages",
    "postoffice": "postoffice",
    "rate-v4": "rating",
    "shipment-v8": "shipment",
    "ncshipment-v4": "ncshipment",
    "manifest-v8": "manifest",
    "track": "track",
}
DISCOVERY = ("option",)


class Caller:
    """Calls the emulator's XML API and holds every XML answer against its schema."""

    def __init__(self, server: EmulatorServer) -> None:
        self.server = server
        self.account = f"/rs/{server.config.customer_number}"
        self.checked: list[str] = []

    def __call__(
        self, path: str, media_type: str, method: str = "GET", data: str | None = None
    ) -> tuple[int, etree._Element | None]:
        url = path if path.startswith("http") else self.server.url + path
        headers = {"Accept": media_type, "Content-Type": media_type, "Accept-Language": "fr-CA"}
        auth = (self.server.config.client_id, self.server.config.client_secret)
        body = data.encode() if data else None
        answer = requests.request(method, url, headers=headers, auth=auth, data=body, timeout=10)
        root = etree.fromstring(answer.content) if "xml" in answer.headers.get("Content-Type", "") else None
        if root is not None:
            assert faults(schema_of(root), answer.content) == [], path
            self.checked.append(etree.QName(root).localname)
        return answer.status_code, root

    def follow(self, root: etree._Element, rel: str, media_type: str = "") -> tuple[int, etree._Element | None]:
        link = next(link for link in root.iter("{*}link") if link.get("rel") == rel)
        return self(str(link.get("href")), media_type or str(link.get("media-type")))


def schema_of(root: etree._Element) -> str:
    name = etree.QName(root)
    last = str(name.namespace).rpartition("/")[2]
    return "discovery" if last == "rate-v4" and name.localname in DISCOVERY else SCHEMAS[last]


@pytest.fixture
def call(emulator_server: EmulatorServer) -> Iterator[Caller]:
    """Return a caller of an emulator with an empty memory."""
    emulator_server.reset()
    usual = emulator_server.world.config
    yield Caller(emulator_server)
    emulator_server.world.config = usual
    emulator_server.faults.clear()


@pytest.fixture
def office_id(call: Caller) -> str:
    _, root = call("/rs/postoffice?d2po=true&postalCode=K1A0B1&maximum=50", POST_OFFICE)
    assert root is not None
    return str(root.findtext(".//{*}office-id"))


def sample(name: str, office_id: str, call: Caller) -> str:
    text = (facts() / "samples" / name).read_text(encoding="utf-8")
    return text.replace("0000102978", office_id).replace("0042708517", call.server.config.contract_id)


def by_reference(reference: str) -> str:
    today, day = datetime.now(UTC).date(), timedelta(days=1)
    days = f"mailingDateFrom={today - day}&mailingDateTo={today + day}"
    return f"/vis/track/ref/summary?referenceNumber={reference}&{days}"


def test_post_offices(call: Caller, office_id: str) -> None:
    assert call(f"/rs/postoffice/{office_id}/detail", POST_OFFICE)[0] == 200
    assert call("/rs/postoffice?d2po=true&postalCode=X0A0H0", POST_OFFICE)[0] == 404
    assert call("/rs/postoffice?d2po=true&province=ON&city=Ottawa", POST_OFFICE)[0] == 404
    assert call("/rs/postoffice?d2po=true&province=ON&city=Ottawa&streetName=Main", POST_OFFICE)[0] == 200
    assert call("/rs/postoffice?postalCode=nonsense", POST_OFFICE)[0] == 400
    assert call("/rs/postoffice?postalCode=K1A0B1", "*/*")[0] == 406
    assert {"post-office-list", "post-office-detail", "messages"} == set(call.checked)


def test_every_office_fits_the_schema(call: Caller) -> None:
    offices = call.server.world.offices(d2po_only=False)[::97]
    assert len(offices) > 50
    for office in offices:
        assert call(f"/rs/postoffice/{office.office_id}/detail", POST_OFFICE)[0] == 200


def test_prices_and_an_option(call: Caller) -> None:
    assert call("/rs/ship/price", RATING, "POST", RATE)[0] == 200
    assert call("/rs/ship/price", RATING, "POST", RATE.replace("1.25", "heavy"))[0] == 500
    assert call("/rs/ship/option/D2PO", RATING)[0] == 200
    assert call("/rs/ship/option/XXX", RATING)[0] == 404


def test_a_contract_shipment_through_its_whole_life(call: Caller, office_id: str) -> None:
    path = f"{call.account}/{call.server.config.customer_number}"
    body = sample("webservices_d2po_shipment_v8_request.xml", office_id, call)
    status, made = call(f"{path}/shipment", SHIPMENT, "POST", body)
    assert made is not None
    assert status == 200
    for rel in ("self", "details", "group", "label"):
        assert call.follow(made, rel)[0] == 200
    assert call(f"{path}/shipment", SHIPMENT, "POST", body)[0] == 400
    assert call(f"{path}/group", SHIPMENT)[0] == 200
    assert call(f"{path}/shipment?groupid=20260730-OTT1&provideShipmentInfo=true", SHIPMENT)[0] == 200
    pin = made.findtext("{*}tracking-pin")
    assert call(f"/vis/track/pin/{pin}/detail", TRACK)[0] == 404
    group = TRANSMIT.replace("none", "20260730-OTT1").replace(
        "<excluded-shipments><shipment-id>1</shipment-id></excluded-shipments>", ""
    )
    call.server.configure(manifest_waits=1)
    _, manifests = call(f"{path}/manifest", MANIFEST, "POST", group)
    assert manifests is not None
    assert call.follow(manifests, "manifest")[0] == 400
    _, manifest = call.follow(manifests, "manifest")
    assert manifest is not None
    assert call.follow(manifest, "artifact")[0] == 200
    assert call.follow(manifest, "manifestShipments", SHIPMENT)[0] == 200
    own = f"{path}/shipment/{made.findtext('{*}shipment-id')}"
    assert call(own, SHIPMENT, "DELETE")[0] == 400
    refund = '<shipment-refund-request xmlns="http://www.canadapost.ca/ws/shipment-v8"><email>a@b.ca</email>'
    assert call(f"{own}/refund", SHIPMENT, "POST", f"{refund}</shipment-refund-request>")[0] == 200
    assert call(f"{own}/details", SHIPMENT)[0] == 200
    for step in ("in_transit", "to_post_office", "ready", "collected"):
        call.server.move_parcel(str(pin), step)
    assert call(by_reference("ORDER-1001"), TRACK)[0] == 200
    assert call(f"/vis/track/pin/{pin}/detail", TRACK)[0] == 200
    assert {"shipment-info", "shipment-details", "groups", "shipments", "manifests"} <= set(call.checked)


def test_a_non_contract_shipment(call: Caller, office_id: str) -> None:
    body = sample("webservices_d2po_ncshipment_v4_request.xml", office_id, call)
    status, made = call(f"{call.account}/ncshipment", NC_SHIPMENT, "POST", body)
    assert made is not None
    assert status == 200
    for rel in ("self", "details", "label"):
        assert call.follow(made, rel)[0] == 200
    pin = made.findtext("{*}tracking-pin")
    for asked in (f"trackingPIN={pin}", "from=202601010000&to=209912310000"):
        _, found = call(f"{call.account}/ncshipment?{asked}", NC_SHIPMENT)
        assert found is not None
        assert len(list(found)) == 1


@pytest.mark.parametrize("fault", ["400", "404", "429", "500", "slm"])
def test_trouble_on_request_fits_the_schema_too(call: Caller, office_id: str, fault: str) -> None:
    call.server.faults.add("*", fault, count=None)
    assert call(f"/rs/postoffice/{office_id}/detail", POST_OFFICE)[0] >= 400
