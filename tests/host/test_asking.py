"""Asking the shop: what each of its answers leads to, and what is no answer at all."""

import logging
import uuid
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject, lazy, lazystr

from deliver_to_po.adapter import OrderAdapter, Parcel, RecipientSuggestion, Service, ShipmentOption
from deliver_to_po.host import asking, calling
from deliver_to_po.host.answered import ShopError
from deliver_to_po.host.asking import consignment_of
from deliver_to_po.models import Delivery
from tests.factories import PARCEL, SENDER
from tests.host.test_answered import named

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
        monkeypatch.setattr(calling, "order_adapter", lambda: Answers(**answers))

    return say


def price(cart: Any) -> Any:
    return asking.price_of(cart, Service.XPRESSPOST, None)


def language(order: Any) -> str:
    return asking.language_of_order(order, "fr")


# Without an answer these raise ShopError …
NEEDED: dict[str, Callable[[Any], Any]] = {
    "parcels": asking.parcels_of,
    "ship_from": asking.sender_of,
    "options": asking.options_of,
    "service": asking.service_of,
    "services": asking.services_of,
    "mailable": asking.why_not_mailable,
    "handling_days": asking.handling_days_of,
    "price": price,
    "shipping_system": asking.shipping_system_of,
    "goes_to_post_office": asking.goes_to_post_office,
    "is_paid": asking.is_paid,
    "hold_reason": asking.hold_reason,
    "contents": asking.contents_of,
    "next_url": asking.next_url_of,
}
# … and these return something else.
OTHERWISE: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "reference": (asking.reference_of, "7"),
    "parcel_contents": (lambda order: asking.contents_of_parcel(order, 2, of=2), ()),
    "packing_order": (asking.packing_order_of, ""),
    "language": (language, "fr"),
    "email": (asking.email_of, ""),
    "cart": (asking.cart_of, None),
    "recipient": (asking.recipient_of, RecipientSuggestion()),
    "postal_code": (asking.postal_code_of, ""),
    "home_delivery_url": (asking.home_delivery_url_of, ""),
    "last_delivery": (asking.last_delivery_of, None),
    "may_see_label": (lambda order: asking.may_see_label(REQUEST, order), False),
    "tax_destination": (lambda _: asking.tax_destination_of(Delivery(office_province="NS")), "NS"),
    "price_changed": (lambda _: asking.tell_price_changed(REQUEST, Delivery()), None),
}


def fails(*_: Any) -> Any:
    raise KeyError("canary")


