"""Over mutated requests the emulator accepts exactly what Canada Post's schema and the D2PO rules accept."""

import copy
import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import pytest
from hypothesis import settings
from lxml import etree
from werkzeug.test import Client

from deliver_to_po.emulator.app import Emulator
from deliver_to_po.emulator.calls import World
from deliver_to_po.emulator.config import EmulatorConfig
from deliver_to_po.emulator.state import State
from tests.conformance.d2po_rules import as_body, rules_hold
from tests.conformance.schemas import NEEDS_FACTS, create_schema, facts, schema
from tests.conformance.xml_changes import CHANGES, fill

pytestmark = NEEDS_FACTS

# Every so many of a request's thousands of mutants is tried; in the profile "many" each of them.
STEP = 1 if settings().max_examples > 100 else 29
CUSTOMER = EmulatorConfig().customer_number
CONTRACT = EmulatorConfig().contract_id
TEXTS = (
    *("", " ", "x", "x" * 11, "x" * 13, "x" * 36, "x" * 45, "x" * 61, "0", "1", "-1", "+1.0", "0.5", "1.2345", "1.50"),
    *("9999", "1000000", "30", "30.001", "200.1", "true", "false", "TRUE", " true ", "K1A0B1", "K1A 0B1", "k1a0b1"),
    *("CA", "ca", "US", "Ont", "ON", "K1A0B1 ", "a@b.ca", "a@b", "é@b.ca", "a@b.museum", "2026-12-01", "2026-13-01"),
    *("2026-12-01Z", "DOM.XP", "DOM.RP", "D2PO", "HFP", "COV", "SO", "Account", "CreditCard", "PDF", "ZPL", "8.5x11"),
    *("4x6", "a\tb", "a\nb", "613-555-0199", "+1 613 555 0199 x12", "none", "1e1", "NaN", ".5", "5."),
)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Return an emulator without a server in front: thousands of calls are made to it."""
    world = World(EmulatorConfig(), State())
    yield world
    world.state.close()


@pytest.fixture(scope="module")
def office_id(world: World) -> str:
    """Return an office that takes parcels."""
    return world.offices(d2po_only=True)[0].office_id


def accepts(world: World) -> Callable[[str], bool]:
    return lambda office_id: world.office(office_id, d2po_only=True) is not None


# The XML API


def shipment(office_id: str) -> bytes:
    text = (facts() / "samples" / "webservices_d2po_shipment_v8_request.xml").read_text(encoding="utf-8")
    return text.replace("0000102978", office_id).replace("0042708517", CONTRACT).encode()


def full_shipment(office_id: str) -> bytes:
    """Return a shipment with everything else that the schema knows."""
    root = etree.fromstring(shipment(office_id))
    space = etree.QName(root).namespace
    more = f"""<x xmlns="{space}"><quickship-label-requested>false</quickship-label-requested>
<expected-mailing-date>2026-12-01</expected-mailing-date><provide-pricing-info>true</provide-pricing-info>
<create-qr-code/><create-public-key>false</create-public-key>
<return-spec><service-code>DOM.EP</service-code><return-recipient><company>CGI</company><address-details>
<address-line-1>1 Main</address-line-1><city>Ottawa</city><prov-state>ON</prov-state>
<postal-zip-code>K1A0B1</postal-zip-code></address-details></return-recipient>
<return-notification>a@b.ca</return-notification></return-spec>
<pre-authorized-payment><account-number>1</account-number><auth-code>2</auth-code>
<auth-timestamp>2026-12-01T10:00:00-05:00</auth-timestamp><charge-amount>1.50</charge-amount>
</pre-authorized-payment></x>"""
    customs = f"""<customs xmlns="{space}"><currency>CAD</currency><conversion-from-cad>1.25</conversion-from-cad>
<reason-for-export>SOG</reason-for-export><sku-list><item><customs-number-of-units>2</customs-number-of-units>
<customs-description>Book</customs-description><hs-tariff-code>4901.10</hs-tariff-code><unit-weight>0.5</unit-weight>
<customs-value-per-unit>9.99</customs-value-per-unit><customs-unit-of-measure>PCE</customs-unit-of-measure>
<country-of-origin>CA</country-of-origin></item></sku-list><ioss-id>1</ioss-id></customs>"""
    root.extend(etree.fromstring(more))
    spec = root.find("{*}delivery-spec")
    assert spec is not None
    spec.append(etree.fromstring(customs))
    return etree.tostring(root)


def nc_shipment(office_id: str) -> bytes:
    text = (facts() / "samples" / "webservices_d2po_ncshipment_v4_request.xml").read_text(encoding="utf-8")
    return text.replace("0000102978", office_id).encode()


def mutants(document: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what was done to a document, and the result: each element dropped, doubled, moved, renamed, refilled."""
    return islice(_every_mutant(document), 0, None, STEP)


