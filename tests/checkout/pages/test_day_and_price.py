"""From which day and for how much each office is told: what is said, in which language, and which calls that takes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from deliver_to_po import shop
from deliver_to_po.adapter import Parcel, Rate, Service
from deliver_to_po.canadapost.types import NearCoordinates, NearPostalCode, OfficeQuery, PostOffice
from deliver_to_po.checkout.choice import Choice
from deliver_to_po.checkout.choosing import choose
from deliver_to_po.checkout.fair_use import visitor_of
from deliver_to_po.checkout.kept_price import keep_price
from deliver_to_po.checkout.office_hours import MOST_ASKED
from deliver_to_po.checkout.pages.day_and_price import PickUp, best, fetch_pick_ups, pick_ups, services_to_choose
from deliver_to_po.core.wording import money
from deliver_to_po.emulator import quotes
from deliver_to_po.emulator.prices import cost
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery
from deliver_to_po.offer import offers
from deliver_to_po.offer.answers import KnownRate
from deliver_to_po.offices.finder import find
from deliver_to_po.offices.outage import note_outage
from tests.checkout.priced import CART, PricedAdapter, saying
from tests.factories import make_draft, make_pause

pytestmark = pytest.mark.django_db

NEAR = NearPostalCode("K1A0B1")
NOON = "2026-11-25T12:00:00-05:00"


class Says(PricedAdapter):
    """A shop that keeps prices; what a test sets here is what it says."""

    named: Any = Service.EXPEDITED_PARCEL
    free = False

    def home_delivery_url(self, request: Any) -> str:
        return "/home/"

    def service(self, order: Any) -> Any:
        return self.named

    def price(self, cart: Any, service: Service, rate: Rate | None) -> Decimal | None:
        return Decimal(0) if self.free else super().price(cart, service, rate)


@pytest.fixture(autouse=True)
def says(emulator: EmulatorServer, change_settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that sets what the shop says; begin with one that says what is right."""
    change_settings(ORDER_ADAPTER=f"{__name__}.Says")
    return saying(Says, monkeypatch)


@pytest.fixture
def office() -> PostOffice:
    return find(NEAR, "en").offices[0]


def ask(near: str | Delivery) -> None:
    shop.fetch_offers(RequestFactory().get("/"), CART, near)


def to(office: PostOffice) -> Delivery:
    return Delivery(office_id=office.office_id, office_postal_code=office.postal_code, office_province=office.province)


def told(office: PostOffice, query: OfficeQuery = NEAR) -> list[str]:
    """Return what is told above the list while it names an office, with plain spaces."""
    [own] = pick_ups(CART, [office])
    return words(best(own, CART, query))


def words(lines: Sequence[PickUp]) -> list[str]:
    said = (" · ".join(filter(None, (line.words, line.around))) for line in lines)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in said]


# -- What it costs --------------------------------------------------------------------------------------------------


