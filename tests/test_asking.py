"""Asking the shop: what its numbers and texts are taken for, and what is no answer at all."""

import logging
import uuid
from collections.abc import Iterator
from dataclasses import replace
from decimal import Context, Decimal, localcontext
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import RequestFactory
from django.utils.functional import lazystr

from deliver_to_po import asking
from deliver_to_po.adapter import OrderAdapter, Parcel, RecipientSuggestion, Sender, Service, ShipmentOption
from deliver_to_po.answered import ShopError
from deliver_to_po.asking import consignment_of
from deliver_to_po.models import Delivery
from tests.factories import PARCEL, SENDER

ORDER = Group(pk=7)
REQUEST = RequestFactory().get("/")


class Answers(OrderAdapter[Any]):
    """An adapter whose answers a test sets; what it does not set is right."""

    def __init__(self, **answers: Any) -> None:
        self.given = {"parcels": [PARCEL], "ship_from": SENDER, "goes_to_post_office": True, **answers}

    def __getattribute__(self, name: str) -> Any:
        given = object.__getattribute__(self, "__dict__").get("given", {})
        return (lambda _: given[name]) if name in given else object.__getattribute__(self, name)


@pytest.fixture
def shop_says(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that sets the adapter's answers."""

    def say(**answers: Any) -> None:
        monkeypatch.setattr(asking, "order_adapter", lambda: Answers(**answers))

    return say


def named(value: Any) -> str:
    """Return what a case is called: not its value, which may be endless."""
    return value if isinstance(value, str) and len(value) < 40 and value.isprintable() else type(value).__name__


NUMBERS: list[tuple[Any, str]] = [
    (Decimal("1.25"), "1.250"),
    (Decimal("1.2501"), "1.251"),
    (3, "3.000"),
    (3.2, "3.200"),
    (0.1 + 0.2, "0.300"),
    (sum(0.1 for _ in range(300)), "30.000"),
    (sum((Decimal("0.1") for _ in range(300)), Decimal(0)), "30.000"),
    ("1.25", "1.250"),
    (" 1.25 ", "1.250"),
    (Decimal(1) / Decimal(3), "0.334"),
    (1e-9, "0.000"),
    (Decimal("1e-9"), "0.001"),
    (Decimal("29.9" + "0" * 60 + "1"), "29.901"),
]


@pytest.mark.parametrize(("written", "taken_for"), NUMBERS)
def test_a_number_is_what_the_shop_meant_and_never_less(shop_says: Any, written: Any, taken_for: str) -> None:
    shop_says(parcels=[replace(PARCEL, weight_kg=written)])
    [parcel] = consignment_of(ORDER).parcels
    assert str(parcel.weight_kg) == taken_for


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
    ("1,25", "is no number"),
    ("", "is no number"),
    ("heavy", "is no number"),
    ("1.25" + "0" * 100 + "E3", "is no number"),
    ("9" * 1_000_000, "is no number"),
]


@pytest.mark.parametrize("field", ["weight_kg", "length_cm", "width_cm", "height_cm"])
@pytest.mark.parametrize(("written", "problem"), NO_NUMBERS, ids=named)
def test_what_is_no_number_is_named_with_its_field(shop_says: Any, field: str, written: Any, problem: str) -> None:
    shop_says(parcels=[PARCEL, replace(PARCEL, **{field: written})])
    with pytest.raises(ShopError) as caught:
        consignment_of(ORDER)
    assert str(caught.value) == f"parcels: {field} {problem}"


@pytest.mark.parametrize(
    ("written", "problem"), [(True, "is bool"), ("1,25", "is no number"), (1e9, "is out of range")]
)
def test_an_amount_is_looked_at_like_a_weight(shop_says: Any, written: Any, problem: str) -> None:
    shop_says(options=[ShipmentOption("COV", written)])
    with pytest.raises(ShopError, match=rf"^options: amount {problem}$"):
        consignment_of(ORDER)


def test_sides_are_in_millimetres_and_amounts_in_cents(shop_says: Any) -> None:
    shop_says(
        parcels=[Parcel(1, "20.01", 20.0, 10)],  # type: ignore[arg-type]
        options=[ShipmentOption("COV", 99.999), ShipmentOption("SO")],  # type: ignore[arg-type]
    )
    asked = consignment_of(ORDER)
    assert [str(side) for side in (asked.parcels[0].length_cm, asked.parcels[0].width_cm)] == ["20.1", "20.0"]
    assert [str(option.amount) for option in asked.options] == ["100.00", "None"]


