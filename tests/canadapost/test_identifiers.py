"""How postal codes, post office ids, tracking numbers and phones are written and compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliver_to_po.canadapost import identifiers as ids


@pytest.mark.parametrize(
    "typed",
    [
        *("K1A 0B1", "k1a0b1", " K1A-0B1 ", "k1a\u00a00b1", "K 1 A 0 B 1", "K1A\u20110B1", "Ｋ1Ａ0Ｂ1"),
        "\u202ak1a 0b1\u202c",
    ],
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


def test_the_provinces_and_territories_are_these_thirteen() -> None:
    assert " ".join(ids.PROVINCES) == "AB BC MB NB NL NS NT NU ON PE QC SK YT"


def test_a_postal_code_is_shown_with_a_space() -> None:
    assert (ids.display_postal_code("K1A0B1"), ids.display_postal_code("K1A")) == ("K1A 0B1", "K1A")


def test_two_spellings_of_one_office_compare_equal() -> None:
    assert ids.comparable_office_id("0000102978") == ids.comparable_office_id("102978") == "102978"


def test_a_made_tracking_number_has_a_right_check_digit() -> None:
    pin = ids.tracking_number("0007023210", 3941460)
    assert (len(pin), pin[:7], ids.is_tracking_number(pin)) == (16, "7023210", True)


@pytest.mark.parametrize("pin", ["7023210039414604", "EE001438583CA"])
def test_published_tracking_numbers_pass(pin: str) -> None:
    assert ids.is_tracking_number(pin)


@pytest.mark.parametrize(
    ("digits", "check"), [("400638133393", 1), ("702321003941460", 4), ("1", 7), ("01", 7), ("10", 9), ("0", 0)]
)
def test_weights_begin_with_three_at_the_right_whatever_the_length(digits: str, check: int) -> None:
    assert ids.gs1_check_digit(digits) == check


@pytest.mark.parametrize(
    ("customer", "sequence", "begins"),
    [
        ("0007023210", 3941460, "702321003941460"),
        ("12", 1, "000001200000001"),
        ("7023210", 99999999, "702321099999999"),
    ],
)
def test_a_made_tracking_number_holds_seven_digits_of_the_customer_and_eight_of_the_sequence(
    customer: str, sequence: int, begins: str
) -> None:
    assert ids.tracking_number(customer, sequence)[:-1] == begins


@pytest.mark.parametrize("pin", ["RB123456785GB", "RR000000080CA", "RR000000155CA"])
def test_the_check_digit_of_an_international_number_is_eleven_less_the_remainder_with_two_exceptions(pin: str) -> None:
    assert ids.is_tracking_number(pin)
    wrong = (f"{pin[:10]}{digit}{pin[11:]}" for digit in "0123456789" if digit != pin[10])
    assert not any(map(ids.is_tracking_number, wrong))


@pytest.mark.parametrize(
    "pin",
    [
        *("7023210039414605", "EE001438584CA", "702321003941460", "", "70232100394146046", "ee001438583ca"),
        *("EE001438583C", "EEE01438583CA", "７023210039414604"),
    ],
)
def test_a_wrong_check_digit_does_not(pin: str) -> None:
    assert not ids.is_tracking_number(pin)


@pytest.mark.parametrize(
    ("phone", "is_one"),
    [
        ("613 555-0123", True),
        ("+1 613 555-0123", True),
        ("+1 613 555-012", False),
        ("1 613 555-0123", True),
        ("613 555-012", False),
        ("+683 4000", True),
        ("+683 400", False),
    ],
)
def test_a_phone_has_its_area_code_whether_or_not_that_of_north_america_stands_before(phone: str, is_one: bool) -> None:
    assert ids.is_phone(phone) == is_one


def test_an_extension_is_no_part_of_the_phone_number() -> None:
    assert ids.phone_digits("+1 (613) 555-0123 x 456") == "16135550123"
    assert ids.phone_digits("613-555-0123P7") == "6135550123"
    assert ids.phone_digits("") == ""


@pytest.mark.parametrize(
    ("text", "known"),
    [("1", True), ("1" * 12, True), *((bad, False) for bad in ("", "1" * 13, "12A", "１", "1\n"))],
)
def test_the_id_of_a_post_office_is_one_to_twelve_digits(text: str, known: bool) -> None:
    assert ids.is_office_id(text) is known
