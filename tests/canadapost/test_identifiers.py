"""How postal codes, post office ids, tracking numbers and phones are written and compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliver_to_po.canadapost import identifiers as ids


@pytest.mark.parametrize(
    "typed", ["K1A 0B1", "k1a0b1", " K1A-0B1 ", "k1a\u00a00b1", "K 1 A 0 B 1", "K1A\u20110B1", "Ｋ1Ａ0Ｂ1"]
)
def test_a_postal_code_is_read_in_any_spelling(typed: str) -> None:
    assert ids.normalize_postal_code(typed) == "K1A0B1"


@pytest.mark.parametrize(
    "typed", ["", "K1A", "K1A 0B1 9", "D1A 0B1", "K1A 0O1", "12345", "Ottawa", "K1A0B1" * 20, "Z1A 0B1"]
)
def test_what_is_no_canadian_postal_code_is_empty(typed: str) -> None:
    assert ids.normalize_postal_code(typed) == ""


@given(st.text())
def test_any_text_gives_a_postal_code_or_nothing(text: str) -> None:
    assert ids.normalize_postal_code(text) == "" or ids.POSTAL_CODE.fullmatch(ids.normalize_postal_code(text))


def test_two_spellings_of_one_office_compare_equal() -> None:
    assert ids.comparable_office_id("0000102978") == ids.comparable_office_id("102978") == "102978"


def test_a_made_tracking_number_has_a_right_check_digit() -> None:
    pin = ids.tracking_number("0007023210", 3941460)
    assert (len(pin), pin[:7], ids.is_tracking_number(pin)) == (16, "7023210", True)


@pytest.mark.parametrize("pin", ["7023210039414604", "EE001438583CA"])
def test_published_tracking_numbers_pass(pin: str) -> None:
    assert ids.is_tracking_number(pin)


@pytest.mark.parametrize("pin", ["7023210039414605", "EE001438584CA", "702321003941460", ""])
def test_a_wrong_check_digit_does_not(pin: str) -> None:
    assert not ids.is_tracking_number(pin)


def test_an_extension_is_no_part_of_the_phone_number() -> None:
    assert ids.phone_digits("+1 (613) 555-0123 x 456") == "16135550123"