def test_a_slow_shop_is_slow_once_for_a_list_and_once_for_a_choice(
    client: Client, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: Counter[str] = Counter()
    for question in ("parcels", "options", "services", "mailable", "ship_from", "price", "cart"):
        answers = getattr(Says, question)

        def count(self: Says, *about: Any, question: str = question, answers: Any = answers) -> Any:
            asked[question] += 1
            return answers(self, *about)

        monkeypatch.setattr(Says, question, count)
    client.get(reverse("deliver_to_po:choose"), {"q": "K1A 0B1"})
    # Two services, of which nothing is known yet.
    assert asked.pop("price") == 2
    assert set(asked.values()) == {1}
    asked.clear()
    client.post(reverse("deliver_to_po:choose"), {"q": "K1A 0B1", "office_id": office.office_id})
    assert Delivery.objects.filter(office_id=office.office_id).exists()
    # Before and after Canada Post was asked.
    assert asked.pop("price") <= 4
    assert set(asked.values()) == {1}


# -- What is said ---------------------------------------------------------------------------------------------------


@time_machine.travel(NOON, tick=False)
def test_each_service_says_day_and_price_in_both_languages(office: PostOffice) -> None:
    ask(to(office))
    english = told(office)
    assert english == ["From Tue., Dec. 1 · $14.85", "From Fri., Nov. 27 · $21.40"]
    with translation.override("fr"):
        french = told(office)
    assert french == ["Dès le mar. 1er déc. · 14,85 $", "Dès le ven. 27 nov. · 21,40 $"]


def test_a_line_names_its_service_for_programs_and_for_people(office: PostOffice) -> None:
    [lines] = pick_ups(CART, [office])
    assert [(line.service, line.name) for line in lines] == [
        ("DOM.EP", "Expedited Parcel™"),
        ("DOM.XP", "Xpresspost™"),
    ]


def test_the_day_stays_on_one_line_with_the_point_that_ends_it(office: PostOffice) -> None:
    ask(to(office))
    [[line, _]] = pick_ups(CART, [office])
    assert line.words.split(" ")[-1].startswith("$")
    assert line.words.count(" ") == 2


def test_what_is_known_near_the_postal_code_is_a_price_from_until_the_office_s_own_is(office: PostOffice) -> None:
    ask("K1A0B1")
    assert all("from $" in line for line in told(office))
    # Nobody is held to a price that may be another there.
    assert {line.price for line in best(pick_ups(CART, [office])[0], CART, NEAR)} == {None}
    ask(to(office))
    assert not any("from $" in line for line in told(office))


def test_near_a_place_without_a_postal_code_only_the_office_s_own_price_counts(office: PostOffice) -> None:
    ask("K1A0B1")
    assert office.coordinates is not None
    assert told(office, NearCoordinates(office.coordinates)) == ["", ""]


@pytest.mark.parametrize("answers", [{}, {"fallback": None}, {"free": True}])
def test_before_canada_post_has_answered_no_price_is_told(
    office: PostOffice, says: Any, answers: dict[str, Any]
) -> None:
    says(**answers)
    assert told(office) == ["", ""]


@pytest.mark.parametrize(("language", "said"), [("en", "free"), ("fr", "gratuit")])
def test_a_price_of_nothing_is_words(office: PostOffice, says: Any, language: str, said: str) -> None:
    says(free=True)
    ask(to(office))
    with translation.override(language):
        assert [line.split(" · ")[-1] for line in told(office)] == [said, said]


def test_what_may_not_go_says_why(office: PostOffice, says: Any) -> None:
    says(forbids="Lamp oil does not travel by post.")
    assert set(told(office)) == {"Lamp oil does not travel by post."}


def test_each_office_has_its_own_lines_in_the_order_of_the_offices(office: PostOffice) -> None:
    ask(to(office))
    elsewhere = replace(office, office_id="1", postal_code="V6B1A1", province="BC")
    near, far = pick_ups(CART, [office, elsewhere])
    assert "$14.85" in words(near)[0]
    assert words(far) == ["", ""]


# -- Asked for after the page ---------------------------------------------------------------------------------------


def test_canada_post_is_asked_for_the_first_offices_only_and_they_are_told_by_id(
    emulator: EmulatorServer, change_settings: Any
) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=1, SEARCH_TIMEOUT_SECONDS=60)
    offices = find(NEAR, "en").offices
    asked = [one.office_id for one in offices[: MOST_ASKED + 2]]
    found = fetch_pick_ups(RequestFactory().get("/"), asked)
    # All of them are one question of the visitor, and one for each postal code to Canada Post.
    assert list(found) == asked[:MOST_ASKED]
    assert all(line.startswith("From ") for lines in found.values() for line in words(lines))
    assert emulator.calls["rates"] == len({office.postal_code for office in offices[:MOST_ASKED]})


@pytest.mark.parametrize("office_id", ["", "x", "1" * 13, "٣", "123456789012", "1\n"])
def test_an_office_that_is_none_or_that_nobody_was_shown_is_not_asked_for(
    office_id: str, emulator: EmulatorServer
) -> None:
    assert fetch_pick_ups(RequestFactory().get("/"), [office_id]) == {}
    assert "rates" not in emulator.calls


def test_a_shop_with_prices_of_its_own_asks_nothing(office: PostOffice, emulator: EmulatorServer, says: Any) -> None:
    says(keeps_prices=False)
    assert fetch_pick_ups(RequestFactory().get("/"), [office.office_id]) == {}
    assert "rates" not in emulator.calls


def test_a_list_that_is_shown_says_nothing_of_a_search_elsewhere_that_found_nobody(
    office: PostOffice, client: Client
) -> None:
    ask(to(office))
    note_outage(None)
    assert told(office)[0].endswith("$14.85")
    assert "cannot reach" not in client.get(reverse("deliver_to_po:choose"), {"q": "K1A 0B1"}).content.decode()
    [lines] = fetch_pick_ups(RequestFactory().get("/"), [office.office_id]).values()
    assert words(lines) == told(office)


def test_a_pause_that_begins_meanwhile_is_not_said_once_in_each_row(office: PostOffice) -> None:
    make_pause(reason_en="A strike.")
    assert fetch_pick_ups(RequestFactory().get("/"), [office.office_id]) == {}