def test_how_the_shops_thread_counts_changes_nothing(shop_says: Any) -> None:
    shop_says(parcels=[replace(PARCEL, weight_kg=Decimal("12.3456"))])
    with localcontext(Context(prec=2, traps=[])):
        [parcel] = consignment_of(ORDER).parcels
    assert str(parcel.weight_kg) == "12.346"


LISTS: list[tuple[Any, str]] = [
    (None, "returned None"),
    (5, "returned int"),
    ("SO", "returned a list with str"),
    ([PARCEL, None], "returned a list with None"),
    ({"weight": 1}, "returned a list with str"),
    (iter(int, 1), "returned 1000 or more"),
    ("x" * 1_000_000, "returned 1000 or more"),
]


@pytest.mark.parametrize("question", ["parcels", "options"])
@pytest.mark.parametrize(("answer", "problem"), LISTS, ids=named)
def test_what_is_no_list_of_them_is_refused(shop_says: Any, question: str, answer: Any, problem: str) -> None:
    if question == "options" and answer == [PARCEL, None]:
        problem = "returned a list with Parcel"
    shop_says(**{question: answer})
    with pytest.raises(ShopError, match=rf"^{question}: {problem}$"):
        consignment_of(ORDER)


def test_any_iterable_is_a_list(shop_says: Any) -> None:
    shop_says(parcels=(parcel for parcel in [PARCEL, PARCEL]), options={ShipmentOption("SO")})
    asked = consignment_of(ORDER)
    assert (len(asked.parcels), len(asked.options)) == (2, 1)


def test_a_generator_that_fails_on_the_way_is_the_adapters_failure(shop_says: Any) -> None:
    def parcels() -> Iterator[Parcel]:
        yield PARCEL
        raise KeyError

    shop_says(parcels=parcels())
    with pytest.raises(ShopError, match=r"^parcels: KeyError$"):
        consignment_of(ORDER)


TEXTS: list[tuple[Any, str]] = [
    (None, "is None"),
    (5, "is int"),
    (lazystr("Tilleul"), "is __proxy__"),
    ("x" * 201, "is too long"),
    ("x" * 1_000_000, "is too long"),
    ("a\0b", "has a character that is none"),
    ("\ud800", "has a character that is none"),
]


@pytest.mark.parametrize("field", ["company", "name", "phone", "line_1", "line_2", "city", "province", "postal_code"])
@pytest.mark.parametrize(("text", "problem"), TEXTS, ids=named)
def test_a_senders_text_must_be_one_that_a_database_keeps(shop_says: Any, field: str, text: Any, problem: str) -> None:
    if field in ("company", "name", "phone"):
        shop_says(ship_from=replace(SENDER, **{field: text}))
    else:
        shop_says(ship_from=replace(SENDER, address=replace(SENDER.address, **{field: text})))
    with pytest.raises(ShopError, match=rf"^ship_from: {field} {problem}$"):
        consignment_of(ORDER)


def test_half_a_character_is_no_answer_wherever_a_text_is_asked_for(shop_says: Any) -> None:
    """No page, log or cache key could hold it."""
    shop_says(shipping_system="cp\ud800", mailable="\ud800", home_delivery_url="/home/\ud800")
    for question in (asking.shipping_system_of, asking.why_not_mailable):
        with pytest.raises(ShopError, match="has a character that is none"):
            question(ORDER)
    assert asking.home_delivery_url_of(RequestFactory().get("/")) == ""


def test_a_sender_needs_an_address(shop_says: Any) -> None:
    shop_says(ship_from=Sender(company="Tilleul", phone="514 555-0142", address=None))  # type: ignore[arg-type]
    with pytest.raises(ShopError, match=r"^ship_from: address is None$"):
        consignment_of(ORDER)


def test_an_options_code_is_a_text(shop_says: Any) -> None:
    shop_says(options=[ShipmentOption(None)])  # type: ignore[arg-type]
    with pytest.raises(ShopError, match=r"^options: code is None$"):
        consignment_of(ORDER)


@pytest.mark.parametrize("answer", [None, "", "DOM.RP", 5, ["DOM.EP"], "x" * 1_000_000])
def test_only_the_two_services_are_services(shop_says: Any, answer: Any) -> None:
    shop_says(service=answer)
    with pytest.raises(ShopError, match=r"^service: returned (None|int|list|a text that is no service)$"):
        asking.service_of(ORDER)


def test_a_service_may_be_written_as_its_code(shop_says: Any) -> None:
    shop_says(service="DOM.XP")
    assert asking.service_of(ORDER) is Service.XPRESSPOST


