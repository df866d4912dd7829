"""The step opens with an answer: from the page of methods to the review in two presses, with JavaScript and without."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from deliver_to_po.adapter import Rate, Service, order_adapter
from deliver_to_po.models import Delivery
from tests.browser.buying import BUYER, fill, go_to_the_step, submit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Any]
BUTTON = {"en": "Deliver to ", "fr": "Livrer à"}


@pytest.fixture
def two_services(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the shop charge Canada Post's prices, by two services."""

    def price(self: Any, cart: Any, service: Service, rate: Rate | None) -> Decimal | None:
        return None if rate is None else rate.due - rate.taxes

    adapter = type(order_adapter())
    monkeypatch.setattr(adapter, "keeps_prices", True)
    monkeypatch.setattr(adapter, "services", lambda self, cart: (Service.EXPEDITED_PARCEL, Service.XPRESSPOST))
    monkeypatch.setattr(adapter, "price", price)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_guest_whose_details_are_known_goes_from_the_methods_to_the_review_in_two_presses(
    visit: Visit, shop: str, language: str, javascript: bool
) -> None:
    with visit(language, javascript=javascript) as page:
        page.goto(f"{shop}/")
        page.locator("main li a").first.click()
        page.locator("form.buy button").click()
        page.goto(f"{shop}/checkout/")
        fill(page, BUYER, "QC")
        submit(page)
        page.locator("[value='DOM.EP']").check()
        submit(page)  # The first press: "Continue", on the page of methods.
        button = page.get_by_role("button", name=BUTTON[language])
        name = page.locator(".d2po-office:has(.d2po-suggested)").get_attribute("data-name") or "no name"
        expect(button).to_contain_text(name)
        expect(button).to_be_in_viewport()
        expect(page.locator("input[name=office_id]:checked")).to_have_count(0)
        expect(page.locator(".d2po-who")).to_contain_text(BUYER["name"])
        button.click()  # The second press: the button that names the office.
        expect(page).to_have_url(f"{shop}/checkout/review/")
        expect(page.locator("main")).to_contain_text(name)
    draft = Delivery.objects.get()
    assert (draft.recipient_name, draft.recipient_postal_code) == (BUYER["name"], "H2X1Y4")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_office_that_is_marked_is_taken_and_the_suggested_button_gives_way(
    visit: Visit, shop: str, javascript: bool
) -> None:
    with visit("en", javascript=javascript) as page:
        go_to_the_step(page, shop)
        second = page.locator("input[name=office_id]").nth(1)
        second.check()
        expect(page.locator("[data-suggestion]")).to_be_hidden()
        submit(page)
        expect(page).to_have_url(f"{shop}/checkout/review/")
    assert Delivery.objects.count() == 1


def test_change_leads_to_the_form_and_keeps_the_office_that_is_marked(visit: Visit, shop: str) -> None:
    with visit("en", javascript=False) as page:
        go_to_the_step(page, shop)
        page.locator("input[name=office_id]").nth(1).check()
        office_id = page.locator("input[name=office_id]").nth(1).get_attribute("value")
        page.locator("[name=change]").click()
        expect(page.locator("main [name=name]")).to_have_value(BUYER["name"])
    assert Delivery.objects.get().office_id == office_id


def test_change_before_an_office_is_marked_takes_none(visit: Visit, shop: str) -> None:
    with visit("en", javascript=False) as page:
        go_to_the_step(page, shop)
        page.locator("[name=change]").click()
        expect(page.locator(".d2po-who")).to_have_text("On the next page you say who picks it up.")
        page.locator("[data-suggestion]").click()
        expect(page.locator("main [name=name]")).to_have_value(BUYER["name"])


def test_days_and_prices_are_filled_in_after_the_page_and_follow_office_and_service(
    visit: Visit, shop: str, two_services: None
) -> None:
    with visit("en", javascript=True) as page:
        go_to_the_step(page, shop)
        bar = page.locator("[data-pick-up-bar]")
        expect(bar.locator("[data-service='DOM.EP']")).to_contain_text("$")
        expect(bar.locator("[data-service='DOM.XP']")).to_be_hidden()
        page.get_by_label("Xpresspost").check()
        expect(bar.locator("[data-service='DOM.XP']")).to_be_visible()
        expect(bar.locator("[data-service='DOM.EP']")).to_be_hidden()
        page.locator("input[name=office_id]").nth(1).check()
        row = page.locator("[data-pick-up]").nth(1)
        expect(row.locator("[data-service='DOM.XP']")).to_contain_text("$")
        # First the price to the buyer's own postal code stands there, then the one to this office.
        expect(row.locator("[data-service='DOM.XP']")).not_to_contain_text("from $")
        told = row.locator("[data-service='DOM.XP']").inner_text()
        expect(bar.locator("[data-service='DOM.XP']")).to_have_text(told)
        submit(page)
        expect(page).to_have_url(f"{shop}/checkout/review/")
    draft = Delivery.objects.get()
    assert draft.service == "DOM.XP"
    assert f"${draft.price}" in told
