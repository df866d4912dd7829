"""Figures as people type them and invoices hold them: read in either language, and None for whatever is none."""

from decimal import Decimal

import pytest

from deliver_to_po.admin.weights_and_money import LONGEST, read_amount, read_size, read_weight

PIN = "7023210000000018"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12.50", "12.50"),
        ("$1,234.50", "1234.50"),
        ("1 234,50 $", "1234.50"),
        ("1\N{NO-BREAK SPACE}234,50\N{NO-BREAK SPACE}$", "1234.50"),
        ("1\N{NARROW NO-BREAK SPACE}234,50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,250", "1250"),
        ("12,5", "12.5"),
        ("(12.50)", "-12.50"),
        ("-$12.50", "-12.50"),
        ("12,50-", "-12.50"),
        ("\N{MINUS SIGN}12.50", "-12.50"),
        ("12.50 CR", "-12.50"),
        ("CA$ 12.50", "12.50"),
        ("12.50 CAD", "12.50"),
        (".75", "0.75"),
    ],
)
def test_an_amount_is_read_as_either_language_writes_it(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    ["", "-", "n/a", "12.50.1", "1.2.3", "NaN", "Infinity", "1e9", "=1+1", "2026-11-26", "9" * 50, PIN],
)
def test_what_is_no_amount_is_none(text: str) -> None:
    assert read_amount(text) is None


@pytest.mark.parametrize(
    ("text", "kilograms"),
    [
        ("1.25", "1.250"),
        ("1,25 kg", "1.250"),
        ("1250g", "1.250"),
        ("1 250 g.", "1.250"),
        ("1,250.5 g", "1.2505"),
        ("+ 0.5 KG", "0.500"),
        (" .5 ", "0.500"),
        ("1,250 kg", "1.250"),
        ("2 lb", "0.90718474"),
        ("16 oz", "0.453592370000"),
        ("-0.02 kg", "-0.02"),
    ],
)
def test_a_weight_is_read_with_its_unit_and_with_either_decimal_sign(text: str, kilograms: str) -> None:
    weight = read_weight(text)
    assert weight is not None
    assert weight.kilograms() == Decimal(kilograms)


@pytest.mark.parametrize("text", ["", "kg", "ERR", "1.2.5", "12 st", "١٢", "<b>1</b>", "1" * (LONGEST + 1)])
def test_what_is_no_weight_is_none(text: str) -> None:
    assert read_weight(text) is None


def test_a_comma_is_of_thousands_in_money_alone() -> None:
    assert (read_amount("1,250"), read_size("1,250")) == (Decimal(1250), Decimal("1.250"))
