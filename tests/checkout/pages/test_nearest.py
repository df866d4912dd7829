"""One entry in a shop's list of methods: what it shows without a call, and what one press on it does."""

import re
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.conf import settings as django_settings
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse

from deliver_to_po import errors
from deliver_to_po.adapter import Service
from deliver_to_po.checkout.fair_use import visitor_of
from deliver_to_po.checkout.last_office import COOKIE
from deliver_to_po.checkout.pages.nearest import Shown
from deliver_to_po.checkout.pages.taking import Pressed
from deliver_to_po.emulator import quotes
from deliver_to_po.emulator.prices import cost
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.offices.directory import get_office
from deliver_to_po.shop import deliver_there, review
from tests.checkout.pages.stepping import NEXT, draft, one, problem, search, soup, unplug
from tests.checkout.pages.test_arriving import KnowingAdapter
from tests.checkout.priced import PricedAdapter, saying
from tests.factories import TYPED, make_delivery

pytestmark = pytest.mark.usefixtures("bystanders")
CHOOSE, RECIPIENT, NEAREST = "deliver_to_po:choose", "deliver_to_po:recipient", "deliver_to_po:nearest"
TAG = Template("<form>{% load deliver_to_po %}{% d2po_nearest %}</form>")


class NearAdapter(PricedAdapter, KnowingAdapter):
    """A shop that knows all of its buyer and keeps prices; what a test sets here is what it says."""

    code = "K1A 0B1"