def test_a_visitor_who_asked_too_often_is_told_what_is_known(
    office: PostOffice, emulator: EmulatorServer, change_settings: Any
) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=1)
    request = RequestFactory().get("/")
    visitor_of(request).ask()
    [lines] = fetch_pick_ups(request, [office.office_id]).values()
    assert words(lines) == ["", ""]
    assert "rates" not in emulator.calls


def test_the_page_s_script_gets_the_lines_as_html(office: PostOffice, client: Client) -> None:
    answer = client.get(reverse("deliver_to_po:pick_up"), {"office": office.office_id})
    page = answer.content.decode()
    assert f'<div data-pick-up="{office.office_id}"><span data-service="DOM.EP"><strong>From' in page
    assert "no-store" in answer["Cache-Control"]


# -- What is shown is what is charged ---------------------------------------------------------------------------------

PLACES = ("K1A0B1", "H2X1Y4", "V6B1A1", "S4P3Y2", "B3J1A1", "G1R4P5", "K0A1A0", "A1C5M3")
AT_LEAST = 0.95


def random_parcel(dice: Random) -> Parcel:
    weight = Decimal(dice.randint(100, 15_000)) / 1000
    return Parcel(weight, *(Decimal(dice.randint(10, 40)) for _side in range(3)))


def charged(draft: Delivery, service: Service) -> Decimal:
    """Return what the review charges a buyer who goes on at once."""
    keep_price(draft, CART, service)
    keep_price(draft, CART)
    assert draft.price is not None
    return draft.price


def exact_prices(lines: Sequence[PickUp]) -> dict[str, PickUp]:
    """Return by service what is told of the price itself, where that is not only said to begin somewhere."""
    assert not any("14.95" in line.words + line.around for line in lines)
    return {line.service: line for line in lines if line.price is not None}


def dearer_by_postal_code(*asked: Any) -> Any:
    """Return what the emulator asks, with cents that no two neighbours have in common."""
    quoted, to = cost(*asked), asked[3]
    return replace(quoted, base=quoted.base + Decimal(sum(to.encode()) % 97) / 100)


def rows_of(offices: Sequence[PostOffice]) -> list[dict[str, PickUp]]:
    """Return what each row of a page tells that is made now."""
    return [exact_prices(lines) for lines in pick_ups(CART, offices)]


@pytest.mark.parametrize("carts", [6, pytest.param(33, marks=pytest.mark.slow)])
def test_every_price_that_a_list_tells_of_an_office_is_what_the_review_charges(
    says: Any, change_settings: Any, monkeypatch: pytest.MonkeyPatch, carts: int
) -> None:
    monkeypatch.setattr(quotes, "cost", dearer_by_postal_code)
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=0, SEARCH_TIMEOUT_SECONDS=60)
    dice, rows, settled, early = Random(41), 0, 0, 0  # noqa: S311 — the same carts each time
    for _cart in range(carts):
        parcels = [random_parcel(dice) for _parcel in range(dice.randint(1, 2))]
        markup = Decimal(dice.choice(["0", "1.08", "-1"]))
        says(
            parcels=lambda _self, _cart, parcels=parcels: parcels,
            price=lambda _self, _cart, _service, rate, markup=markup: (
                Decimal("14.95") if rate is None else rate.due - rate.taxes + markup
            ),
        )
        place = dice.choice(PLACES)
        query = NearPostalCode(place)
        offices = find(query, "en").offices[:MOST_ASKED]
        # Cold, or as somebody left it: around the place, at the first office.
        warm: list[list[str | Delivery]] = [[], [place], [place, to(offices[0])]]
        for near in dice.choice(warm):
            ask(near)
        first = rows_of(offices)
        # As the page's script asks: for the office that is suggested, then for all others.
        for asked in (offices[:1], offices[1:]):
            fetch_pick_ups(RequestFactory().get("/"), [office.office_id for office in asked])
        then = rows_of(offices)
        for service in (Service.EXPEDITED_PARCEL, Service.XPRESSPOST):
            rows, settled = rows + len(offices), settled + sum(service in known for known in then)
            early += sum(service in known for known in first)
        # The one that is suggested, and one that the buyer marks.
        for number in {0, dice.randrange(len(offices))}:
            draft = choose(Choice(), offices[number].office_id)
            for service in (Service.EXPEDITED_PARCEL, Service.XPRESSPOST):
                price = charged(draft, service)
                told = [known[number][service] for known in (first, then) if service in known[number]]
                assert all((line.price, line.words.endswith(money(price))) == (price, True) for line in told)
    assert settled >= AT_LEAST * rows
    assert early


