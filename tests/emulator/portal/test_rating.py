"""Prices and options."""

from typing import Any

import pytest

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


def test_only_services_that_go_with_the_options_are_quoted(caller: Caller) -> None:
    assert "DOM.RP" not in {quote["serviceCode"] for quote in quotes(caller, services=None).json()}
    assert "DOM.RP" in {quote["serviceCode"] for quote in quotes(caller, services=None, options=None).json()}


def test_a_commercial_quote_without_an_agreement_is_empty(caller: Caller) -> None:
    assert quotes(caller, customerNumber=None).json() == []
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


def test_names_come_in_french_when_asked_for(caller: Caller) -> None:
    caller.headers["Accept-Language"] = "fr-CA"
    assert quotes(caller).json()[0]["serviceName"] == "Colis accélérés"