@pytest.fixture(autouse=True)
def says(emulator: EmulatorServer, change_settings: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that sets what the shop says; begin with one that knows all."""
    change_settings(ORDER_ADAPTER=f"{__name__}.NearAdapter", BASE_TEMPLATE="deliver_to_po/base.html")
    return saying(NearAdapter, monkeypatch)


def request_of(client: Client, **sent: str) -> HttpRequest:
    """Return a request of the shop's own page, in the client's session."""
    request = RequestFactory().post("/methods/", sent) if sent else RequestFactory().get("/methods/")
    request.session = client.session
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items() if name != COOKIE}
    return request


def entry(client: Client) -> BeautifulSoup:
    return BeautifulSoup(TAG.render(Context({"request": request_of(client)})), "html.parser")


def settled(client: Client) -> BeautifulSoup:
    """Let the page's script ask, and return the entry that it gets."""
    return soup(client.get(reverse(NEAREST)))


def value(page: BeautifulSoup) -> str:
    return str(one(page, "[name=d2po].d2po-button")["value"])


def gives_a_nonce(request: HttpRequest) -> dict[str, str]:
    """Stand for Django's own context processor, which Django 5.2 has not."""
    return {"csp_nonce": "n0"}


def test_scripts_bear_the_nonce_of_the_page(client: Client, settings: Any) -> None:
    [templates] = deepcopy(settings.TEMPLATES)
    templates["OPTIONS"]["context_processors"].append(f"{__name__}.gives_a_nonce")
    settings.TEMPLATES = [templates]
    tag = TAG.render(Context({"request": request_of(client), "csp_nonce": "n0"}))
    for page, script in ((BeautifulSoup(tag, "html.parser"), "nearest"), (soup(client.get(reverse(CHOOSE))), "list")):
        assert one(page, f"script[src*='{script}.js']")["nonce"] == "n0"


def press(client: Client, said: str) -> str:
    """Press a button of the entry, and return where that leads to."""
    request = request_of(client, d2po=said)
    url = deliver_there(request)
    request.session.save()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = str(request.session.session_key)
    return url


def text(page: BeautifulSoup) -> str:
    return re.sub(r"\s+", " ", page.get_text()).strip()


# -- What it shows ---------------------------------------------------------------------------------------------------


def test_the_page_makes_no_call_and_its_script_brings_office_hours_day_and_price(
    client: Client, emulator: EmulatorServer
) -> None:
    cold = entry(client)
    assert not emulator.calls
    assert cold.select(".d2po-name") == []
    assert one(cold, "[data-nearest]")["data-nearest"] == f"{reverse(NEAREST)}?language=en"
    asked = settled(client)
    calls = dict(emulator.calls)
    assert calls["rates"] == 1
    warm = entry(client)
    assert emulator.calls == calls
    assert warm.select("[data-nearest], script") == []
    nearest = search(client).select(".d2po-office")[0]["data-name"]
    for page in (asked, warm):
        assert one(page, ".d2po-name").get_text() == nearest
        assert one(page, ".d2po-hours")
        assert re.search(r"From \w+., \w+. \d+ · \$14.85 Expedited Parcel™", text(page))
        assert f"{TYPED['name']} picks up, with photo ID" in text(page)
        assert "we give this name, address, e-mail and phone number to Canada Post" in text(page)


def test_only_the_buttons_are_ours_in_the_shop_s_form_and_enter_presses_neither(client: Client) -> None:
    page = settled(client)
    assert [(field.name, field["name"]) for field in page.select("[name]")] == [("button", "d2po")] * 2
    first, *others = page.select("button")
    # Older browsers pass over what is not drawn.
    assert (first.get("name"), first.has_attr("hidden"), first.get("tabindex")) == (None, False, "-1")
    assert all(button.has_attr("formnovalidate") for button in others)


def test_it_speaks_the_language_of_the_page(client: Client) -> None:
    page = soup(client.get(reverse(NEAREST), {"language": "fr"}))
    assert one(page, ".d2po-nearest")["lang"] == "fr"
    for said in ("Le plus proche", "Livrer à ce bureau", "En choisir un autre", "avec pièce d’identité"):
        assert said in text(page)


def test_the_answer_with_a_person_in_it_is_kept_by_nobody(client: Client) -> None:
    assert "no-store" in client.get(reverse(NEAREST))["Cache-Control"]


def test_a_service_that_is_the_only_one_is_told_and_one_of_two_as_the_shop_says(client: Client, says: Any) -> None:
    says(offered=(Service.XPRESSPOST,))
    assert "Xpresspost™" in text(settled(client))
    says(offered=(Service.XPRESSPOST, Service.EXPEDITED_PARCEL))
    assert "Xpresspost™" not in text(settled(client))


def test_a_shop_with_prices_of_its_own_has_none_here(client: Client, says: Any, emulator: EmulatorServer) -> None:
    says(keeps_prices=False)
    assert "$" not in text(settled(client))
    assert "rates" not in emulator.calls
    assert press(client, value(entry(client))) == NEXT


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"code": ""}, id="no place"),
        pytest.param({"code": "90210"}, id="a place that is none"),
        pytest.param({"code": "K1A"}, id="half a place"),
    ],
)
def test_where_no_office_can_be_suggested_one_button_leads_to_the_list(
    client: Client, says: Any, known: dict[str, str]
) -> None:
    says(**known)
    page = settled(client)
    [button] = page.select("[name=d2po]")
    assert (button["value"], button.get_text()) == ("another", "Choose a post office")
    # Nothing is left to ask.
    assert entry(client).select("[data-nearest]") == []


def test_while_nothing_answers_it_says_so_or_leads_to_the_list(client: Client, change_settings: Any) -> None:
    unplug(change_settings)
    assert [button["value"] for button in settled(client).select("[name=d2po]")] in ([], ["another"])


def test_what_our_own_list_measures_is_about_right(client: Client, says: Any, emulator: EmulatorServer) -> None:
    search(client)
    emulator.faults.add("*", "503", count=None)
    says(code="K1P 1A4")
    assert re.fullmatch(r"about \d.*km", one(settled(client), ".d2po-distance").get_text())


@pytest.mark.parametrize("forbids", ["Lamp oil does not travel by post.", "<b>"])
def test_what_goes_to_no_post_office_says_why_and_has_no_button(client: Client, says: Any, forbids: str) -> None:
    says(forbids=forbids)
    page = entry(client)
    assert text(page) == forbids
    assert page.select("button") == []


