"""What the shop's numbers and texts are taken for, and what is no answer at all."""

from dataclasses import replace
from decimal import Context, Decimal, localcontext
from typing import Any

import pytest
from django.utils.functional import SimpleLazyObject, lazystr

from deliver_to_po.adapter import Parcel, Sender, ShipmentOption
from deliver_to_po.host.answered import ShopError, as_text, usable_amount, usable_option, usable_parcel, usable_sender
from tests.factories import PARCEL, SENDER

NUMBERS: list[tuple[Any, str]] = [
    (Decimal("1.25"), "1.250"),
    (Decimal("1.2501"), "1.251"),
    (3, "3.000"),
    (3.2, "3.200"),
    (sum(0.1 for _ in range(300)), "30.000"),
    (sum((Decimal("0.1") for _ in range(300)), Decimal(0)), "30.000"),
    (" 1.25 ", "1.250"),
    (Decimal(1) / Decimal(3), "0.334"),
    (1e-9, "0.000"),
    (Decimal("1e-9"), "0.001"),
    (Decimal("29.9" + "0" * 60 + "1"), "29.901"),
]
NO_NUMBERS: list[tuple[Any, str]] = [
    (None, "is None"),
    (True, "is bool"),
    (object(), "is object"),
    (b"1.25", "is bytes"),
    (float("nan"), "is out of range"),
    (float("-inf"), "is out of range"),
    (Decimal("NaN"), "is out of range"),
    (Decimal("sNaN"), "is out of range"),
    (1e9, "is out of range"),
    (-1e9, "is out of range"),
    (10**5000, "is out of range"),
    (100_000, "is out of range"),
    ("99999.9999", "is out of range"),
    ("1,25", "is no number"),
    ("", "is no number"),
    ("heavy", "is no number"),
    ("1.25" + "0" * 100 + "E3", "is no number"),
    ("9" * 1_000_000, "is no number"),
    (SimpleLazyObject(lambda: Decimal(1)), "is no number"),
]
NO_TEXTS: list[tuple[Any, str]] = [
    (None, "is None"),
    (5, "is int"),
    (lazystr("Tilleul"), "is __proxy__"),
    ("x" * 201, "is too long"),
    ("a\0b", "has a character that is none"),
    ("\ud800", "has a character that is none"),
]


def named(value: Any) -> str:
    """Return what a case is called: not its value, which may be endless."""
    return value if isinstance(value, str) and len(value) < 40 and value.isprintable() else type(value).__name__


@pytest.mark.parametrize(("written", "taken_for"), NUMBERS)
def test_a_number_is_what_the_shop_meant_and_never_less(written: Any, taken_for: str) -> None:
    assert str(usable_parcel(replace(PARCEL, weight_kg=written)).weight_kg) == taken_for


@pytest.mark.parametrize(("written", "problem"), NO_NUMBERS, ids=named)
def test_what_is_no_number_is_refused(written: Any, problem: str) -> None:
    with pytest.raises(ShopError) as caught:
        usable_parcel(replace(PARCEL, weight_kg=written))
    assert str(caught.value) == f"parcels: weight_kg {problem}"


@pytest.mark.parametrize("field", ["weight_kg", "length_cm", "width_cm", "height_cm"])
def test_a_number_that_is_none_is_named_by_its_field(field: str) -> None:
    written: Any = {field: "1,25"}
    with pytest.raises(ShopError, match=rf"^parcels: {field} is no number$"):
        usable_parcel(replace(PARCEL, **written))


def test_sides_are_in_millimetres_and_amounts_in_cents() -> None:
    parcel = usable_parcel(Parcel(1, "20.01", 20.0, 10))  # type: ignore[arg-type]
    assert [str(side) for side in (parcel.length_cm, parcel.width_cm)] == ["20.1", "20.0"]
    assert str(usable_option(ShipmentOption("COV", 99.999)).amount) == "100.00"  # type: ignore[arg-type]
    assert usable_option(ShipmentOption("SO")) == ShipmentOption("SO")


@pytest.mark.parametrize("written", [Decimal("-0.0041"), 0.3 - 0.1 - 0.2])
def test_an_amount_of_nothing_has_no_sign(written: Any) -> None:
    assert str(usable_amount("price", written)) == "0.00"


def test_how_the_shops_thread_counts_changes_nothing() -> None:
    with localcontext(Context(prec=2, traps=[])):
        parcel = usable_parcel(replace(PARCEL, weight_kg=Decimal("12.3456")))
    assert str(parcel.weight_kg) == "12.346"


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        (ShipmentOption("COV", "1,25"), "amount is no number"),  # type: ignore[arg-type]
        (ShipmentOption(None), "code is None"),  # type: ignore[arg-type]
    ],
)
def test_an_option_has_a_code_and_an_amount(option: ShipmentOption, problem: str) -> None:
    with pytest.raises(ShopError, match=rf"^options: {problem}$"):
        usable_option(option)


@pytest.mark.parametrize(("text", "problem"), NO_TEXTS, ids=named)
def test_a_senders_text_must_be_one_that_a_database_keeps(text: Any, problem: str) -> None:
    with pytest.raises(ShopError, match=rf"^ship_from: company {problem}$"):
        usable_sender(replace(SENDER, company=text))


@pytest.mark.parametrize("field", ["company", "name", "phone", "line_1", "line_2", "city", "province", "postal_code"])
def test_each_text_of_a_sender_is_looked_at(field: str) -> None:
    wrong: Any = {field: None}
    of_address = hasattr(SENDER.address, field)
    sender = replace(SENDER, **({"address": replace(SENDER.address, **wrong)} if of_address else wrong))
    with pytest.raises(ShopError, match=rf"^ship_from: {field} is None$"):
        usable_sender(sender)


def test_a_sender_needs_an_address() -> None:
    with pytest.raises(ShopError, match=r"^ship_from: address is None$"):
        usable_sender(Sender(company="Tilleul", phone="514 555-0142", address=None))  # type: ignore[arg-type]


def test_a_senders_postal_code_is_written_as_canada_post_writes_it() -> None:
    odd = replace(SENDER, address=replace(SENDER.address, postal_code="h2x 1y4"))
    assert usable_sender(odd).address.postal_code == "H2X1Y4"
    unknown = replace(SENDER, address=replace(SENDER.address, postal_code="90210"))
    assert usable_sender(unknown) == unknown


@pytest.mark.parametrize(
    ("answer", "text"), [("Québec\0", "Québec"), ("x" * 300, "x" * 200), (None, ""), (5, ""), ("\ud800", "")]
)
def test_a_form_shows_what_is_text_and_as_much_of_it_as_anybody_means(answer: Any, text: str) -> None:
    assert as_text(answer) == text