# -- What the list has told, when its office is chosen ---------------------------------------------------------------


def chosen(client: Client, office: PostOffice, **fields: str) -> Delivery:
    """Choose an office in the list near ``NEAR``; return the draft."""
    client.post(reverse("deliver_to_po:choose"), {"office_id": office.office_id, "q": "K1A 0B1", **fields})
    return Delivery.objects.get()


def test_the_price_that_was_only_said_to_begin_somewhere_has_not_changed(office: PostOffice, client: Client) -> None:
    ask("K1A0B1")
    assert told(office)[0].endswith("from $14.85")
    draft = chosen(client, office, service="DOM.EP")
    assert (draft.price, keep_price(draft, CART)) == (Decimal("14.85"), "")


def test_the_price_of_the_office_that_the_script_has_filled_in_has_not_changed(
    office: PostOffice, client: Client
) -> None:
    fetch_pick_ups(RequestFactory().get("/"), [office.office_id])
    draft = chosen(client, office, service="DOM.XP")
    assert (draft.service, draft.price, keep_price(draft, CART)) == ("DOM.XP", Decimal("21.40"), "")


# -- The services to choose from ------------------------------------------------------------------------------------


def test_the_buyer_chooses_between_what_the_shop_offers_its_own_marked() -> None:
    services = services_to_choose(CART, None)
    assert services is not None
    assert services.choices == (("DOM.EP", "Expedited Parcel™"), ("DOM.XP", "Xpresspost™"))
    assert services.chosen == "DOM.EP"


def test_the_style_sheet_hides_every_service_but_the_one_that_is_ticked() -> None:
    sheet = Path(str(finders.find("deliver_to_po/step.css"))).read_text(encoding="utf-8")
    rule = '[name=service][value="{0}"]:checked) [data-service]:not([data-service="{0}"])'
    assert [service for service in Service if rule.format(service) not in sheet] == []


@pytest.mark.parametrize(
    ("of_draft", "named", "chosen"),
    [("DOM.XP", "DOM.EP", "DOM.XP"), ("DOM.RP", "DOM.XP", "DOM.XP"), ("", "DOM.XP", "DOM.XP")],
)
def test_what_the_draft_goes_by_comes_before_what_the_shop_says(
    says: Any, of_draft: str, named: str, chosen: str
) -> None:
    says(named=Service(named))
    services = services_to_choose(CART, make_draft(service=of_draft))
    assert services is not None
    assert services.chosen == chosen


def test_a_service_that_is_marked_stays_so_while_no_office_is_taken(client: Client) -> None:
    sent = {"q": "K1A 0B1", "service": "DOM.XP"}
    mistake = client.post(reverse("deliver_to_po:choose"), sent)
    change = client.post(reverse("deliver_to_po:choose"), {**sent, "change": "1"}, follow=True)
    for page in (mistake, change):
        assert 'value="DOM.XP" form="d2po-list-form" checked' in page.content.decode()


@pytest.mark.parametrize("offered", [(), (Service.XPRESSPOST,), (5,), None])
def test_one_service_or_a_mistake_of_the_shop_is_no_choice(says: Any, offered: Any) -> None:
    says(offered=offered)
    assert services_to_choose(CART, None) is None


def test_an_office_is_taken_though_the_service_that_is_marked_does_not_go_there(
    client: Client, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offers, "known_rate", lambda _answers, service: KnownRate(not_carried=service == "DOM.XP"))
    sent = {"q": "K1A 0B1", "office_id": office.office_id, "service": "DOM.XP"}
    assert client.post(reverse("deliver_to_po:choose"), sent).status_code == 302
    assert (Delivery.objects.get().office_id, Delivery.objects.get().service) == (office.office_id, "")


# -- What goes to no post office ------------------------------------------------------------------------------------


@pytest.mark.parametrize("home", ["/home/", ""])
def test_what_must_not_be_mailed_is_said_once_and_nothing_is_kept(
    home: str, client: Client, office: PostOffice, says: Any
) -> None:
    says(forbids="Lamp oil does not travel by post.", home_delivery_url=lambda _self, _request: home)
    near = {"q": "K1A 0B1"}
    listed = client.get(reverse("deliver_to_po:choose"), near).content.decode()
    assert listed.count("Lamp oil does not travel by post.") == 1
    assert f'value="{office.office_id}"' in listed
    answer = client.post(reverse("deliver_to_po:choose"), {**near, "office_id": office.office_id})
    assert "Lamp oil does not travel by post." in answer.content.decode()
    assert not Delivery.objects.exists()