@pytest.mark.parametrize("answer", [None, 1, 0, "yes", object()])
def test_only_true_and_false_say_where_an_order_goes(shop_says: Any, answer: Any) -> None:
    shop_says(goes_to_post_office=answer)
    with pytest.raises(ShopError, match=r"^goes_to_post_office: returned "):
        asking.goes_to_post_office(ORDER)


@pytest.mark.parametrize(("answer", "paid"), [(True, True), (False, False), (None, False), (1, False), ("yes", False)])
def test_only_a_plain_yes_is_paid(shop_says: Any, answer: Any, paid: bool) -> None:
    shop_says(is_paid=answer)
    assert asking.is_surely_paid(ORDER) is paid


def test_a_reason_to_hold_is_cut_and_may_be_lazy_or_none(shop_says: Any) -> None:
    shop_says(hold_reason=lazystr(" check the address "))
    assert asking.hold_reason(ORDER) == "check the address"
    shop_says(hold_reason=None)
    assert asking.hold_reason(ORDER) == ""
    shop_says(hold_reason="x" * 1_000_000)
    assert len(asking.hold_reason(ORDER)) == 200


@pytest.mark.parametrize("answer", [None, 5, "", " \n", "\0", b"T-1", object()])
def test_without_a_reference_it_is_the_orders_key(shop_says: Any, answer: Any) -> None:
    shop_says(reference=answer)
    assert asking.reference_of(ORDER) == "7"


def test_the_key_of_an_order_fits_a_label_also_as_a_fallback(shop_says: Any) -> None:
    key = uuid.uuid4()
    shop_says(reference=None)
    assert asking.reference_of(Delivery(pk=key)) == key.hex
    assert asking.reference_of(SimpleNamespace(pk="K" * 50)) == "K" * 35


@pytest.mark.parametrize(("answer", "language"), [("fr-CA", "fr"), ("en", "en"), ("", "fr"), (None, "fr"), (5, "fr")])
def test_without_a_language_it_is_the_one_of_the_step(shop_says: Any, answer: Any, language: str) -> None:
    shop_says(language=answer)
    assert asking.language_of_order(ORDER, "fr") == language


@pytest.mark.parametrize("answer", [None, 5, {"name": "Ann"}, "Ann"])
def test_what_is_no_suggestion_fills_in_nothing(shop_says: Any, answer: Any) -> None:
    shop_says(recipient=answer)
    assert asking.recipient_of(REQUEST) == RecipientSuggestion()


def test_a_suggestion_keeps_what_is_text_and_as_much_of_it_as_anybody_means(shop_says: Any) -> None:
    odd: Any = RecipientSuggestion(
        name="Ann" * 1000,
        address_line_1=None,  # type: ignore[arg-type]
        city="Québec\0",
        province=None,  # type: ignore[arg-type]
        email="\ud800",
        phone=5,  # type: ignore[arg-type]
    )
    shop_says(recipient=odd)
    known = asking.recipient_of(REQUEST)
    assert (len(known.name), known.city) == (200, "Québec")
    assert (known.address_line_1, known.province, known.email, known.phone) == ("", "", "", "")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Ontario", "ON"),
        ("Québec", "QC"),
        ("quebec", "QC"),
        ("QC ", "QC"),
        ("qc", "QC"),
        ("Nouvelle-Écosse", "NS"),
        ("Île-du-Prince-Édouard", "PE"),
        ("Terre-Neuve-et-Labrador", "NL"),
        ("Colombie-Britannique", "BC"),
        ("Maine", ""),
        ("", ""),
    ],
)
def test_a_suggested_province_is_understood_in_both_languages(written: str, code: str) -> None:
    assert RecipientSuggestion(province=written).province == code


@pytest.mark.parametrize(("answer", "offered"), [("K1A 0B1", "K1A 0B1"), (None, ""), (5, ""), ("x" * 1000, "x" * 200)])
def test_a_postal_code_is_a_text_or_nothing(shop_says: Any, answer: Any, offered: str) -> None:
    shop_says(postal_code=answer)
    assert asking.postal_code_of(REQUEST) == offered


def test_the_log_says_where_the_shops_code_failed_and_nothing_that_it_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Talkative(OrderAdapter[Any]):
        def service(self, order: Any) -> Service:
            raise KeyError("canary" + "@example.com")

    monkeypatch.setattr(asking, "order_adapter", Talkative)
    caplog.set_level(logging.ERROR)
    with pytest.raises(ShopError, match=r"^service: KeyError$"):
        asking.service_of(ORDER)
    [record] = caplog.records
    assert "service: KeyError" in record.getMessage()
    assert __file__ in record.getMessage()
    assert "canary@example.com" not in record.getMessage()
    assert record.exc_info is None
