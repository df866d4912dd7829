"""Each rule of the schema and of D2PO, broken one at a time."""

from typing import Any

import pytest

from deliver_to_po.emulator.country.offices import all_offices
from deliver_to_po.emulator.server import EmulatorServer
from tests.emulator.conftest import Caller

GONE = object()
SPEC = "deliverySpec"
LINE_1 = f"{SPEC}.destination.addressDetails.addressLine1"
OPEN = next(office for office in all_offices() if office.accepts_d2po)
CLOSED_TO_D2PO = next(office.office_id for office in all_offices() if not office.accepts_d2po)


def change(body: dict[str, Any], path: str, value: object) -> None:
    """Set what is at a dotted path, or take it out."""
    *way, last = path.split(".")
    inner: Any = body
    for key in way:
        inner = inner[int(key)] if key.isdigit() else inner[key]
    if value is GONE:
        del inner[last]
    else:
        inner[last] = value


def codes(caller: Caller, body: dict[str, Any]) -> list[str]:
    answer = caller.create(body)
    return [error["errorCode"] for error in answer.json().get("errors", ())]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("surprise", 1),
        ("transmitShipment", False),
        ("groupId", "half a character \ud800"),
        (f"{SPEC}.destination.name", "two\nlines"),
        ("expectedMailingDate", "2026-13-01"),
        (f"{SPEC}.sender", GONE),
        (f"{SPEC}.sender.company", "x" * 45),
        (f"{SPEC}.options", []),
        (f"{SPEC}.parcelCharacteristics.weight", "1.25"),
        (f"{SPEC}.parcelCharacteristics.weight", True),
        (f"{SPEC}.parcelCharacteristics.weight", 1.2345),
        (f"{SPEC}.parcelCharacteristics.dimensions.height", 0),
        (f"{SPEC}.notification.email", "zoë@example.com"),
        (f"{SPEC}.printPreferences.outputFormat", "A4"),
    ],
)
def test_a_body_of_another_shape_is_refused(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any], path: str, value: object
) -> None:
    change(body, path, value)
    assert codes(caller, body) == ["EMU-SCHEMA"]
    assert emulator.shipments == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"groupId": GONE}, "EMU-GROUP"),
        ({"transmitShipment": True}, "EMU-GROUP"),
        ({"shippingPointId": "1234"}, "9186"),
        ({"requestedShippingPoint": GONE}, "EMU-SHIPPING-POINT"),
        ({"requestedShippingPoint": GONE, "cpcPickupIndicator": True}, "9187"),
        ({"quickshipLabelRequested": True}, "7230"),
        ({f"{SPEC}.settlementInfo.intendedMethodOfPayment": "Cash"}, "1711"),
        ({f"{SPEC}.settlementInfo.contractId": "1"}, "2561"),
        ({f"{SPEC}.settlementInfo.contractId": GONE}, "7302"),
        ({f"{SPEC}.destination.addressDetails.addressLine1": GONE}, "1156"),
        ({f"{SPEC}.destination.addressDetails.city": GONE}, "1157"),
        ({f"{SPEC}.destination.addressDetails.provState": "Ont"}, "1159"),
        ({f"{SPEC}.destination.addressDetails.postalZipCode": "K1K 4T3"}, "EMU-POSTAL-CODE"),
        ({f"{SPEC}.options.0.optionQualifier2": OPEN.office_id, LINE_1: OPEN.street.lower()}, "EMU-D2PO-ADDRESS"),
        ({f"{SPEC}.sender.addressDetails.provState": "ZZ"}, "1159"),
        ({f"{SPEC}.serviceCode": "DOM.XX"}, "7289"),
        ({f"{SPEC}.serviceCode": "DOM.RP"}, "EMU-D2PO-SERVICE"),
        ({f"{SPEC}.parcelCharacteristics.dimensions": GONE}, "9162"),
        ({f"{SPEC}.parcelCharacteristics.weight": 30.001}, "9111"),
        ({f"{SPEC}.parcelCharacteristics.dimensions.length": 200.1}, "9111"),
        ({f"{SPEC}.parcelCharacteristics.dimensions": {"length": 150, "width": 60, "height": 20}}, "9111"),
        ({f"{SPEC}.parcelCharacteristics.dimensions": {"length": 60, "width": 150, "height": 10}}, "9111"),
        ({f"{SPEC}.printPreferences": {"outputFormat": "8.5x11", "encoding": "ZPL"}}, "9191"),
        ({f"{SPEC}.options.0.optionQualifier2": GONE}, "EMU-D2PO-OFFICE"),
        ({f"{SPEC}.options.0.optionQualifier2": "0000000001"}, "EMU-D2PO-OFFICE"),
        ({f"{SPEC}.options.0.optionQualifier2": CLOSED_TO_D2PO}, "EMU-D2PO-OFFICE"),
        ({f"{SPEC}.destination.name": GONE}, "EMU-DESTINATION"),
        ({f"{SPEC}.destination.name": GONE, f"{SPEC}.destination.company": "Somewhere Ltd"}, "EMU-D2PO-NAME"),
        ({f"{SPEC}.destination.clientVoiceNumber": GONE}, "EMU-D2PO-PHONE"),
        ({f"{SPEC}.destination.clientVoiceNumber": "none"}, "EMU-D2PO-PHONE"),
        ({f"{SPEC}.destination.clientVoiceNumber": "+1555012"}, "EMU-D2PO-PHONE"),
        ({f"{SPEC}.destination.addressDetails.countryCode": "US"}, "EMU-D2PO-COUNTRY"),
        ({f"{SPEC}.notification": GONE}, "EMU-D2PO-NOTIFICATION"),
        ({f"{SPEC}.notification.onDelivery": False}, "EMU-D2PO-NOTIFICATION"),
    ],
)
def test_a_broken_rule_is_named_by_its_code(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any], changes: dict[str, object], code: str
) -> None:
    for path, value in changes.items():
        change(body, path, value)
    assert code in codes(caller, body)
    assert emulator.shipments == []