def _every_mutant(document: bytes) -> Iterator[tuple[str, bytes]]:
    yield "untouched", document
    count = len(list(etree.fromstring(document).iter("*")))
    for place in range(count):
        for name, change in CHANGES.items():
            if (changed := _changed(document, place, change)) is not None:
                yield f"{name} at {place}", changed
        for text in TEXTS:
            if (changed := _changed(document, place, partial(fill, text))) is not None:
                yield f"{text!r} at {place}", changed


def _changed(document: bytes, place: int, change: Callable[[etree._Element], bool]) -> bytes | None:
    root = etree.fromstring(document)
    return etree.tostring(root) if change(list(root.iter("*"))[place]) else None


def post_xml(world: World, path: str, media_type: str, document: bytes) -> int:
    world.reset()
    answer = Client(Emulator(world)).post(
        path,
        data=document,
        auth=(world.config.client_id, world.config.client_secret),
        headers={"Accept": media_type, "Content-Type": media_type},
    )
    return answer.status_code


@pytest.mark.parametrize("make", [shipment, full_shipment])
def test_contract_shipments(world: World, office_id: str, make: Callable[[str], bytes]) -> None:
    path, media_type = f"/rs/{CUSTOMER}/{CUSTOMER}/shipment", "application/vnd.cpc.shipment-v8+xml"
    wrong, seen = [], set()
    for what, document in mutants(make(office_id)):
        root = etree.fromstring(document)
        valid = schema("shipment").validate(root) and etree.QName(root).localname == "shipment"
        held = valid and rules_hold(as_body(root), contract=CONTRACT, accepts=accepts(world))
        expected = 200 if held else 400 if valid else 500
        status = post_xml(world, path, media_type, document)
        seen.add(expected)
        if status != expected:
            wrong.append((what, expected, status))
    assert wrong == []
    assert seen == {200, 400, 500}


def test_non_contract_shipments(world: World, office_id: str) -> None:
    path, media_type = f"/rs/{CUSTOMER}/ncshipment", "application/vnd.cpc.ncshipment-v4+xml"
    wrong = []
    for what, document in mutants(nc_shipment(office_id)):
        root = etree.fromstring(document)
        valid = schema("ncshipment").validate(root) and etree.QName(root).localname == "non-contract-shipment"
        expected = (200 if _nc_rules_hold(world, root) else 400) if valid else 500
        status = post_xml(world, path, media_type, document)
        if status != expected:
            wrong.append((what, expected, status))
    assert wrong == []


def _nc_rules_hold(world: World, root: etree._Element) -> bool:
    body = as_body(root)
    spec = body["deliverySpec"]
    spec["sender"]["addressDetails"]["countryCode"] = "CA"
    spec["settlementInfo"] = {"intendedMethodOfPayment": "CreditCard"}
    body |= {"transmitShipment": True, "requestedShippingPoint": "K1A0B1"}
    return rules_hold(body, contract=CONTRACT, accepts=accepts(world), needs_dimensions=False)


TRANSMIT = """<transmit-set xmlns="http://www.canadapost.ca/ws/manifest-v8"><customer-request-id>1</customer-request-id>
<group-ids><group-id>none</group-id></group-ids><cpc-pickup-indicator>true</cpc-pickup-indicator>
<requested-shipping-point>K1A0B1</requested-shipping-point><detailed-manifests>true</detailed-manifests>
<method-of-payment>Account</method-of-payment><manifest-address><manifest-company>CGI</manifest-company>
<manifest-name>Bob</manifest-name><phone-number>613-555-0100</phone-number><address-details>
<address-line-1>1 Main</address-line-1><address-line-2>Ste 2</address-line-2><city>Ottawa</city>
<prov-state>ON</prov-state><country-code>CA</country-code><postal-zip-code>K1A0B1</postal-zip-code></address-details>
</manifest-address><customer-reference>ref</customer-reference>
<excluded-shipments><shipment-id>1</shipment-id></excluded-shipments></transmit-set>"""
RATE = """<mailing-scenario xmlns="http://www.canadapost.ca/ws/ship/rate-v4"><promo-code>p</promo-code>
<quote-type>counter</quote-type><expected-mailing-date>2099-12-01</expected-mailing-date><options><option>
<option-code>COV</option-code><option-amount>50</option-amount></option><option><option-code>D2PO</option-code></option>
</options><parcel-characteristics><weight>1.25</weight><dimensions><length>30</length><width>20</width>
<height>10.5</height></dimensions><unpackaged>false</unpackaged></parcel-characteristics><services>
<service-code>DOM.EP</service-code></services><origin-postal-code>K1A0B1</origin-postal-code><destination><domestic>
<postal-code>H2X1Y4</postal-code></domestic></destination></mailing-scenario>"""


