"""Prices, services and options."""

from typing import Any

import pytest

from deliver_to_po.emulator.server import EmulatorServer
from tests.emulator.conftest import Caller


def scenario(caller: Caller, **changes: Any) -> dict[str, Any]:
    return {
        "customerNumber": caller.config.customer_number,
        "options": [{"optionCode": "D2PO"}],
        "parcelCharacteristics": {"weight": 1.25, "dimensions": {"length": 30, "width": 20, "height": 10}},
        "services": ["DOM.EP", "DOM.XP"],
        "originPostalCode": "K1A0B1",
        "destination": {"domestic": {"postalCode": "H2X1Y4"}},
        **changes,
    }


def quotes(caller: Caller, **changes: Any) -> Any:
    body = {name: value for name, value in scenario(caller, **changes).items() if value is not None}
    return caller.call("POST", "/rating/v1/prices", json=body)


def test_both_services_have_a_price_with_taxes(caller: Caller) -> None:
    found = {quote["serviceCode"]: quote for quote in quotes(caller).json()}
    assert set(found) == {"DOM.EP", "DOM.XP"}
    details = found["DOM.EP"]["priceDetails"]
    before_tax = details["base"] + sum(row["adjustmentCost"] for row in details["adjustments"])
    assert details["due"] == pytest.approx(before_tax + details["taxes"]["gst"]["amt"])
    assert found["DOM.XP"]["priceDetails"]["due"] > details["due"]


def test_only_services_that_go_with_the_options_are_quoted(caller: Caller) -> None:
    assert "DOM.RP" not in {quote["serviceCode"] for quote in quotes(caller, services=None).json()}
    assert "DOM.RP" in {quote["serviceCode"] for quote in quotes(caller, services=None, options=None).json()}


def test_a_commercial_quote_without_an_agreement_is_empty(caller: Caller) -> None:
    assert quotes(caller, customerNumber=None).json() == []
    assert len(quotes(caller, customerNumber=None, quoteType="counter").json()) == 2


def test_who_has_no_agreement_gets_counter_prices_alone(emulator: EmulatorServer, caller: Caller) -> None:
    emulator.configure(contract_id="")
    assert quotes(caller).json() == []
    assert len(quotes(caller, customerNumber=None, quoteType="counter").json()) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"services": ["DOM.RP"]}, "9112"),
        ({"customerNumber": "1"}, "AA003"),
        ({"contractId": "1"}, "2561"),
        ({"expectedMailingDate": "2020-01-01"}, "1622"),
        ({"parcelCharacteristics": {"weight": 30.5}}, "9111"),
        ({"options": [{"optionCode": "COV", "optionAmount": 200}]}, "7050"),
        ({"options": [{"optionCode": "D2PO"}, {"optionCode": "HFP"}]}, "9134"),
        ({"originPostalCode": "k1a 0b1"}, "EMU-SCHEMA"),
        ({"options": []}, "EMU-SCHEMA"),
    ],
)
def test_a_question_that_breaks_a_rule_is_refused(caller: Caller, changes: dict[str, Any], code: str) -> None:
    answer = quotes(caller, **changes)
    assert (answer.status_code, answer.json()["errors"][0]["errorCode"]) == (400, code)


def test_a_service_and_an_option_say_what_goes_with_what(caller: Caller) -> None:
    service = caller.call("GET", "/rating/v1/services/DOM.EP", params={"country": "CA"}).json()
    assert service["restrictions"]["weightRestriction"]["max"] == 30_000
    assert "D2PO" in [option["optionCode"] for option in service["options"]]
    option = caller.call("GET", "/rating/v1/options/D2PO").json()
    assert (option["qualifierRequired"], option["conflictingOptions"]) == (True, ["HFP", "LAD", "DNS"])
    assert caller.call("GET", "/rating/v1/options/XXX").status_code == 404


def test_names_come_in_french_when_asked_for(caller: Caller) -> None:
    caller.headers["Accept-Language"] = "fr-CA"
    assert quotes(caller).json()[0]["serviceName"] == "Colis accélérés"