@pytest.fixture
def shop_fails(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that lets one method of the adapter fail."""

    def fail(method: str) -> None:
        monkeypatch.setattr(calling, "order_adapter", type("Failing", (OrderAdapter,), {method: fails}))

    return fail


@pytest.mark.parametrize("question", NEEDED)
def test_an_answer_that_is_needed_and_fails_names_its_question(shop_fails: Any, question: str) -> None:
    shop_fails(question)
    with pytest.raises(ShopError, match=rf"^{question}: KeyError$"):
        NEEDED[question](ORDER)


@pytest.mark.parametrize("question", OTHERWISE)
def test_an_answer_that_nothing_hangs_on_and_fails_is_replaced(shop_fails: Any, question: str) -> None:
    shop_fails(question)
    ask, otherwise = OTHERWISE[question]
    assert ask(ORDER) == otherwise


def test_every_question_of_the_adapter_is_in_one_of_the_tables() -> None:
    methods = {name for name, value in vars(OrderAdapter).items() if callable(value) and not name.startswith("_")}
    assert {*NEEDED, *OTHERWISE} == methods


def test_an_adapter_that_the_setting_does_not_name_is_a_mistake_of_the_shop(change_settings: Any) -> None:
    change_settings(ORDER_ADAPTER="nowhere.Adapter")
    with pytest.raises(ShopError, match=r"^is_paid: ImproperlyConfigured$"):
        asking.is_paid(ORDER)
    assert asking.keeps_prices() is False


LISTS: list[tuple[Any, str]] = [
    (None, "returned None"),
    (5, "returned int"),
    ("SO", "returned a list with str"),
    ([PARCEL, None], "returned a list with None"),
    ({"weight": 1}, "returned a list with str"),
    (iter(int, 1), "returned 1000 or more"),
]


@pytest.mark.parametrize(("answer", "problem"), LISTS, ids=named)
def test_what_is_no_list_of_parcels_is_refused(shop_says: Any, answer: Any, problem: str) -> None:
    shop_says(parcels=answer)
    with pytest.raises(ShopError, match=rf"^parcels: {problem}$"):
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


def test_half_a_character_is_no_answer_wherever_a_text_is_asked_for(shop_says: Any) -> None:
    """No page, log or cache key could hold it."""
    shop_says(shipping_system="cp\ud800", mailable="\ud800", home_delivery_url="/home/\ud800")
    for question in (asking.shipping_system_of, asking.why_not_mailable):
        with pytest.raises(ShopError, match="has a character that is none"):
            question(ORDER)
    assert asking.home_delivery_url_of(RequestFactory().get("/")) == ""


@pytest.mark.parametrize("answer", [None, "", "DOM.RP", 5, ["DOM.EP"], "x" * 1_000_000])
def test_only_the_two_services_are_services(shop_says: Any, answer: Any) -> None:
    shop_says(service=answer)
    with pytest.raises(ShopError, match=r"^service: returned (None|int|list|a text that is no service)$"):
        asking.service_of(ORDER)


def test_services_too_are_of_these_two(shop_says: Any) -> None:
    shop_says(services=["DOM.RP"])
    with pytest.raises(ShopError, match=r"^services: returned a text that is no service$"):
        asking.services_of(ORDER)


@pytest.mark.parametrize("thing", ["2x", (1, "Book", "red")])
def test_contents_are_pairs(shop_says: Any, thing: Any) -> None:
    shop_says(contents=[thing])
    with pytest.raises(ShopError, match=r"^contents: returned a list with (str|tuple)$"):
        asking.contents_of(ORDER)


def test_a_service_may_be_written_as_its_code(shop_says: Any) -> None:
    shop_says(service="DOM.XP")
    assert asking.service_of(ORDER) is Service.XPRESSPOST


@pytest.mark.parametrize("answer", [None, 1, 0, "yes", object()])
def test_only_true_and_false_say_where_an_order_goes(shop_says: Any, answer: Any) -> None:
    shop_says(goes_to_post_office=answer)
    with pytest.raises(ShopError, match=r"^goes_to_post_office: returned "):
        asking.goes_to_post_office(ORDER)


@pytest.mark.parametrize(
    ("answer", "paid", "unpaid"),
    [(True, True, False), (False, False, True), (None, False, False), (1, False, False), (0, False, False)],
)
def test_only_a_plain_yes_is_paid_and_only_a_plain_no_is_unpaid(
    shop_says: Any, answer: Any, paid: bool, unpaid: bool
) -> None:
    shop_says(is_paid=answer)
    assert (asking.is_surely_paid(ORDER), asking.is_surely_unpaid(ORDER)) == (paid, unpaid)


@pytest.mark.parametrize(("answer", "elsewhere"), [(True, False), (False, True), (None, False)])
def test_only_a_plain_no_sends_an_order_elsewhere(shop_says: Any, answer: Any, elsewhere: bool) -> None:
    shop_says(goes_to_post_office=answer)
    assert asking.surely_goes_elsewhere(ORDER) is elsewhere


@pytest.mark.parametrize("days", [True, -1, 366, 1.5, None])
def test_handling_days_are_a_number_of_days_that_somebody_waits(shop_says: Any, days: Any) -> None:
    shop_says(handling_days=days)
    with pytest.raises(ShopError, match=r"^handling_days: "):
        asking.handling_days_of(ORDER)


def test_a_reason_to_hold_is_cut_and_may_be_lazy_or_none(shop_says: Any) -> None:
    shop_says(hold_reason=lazystr(" check the address "))
    assert asking.hold_reason(ORDER) == "check the address"
    shop_says(hold_reason=None)
    assert asking.hold_reason(ORDER) == ""
    shop_says(hold_reason="x" * 1_000_000)
    assert len(asking.hold_reason(ORDER)) == 200


def test_a_lazy_name_that_fails_is_the_shops_mistake(shop_says: Any) -> None:
    shop_says(contents=[(1, lazy(lambda: str(1 / 0), str)())])
    with pytest.raises(ShopError, match=r"^contents: ZeroDivisionError"):
        asking.contents_of(ORDER)


def test_a_lazy_object_is_what_it_stands_for_and_one_that_fails_is_the_shops_mistake(shop_says: Any) -> None:
    cart = object()
    shop_says(cart=SimpleLazyObject(lambda: cart), services=[SimpleLazyObject(lambda: 1 / 0)])
    assert asking.cart_of(REQUEST) is cart
    with pytest.raises(ShopError, match=r"^services: ZeroDivisionError"):
        asking.services_of(ORDER)
    shop_says(cart=SimpleLazyObject(lambda: 1 / 0), last_delivery=SimpleLazyObject(lambda: 1 / 0))
    assert (asking.cart_of(REQUEST), asking.last_delivery_of(REQUEST)) == (None, None)


def test_a_province_may_be_in_small_letters(shop_says: Any) -> None:
    shop_says(tax_destination=" on")
    assert asking.tax_destination_of(Delivery(office_province="NS")) == "ON"


def test_the_buyer_reads_whole_sentences_of_what_cannot_be_mailed(shop_says: Any) -> None:
    advice = "Lamp oil does not travel by post. " * 9
    shop_says(mailable=advice)
    assert asking.why_not_mailable(ORDER) == advice.strip()
    shop_says(mailable="x" * 1_000_000)
    assert len(asking.why_not_mailable(ORDER)) == asking.ADVICE_LENGTH


@pytest.mark.parametrize("answer", [None, 0.5, "", " \n", "\0", b"T-1", object()])
def test_without_a_reference_it_is_the_orders_key(shop_says: Any, answer: Any) -> None:
    shop_says(reference=answer)
    assert asking.reference_of(ORDER) == "7"


def test_a_reference_may_be_a_number(shop_says: Any) -> None:
    shop_says(reference=100_042)
    assert asking.reference_of(ORDER) == "100042"


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


def test_a_suggestion_keeps_what_is_text(shop_says: Any) -> None:
    odd: Any = RecipientSuggestion(
        name="Ann",
        address_line_1=None,  # type: ignore[arg-type]
        province=None,  # type: ignore[arg-type]
        phone=5,  # type: ignore[arg-type]
    )
    shop_says(recipient=odd)
    assert asking.recipient_of(REQUEST) == RecipientSuggestion(name="Ann")


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

    monkeypatch.setattr(calling, "order_adapter", Talkative)
    caplog.set_level(logging.ERROR)
    with pytest.raises(ShopError, match=r"^service: KeyError$"):
        asking.service_of(ORDER)
    [record] = caplog.records
    assert "service: KeyError" in record.getMessage()
    assert __file__ in record.getMessage()
    assert "canary@example.com" not in record.getMessage()
    assert record.exc_info is None