@pytest.mark.parametrize(
    ("document", "name", "path", "media_type"),
    [
        (TRANSMIT, "manifest", f"/rs/{CUSTOMER}/{CUSTOMER}/manifest", "application/vnd.cpc.manifest-v8+xml"),
        (RATE, "rating", "/rs/ship/price", "application/vnd.cpc.ship.rate-v4+xml"),
    ],
)
def test_the_shape_of_other_requests(world: World, document: str, name: str, path: str, media_type: str) -> None:
    wrong = []
    own_root = etree.QName(etree.fromstring(document)).localname
    for what, mutant in mutants(document.encode()):
        root = etree.fromstring(mutant)
        valid = schema(name).validate(root) and etree.QName(root).localname == own_root
        status = post_xml(world, path, media_type, mutant)
        if (status != 500) != valid:
            wrong.append((what, valid, status))
    assert wrong == []


# The portal


def json_body(office_id: str) -> dict[str, Any]:
    name = "portal_create_shipment_d2po_contract_request.json"
    text = (facts() / "samples" / name).read_text(encoding="utf-8")
    body: dict[str, Any] = json.loads(text.replace("224693", office_id))
    body["deliverySpec"]["settlementInfo"]["contractId"] = CONTRACT
    body |= {"expectedMailingDate": "2026-12-01", "providePricingInfo": True, "createQrCode": False}
    body["deliverySpec"]["options"] += [{"optionCode": "COV", "optionAmount": 99.99}, {"optionCode": "SO"}]
    return body


VALUES: tuple[Any, ...] = (
    *(text for text in TEXTS if "\t" not in text and "\n" not in text),
    *(None, True, False, 0, 1, -1, 30, 30.001, 0.0005, 99.99, 5000.01, 200.1, 999.9, 999.95, 1000000, [], {}, [1]),
)


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield way
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*way, key))


def json_mutants(body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what was done to a body, and the result: each value dropped, doubled, extended, replaced."""
    yield "untouched", body
    for way in [way for way in places(body) if way]:
        for what in ("drop", "surprise", "double", *VALUES):
            changed = copy.deepcopy(body)
            holder = changed
            for key in way[:-1]:
                holder = holder[key]
            if _change_json(holder, way[-1], what):
                yield f"{what!r} at {'.'.join(map(str, way))}", changed


def _change_json(holder: Any, key: Any, what: Any) -> bool:
    if what == "drop":
        del holder[key]
    elif what == "surprise":
        if not isinstance(holder[key], dict):
            return False
        holder[key]["surprise"] = 1
    elif what == "double":
        if not isinstance(holder[key], list):
            return False
        holder[key] += copy.deepcopy(holder[key])
    else:
        holder[key] = what
    return True


def decimals_fit(body: dict[str, Any]) -> bool:
    """Say whether numbers have at most as many decimals as the page allows; its JSON schema leaves that out."""
    spec = body["deliverySpec"]
    parcel = spec["parcelCharacteristics"]
    return all(
        (
            round(parcel["weight"], 3) == parcel["weight"],
            all(round(side, 1) == side for side in parcel.get("dimensions", {}).values()),
            all(round(o.get("optionAmount", 0), 2) == o.get("optionAmount", 0) for o in spec.get("options", [])),
        )
    )


def test_the_portals_shipments(world: World, office_id: str) -> None:
    wrong, accepted = [], 0
    for what, body in islice(json_mutants(json_body(office_id)), 0, None, STEP):
        valid = create_schema().is_valid(body) and decimals_fit(body)
        expected = valid and rules_hold(body, contract=CONTRACT, accepts=accepts(world))
        status = post_json(world, f"/shipping/v1/{CUSTOMER}/{CUSTOMER}/shipments", body)
        accepted += expected
        if (status == 200) != expected:
            wrong.append((what, expected, status))
    assert wrong == []
    assert accepted > 100 // STEP


def post_json(world: World, path: str, body: Any) -> int:
    world.reset()
    world.state.add_token("token", 60)
    headers = {"Authorization": "Bearer token", "Accept": "application/json"}
    return Client(Emulator(world)).post(path, json=body, headers=headers).status_code