def as_without_an_agreement(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body as one who pays by card sends it."""
    del body["groupId"]
    body["transmitShipment"] = True
    body[SPEC]["settlementInfo"] = {"intendedMethodOfPayment": "CreditCard"}
    return body


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"groupId": "g", "transmitShipment": GONE}, "7302"),
        ({f"{SPEC}.settlementInfo.intendedMethodOfPayment": "Account"}, "1711"),
        ({f"{SPEC}.settlementInfo.contractId": "0040000001"}, "2561"),
    ],
)
def test_who_has_no_agreement_pays_by_card_and_at_once(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any], changes: dict[str, object], code: str
) -> None:
    emulator.configure(contract_id="")
    as_without_an_agreement(body)
    assert caller.create(body).json()["shipmentStatus"] == "transmitted"
    for path, value in changes.items():
        change(body, path, value)
    assert code in codes(caller, body)


@pytest.mark.parametrize(("card", "code"), [("none", "9174"), ("declined", "1182")])
def test_a_card_that_cannot_be_charged_makes_nothing(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any], card: str, code: str
) -> None:
    assert caller.call("POST", "/_emulator/settings", json={"card": card}).status_code == 200
    assert codes(caller, as_without_an_agreement(body)) == [code]
    assert emulator.shipments == []


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([{"optionCode": "HFP"}], "9134"),
        ([{"optionCode": "LAD"}], "9134"),
        ([{"optionCode": "DNS"}], "9134"),
        ([{"optionCode": "XYZ"}], "EMU-OPTION"),
        ([{"optionCode": "SO"}, {"optionCode": "SO"}], "EMU-OPTION"),
        ([{"optionCode": "COV"}], "1719"),
        ([{"optionCode": "COV", "optionAmount": 5000.01}, {"optionCode": "SO"}], "1719"),
        ([{"optionCode": "COV", "optionAmount": 100.01}], "7050"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    caller: Caller, body: dict[str, Any], options: list[dict[str, Any]], code: str
) -> None:
    body[SPEC]["options"] += options
    assert codes(caller, body) == [code]


@pytest.mark.parametrize(
    "options",
    [
        [{"optionCode": "SO"}],
        [{"optionCode": "COV", "optionAmount": 100}],
        [{"optionCode": "COV", "optionAmount": 5000}, {"optionCode": "SO"}, {"optionCode": "PA19"}],
    ],
)
def test_options_that_go_with_d2po_are_accepted(
    caller: Caller, body: dict[str, Any], options: list[dict[str, Any]]
) -> None:
    body[SPEC]["options"] += options
    assert caller.create(body).status_code == 200


def test_an_office_that_stopped_taking_parcels_is_refused(
    emulator: EmulatorServer, caller: Caller, body: dict[str, Any]
) -> None:
    emulator.state.close_office(body[SPEC]["options"][0]["optionQualifier2"], "no_longer")
    assert codes(caller, body) == ["EMU-D2PO-OFFICE"]


def test_messages_come_in_french_when_asked_for(caller: Caller, body: dict[str, Any]) -> None:
    del body[SPEC]["destination"]["clientVoiceNumber"]
    answer = caller.create(body, headers={"Accept-Language": "fr-CA"})
    assert answer.json()["errors"][0]["message"] == "D2PO exige le téléphone du destinataire."
