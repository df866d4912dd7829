"""Reading the portal's services and options, whose JSON nobody has seen: what is missing stays unknown."""

from typing import Any

import pytest

from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.portal.rating import read_option, read_rates, read_service


def test_what_a_service_does_not_tell_is_unknown() -> None:
    details = read_service("op", {"serviceCode": "DOM.EP"})
    limits = (details.max_weight_kg, details.max_length_cm, details.max_length_and_girth_cm)
    assert (limits, details.options) == ((None, None, None), ())


@pytest.mark.parametrize(
    "codes", [["HFP", "LAD"], [{"optionCode": "HFP"}, {"optionCode": "LAD"}], ["HFP", "LAD", {}, None]]
)
def test_codes_of_options_may_be_texts_or_objects(codes: Any) -> None:
    assert read_option("op", {"optionCode": "D2PO", "conflictingOptions": codes}).conflicts == ("HFP", "LAD")


@pytest.mark.parametrize("codes", [7, "HFP", {"optionCode": "HFP"}, True])
def test_codes_that_are_no_list_are_unreadable(codes: Any) -> None:
    with pytest.raises(Unreadable):
        read_option("op", {"optionCode": "D2PO", "conflictingOptions": codes})


@pytest.mark.parametrize("missing", ["base", "due"])
def test_a_price_without_an_amount_is_unreadable_and_no_price_is_an_empty_list(missing: str) -> None:
    row = {"serviceCode": "DOM.EP", "priceDetails": {"base": 1, "due": 2, missing: None}}
    with pytest.raises(Unreadable, match=f"no {missing}"):
        read_rates("op", [row])
    assert read_rates("op", []) == []


def test_a_price_in_another_currency_is_unreadable() -> None:
    row = {"serviceCode": "DOM.EP", "priceDetails": {"base": 1, "due": 2, "currency": "CAD"}}
    assert read_rates("op", [row])[0].due == 2
    row["priceDetails"] = {"base": 1, "due": 2, "currency": "USD"}
    with pytest.raises(Unreadable, match="another currency"):
        read_rates("op", [row])
    with pytest.raises(Unreadable, match="another currency"):
        read_rates("op", [{**row, "priceDetails": {"base": 1, "due": 2}, "currency": "USD"}])