def test_an_office_of_an_earlier_order_comes_before_the_nearest_and_the_chosen_one_before_both(
    client: Client, says: Any
) -> None:
    third, second = (str(office["data-office"]) for office in search(client).select(".d2po-office")[2:0:-1])
    row = get_office(third)
    assert row is not None
    says(last=make_delivery(office_id=third))
    assert (value(settled(client)).split()[0], "Your last post office" in text(settled(client))) == (third, True)
    client.post(reverse(CHOOSE), {"office_id": second, "q": "K1A 0B1"})
    page = entry(client)
    assert (value(page).split()[0], "Your choice" in text(page)) == (second, True)
    assert page.select(".d2po-distance") == []


# -- What a press does -----------------------------------------------------------------------------------------------


def test_one_press_leads_to_the_shop_s_next_page_with_all_that_was_shown(client: Client) -> None:
    said = value(settled(client))
    assert press(client, said) == NEXT
    chosen = draft(client)
    assert said.startswith(f"{chosen.office_id} DOM.EP 14.85 ")
    assert (chosen.recipient_name, chosen.service, chosen.price) == (TYPED["name"], "DOM.EP", Decimal("14.85"))


def test_a_press_before_the_price_is_known_leaves_it_to_the_review(client: Client, says: Any) -> None:
    search(client)
    said = value(entry(client))
    assert Shown.read(said) == Shown(Pressed(said.split()[0], "DOM.EP", said.split()[3]))
    assert press(client, said) == NEXT
    assert draft(client).price == Decimal("14.85")


@pytest.mark.parametrize("missing", [{"phone": ""}, {"postal_code": "H2X 1Y4"}])
def test_where_something_of_the_recipient_is_missing_or_wrong_the_form_asks(
    client: Client, says: Any, missing: dict[str, str]
) -> None:
    says(known={**TYPED, **missing})
    page = settled(client)
    assert "On the next page, you will say who will pick it up." in text(page)
    assert press(client, value(page)) == reverse(RECIPIENT)
    assert TYPED["name"] in client.get(reverse(RECIPIENT)).content.decode()


def test_another_person_than_was_shown_is_not_named(client: Client, says: Any) -> None:
    said = value(settled(client))
    says(known={**TYPED, "name": "Somebody Else"})
    assert press(client, said) == reverse(RECIPIENT)
    assert draft(client).recipient_name == ""


def test_what_is_no_press_of_ours_is_left_to_the_shop_and_what_makes_no_sense_leads_to_the_list(client: Client) -> None:
    assert deliver_there(request_of(client, method="home")) == ""
    assert deliver_there(request_of(client)) == ""
    for said in ("another", "", "1 2", " " * 3, "x" * 100_000, "1 DOM.EP 14.85 é extra", "\x00"):
        assert press(client, said).startswith(reverse(CHOOSE))
    for said in ("999999999999 DOM.EP 14.85 -", "x - - -", "1" * 50 + " - - -", "٣ - ٣ -", "   "):
        url = press(client, said)
        assert str(errors.OfficeNotOffered.message) in problem(soup(client.get(url)))
    assert draft_is_missing(client)


def draft_is_missing(client: Client) -> bool:
    return "deliver_to_po.choice" not in client.session


# -- What is no longer as it was shown -------------------------------------------------------------------------------


def test_another_price_leads_to_the_step_that_says_so_and_keeps_what_was_chosen(client: Client, says: Any) -> None:
    said = value(settled(client))
    says(more=Decimal("1.00"))
    page = soup(client.get(press(client, said)))
    assert str(errors.PriceChanged.message) in problem(page)
    assert one(page, "[name=office_id][checked]")["value"] == said.split()[0]
    assert "$15.85" in one(page, ".d2po-givens").get_text()
    chosen = draft(client)
    assert (chosen.recipient_name, chosen.price) == (TYPED["name"], Decimal("15.85"))


@pytest.mark.parametrize(("more", "later"), [("-2.00", 0), ("2.00", 0), ("2.00", 7)])
def test_what_canada_post_asks_hours_later_is_shown_taken_and_charged_alike(
    client: Client, monkeypatch: pytest.MonkeyPatch, more: str, later: int
) -> None:
    """Whether it was told just now, or to somebody else and is no longer fresh."""
    with time_machine.travel("2026-11-25T09:00:00-05:00", tick=False) as clock:
        assert press(client, value(settled(client))) == NEXT
        assert review(request_of(client)).draft.price == Decimal("14.85")
        clock.shift(timedelta(hours=7))
        monkeypatch.setattr(quotes, "cost", dearer(more))
        settled(client)
        clock.shift(timedelta(hours=later))
        assert press(client, said := value(entry(client))) == NEXT
        reviewed = review(request_of(client))
    assert f" {reviewed.draft.price} " in said
    assert (reviewed.draft.price, reviewed.notice) == (Decimal("14.85") + Decimal(more), "")


def dearer(more: str) -> Callable[..., Any]:
    def asked(*about: Any) -> Any:
        told = cost(*about)
        return replace(told, base=told.base + Decimal(more))

    return asked


def test_the_review_promises_no_earlier_day_than_the_list(client: Client) -> None:
    with time_machine.travel("2026-11-25T09:00:00-05:00", tick=False) as clock:
        assert press(client, value(settled(client))) == NEXT
        clock.shift(timedelta(hours=20))
        # Nobody has asked yet for the day on which it is mailed now.
        unasked = review(request_of(client))
        assert unasked.offer is not None
        assert (unasked.draft.price, unasked.offer.expected_from) == (Decimal("14.85"), None)
        assert "Wed., Dec. 2" in text(settled(client)).replace("\u00a0", " ")
        reviewed = review(request_of(client))
    assert reviewed.offer is not None
    assert reviewed.offer.expected_from == date(2026, 12, 2)


def test_what_is_chosen_has_a_price_although_the_shop_is_too_slow_for_a_list(
    client: Client, says: Any, change_settings: Any
) -> None:
    assert press(client, value(settled(client))) == NEXT
    change_settings(SEARCH_TIMEOUT_SECONDS=0.01)
    parcels = NearAdapter.parcels

    def slowly(shop: NearAdapter, order: Any) -> Any:
        time.sleep(0.02)
        return parcels(shop, order)

    says(parcels=slowly)
    page = soup(client.get(reverse(CHOOSE), headers={"X-D2PO-Fragment": "1"}))
    assert one(page, "[data-choice]")


def test_an_office_that_has_closed_leads_to_the_step_that_names_it(client: Client, emulator: EmulatorServer) -> None:
    page = settled(client)
    said = value(page)
    emulator.state.close_office(said.split()[0], "no_longer")
    step = soup(client.get(press(client, said)))
    assert one(page, ".d2po-name").get_text() in problem(step)
    assert "no longer accepts parcels" in problem(step)
    assert said.split()[0] not in [str(row["data-office"]) for row in step.select(".d2po-office")]
    assert draft(client).recipient_name == TYPED["name"]
    assert value(settled(client)).split()[0] != said.split()[0]


def test_a_cart_that_goes_to_no_post_office_meanwhile_is_said_on_the_step(client: Client, says: Any) -> None:
    said = value(settled(client))
    says(forbids="Lamp oil does not travel by post.")
    assert "Lamp oil" in problem(soup(client.get(press(client, said))))
    assert draft_is_missing(client)


def test_a_next_page_that_cannot_be_opened_is_said_and_the_choice_is_kept(client: Client, says: Any) -> None:
    said = value(settled(client))
    says(next_url=lambda _self, _request: 1 / 0)
    answer = client.get(press(client, said))
    assert str(errors.NextPageUnknown.message) in problem(soup(answer))
    assert draft(client).office_id == said.split()[0]


def test_presses_have_the_limit_of_every_choice_and_nothing_is_lost(client: Client, change_settings: Any) -> None:
    change_settings(TRUSTED_PROXIES=0, SEARCHES_PER_VISITOR_PER_MINUTE=1)
    said = value(settled(client))
    visitor_of(request_of(client)).store()
    answer = client.get(press(client, said))
    assert str(errors.TooManySearches.message) in problem(soup(answer))
    assert value(entry(client)) == said
