"""The step opens near what is known of the buyer, suggests one office, and goes straight on where all is known."""

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.checkout.last_office import COOKIE
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery
from tests.checkout.pages.stepping import (
    NEXT,
    StepAdapter,
    choose,
    draft,
    fill,
    let_shop_be,
    office_ids,
    one,
    problem,
    search,
    soup,
    unplug,
)
from tests.factories import TYPED

pytestmark = pytest.mark.usefixtures("bystanders")
CHOOSE = "deliver_to_po:choose"


class KnowingAdapter(StepAdapter):
    """A shop that knows all of its buyer, and what its test says else."""

    known: dict[str, str] = TYPED
    code = "H2X 1Y4"
    last: Any = None

    def recipient(self, request: HttpRequest) -> RecipientSuggestion:
        return RecipientSuggestion(**self.known)

    def postal_code(self, request: HttpRequest) -> str:
        return self.code

    def last_delivery(self, request: HttpRequest) -> Any:
        return self.last


@pytest.fixture(autouse=True)
def shop(emulator: EmulatorServer, change_settings: Any, db: None) -> type[KnowingAdapter]:
    """Let the shop answer as KnowingAdapter; a test may change what it knows."""
    let_shop_be(KnowingAdapter, change_settings)
    return KnowingAdapter


def opened(client: Client) -> Any:
    return soup(client.get(reverse(CHOOSE)))


def send(client: Client, page: Any, **more: str) -> Any:
    """Send the list's form as the page has it, with no office marked but what ``more`` says."""
    fields = {str(field["name"]): str(field["value"]) for field in page.select(".d2po-results input[type=hidden]")}
    return client.post(reverse(CHOOSE), {**fields, **more})


def suggested(page: Any) -> dict[str, str]:
    """Return what the button of the suggested office sends."""
    return {"deliver": str(one(page, "[data-suggestion]")["value"])}


def test_the_step_opens_near_the_postal_code_that_the_shop_knows_and_marks_nothing(client: Client) -> None:
    page = opened(client)
    assert office_ids(page) == office_ids(search(client, "H2X 1Y4"))
    assert page.select("[name=office_id][checked]") == []
    assert [one(page, "#d2po-q")[name] for name in ("value", "autocomplete")] == ["H2X 1Y4", "postal-code"]


def test_the_nearest_is_suggested_and_its_button_is_described_by_its_name_and_who_picks_up(client: Client) -> None:
    page = opened(client)
    first = page.select(".d2po-office")[0]
    button = one(page, "[data-suggestion]")
    assert first.select_one(".d2po-suggested") is not None
    assert len(page.select(".d2po-suggested")) == 1
    assert button["value"] == first["data-office"]
    described = [one(page, f"#{part}").get_text() for part in str(button["aria-describedby"]).split()]
    assert [str(first["data-name"]) in described[0], TYPED["name"] in described[1]] == [True, True]


@pytest.mark.parametrize("code", ["", "90210", "x" * 500])
def test_without_a_postal_code_nothing_is_asked(
    client: Client, code: str, shop: Any, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop, "code", code)
    page = opened(client)
    assert (office_ids(page), problem(page)) == ([], "")
    assert not any(emulator.calls.values())


def test_opening_is_one_search_and_the_next_visitor_s_is_none(client: Client, emulator: EmulatorServer) -> None:
    opened(client)
    asked = dict(emulator.calls)
    assert any(asked.values())
    opened(Client())
    assert dict(emulator.calls) == asked


def test_over_the_limit_the_step_opens_without_a_reproach(client: Client, change_settings: Any) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=1)
    search(client, "V6B 1A1")
    response = client.get(reverse(CHOOSE))
    assert (response.status_code, problem(soup(response))) == (200, "")
    assert one(soup(response), "#d2po-q")["value"] == "H2X 1Y4"


def test_while_nothing_answers_the_step_says_so_when_it_opens(client: Client, change_settings: Any) -> None:
    unplug(change_settings)
    page = opened(client)
    assert "We cannot reach Canada Post" in problem(page)


def test_who_is_known_picks_up_in_one_line_and_the_choice_goes_on_to_the_review(client: Client) -> None:
    page = opened(client)
    assert "Marie-Ève Côté picks up, with photo ID" in one(page, ".d2po-who").get_text(" ", strip=True)
    assert "we give this name" in one(page, ".d2po-told .d2po-privacy").get_text()
    response = send(client, page, **suggested(page))
    assert (response.status_code, response["Location"]) == (302, NEXT)
    kept = draft(client)
    assert (kept.office_id, kept.recipient_name) == (suggested(page)["deliver"], "Marie-Ève Côté")
    assert kept.recipient_postal_code == "K1K4T3"


def test_change_keeps_the_marked_office_and_asks_who(client: Client) -> None:
    page = opened(client)
    response = send(client, page, office_id=office_ids(page)[1], change="1")
    assert response["Location"].startswith(reverse("deliver_to_po:recipient"))
    assert draft(client).office_id == office_ids(page)[1]


def test_enter_presses_a_button_that_says_nothing_and_that_older_browsers_do_not_pass_over(client: Client) -> None:
    page = opened(client)
    form = send(client, page, office_id=office_ids(page)[1], change="1")["Location"]
    for shown, name in ((page, "d2po-list-form"), (soup(client.get(form)), "d2po-recipient")):
        first = shown.select(f"button[form={name}], #{name} button")[0]
        assert (first.get("name"), first.has_attr("hidden"), first.get("tabindex")) == (None, False, "-1")


def test_change_without_an_office_takes_none_and_asks_who_until_it_is_said(client: Client) -> None:
    response = send(client, opened(client), change="1")
    page = soup(client.get(response["Location"].partition("#")[0]))
    assert one(page, ".d2po-who").get_text(strip=True) == "On the next page, you will say who will pick it up."
    assert send(client, page, **suggested(page))["Location"].startswith(reverse("deliver_to_po:recipient"))
    assert fill(client, name="Théo Gagnon")["Location"] == NEXT
    assert "Théo Gagnon" in one(search(client), ".d2po-who").get_text()


def test_the_button_that_names_an_office_counts_more_than_a_mark(client: Client) -> None:
    page = opened(client)
    send(client, page, **suggested(page), office_id=office_ids(page)[1])
    assert draft(client).office_id == office_ids(page)[0]


def test_a_chosen_office_is_listed_and_marked_when_the_buyer_comes_back(client: Client) -> None:
    choose(client)
    page = opened(client)
    assert [str(radio["value"]) for radio in page.select("[name=office_id][checked]")] == [draft(client).office_id]
    assert page.select("[data-suggestion]") == []


# The last office


def test_an_office_that_a_device_remembers_is_suggested(
    client: Client, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(client)
    kept = send(client, page, office_id=office_ids(page)[1], remember="1").cookies[COOKIE]
    monkeypatch.setattr(shop, "code", "")
    other = Client()
    other.cookies[COOKIE] = kept.value
    again = opened(other)
    assert suggested(again) == {"deliver": office_ids(page)[1]}
    assert "your last post office" in one(again, ".d2po-suggested").get_text()
    assert one(again, "[name=remember]").has_attr("checked")


def test_the_shop_s_orders_remember_the_last_office_and_no_box_is_shown(
    client: Client, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    office_id = office_ids(search(client, "K1A 0B1"))[1]
    monkeypatch.setattr(shop, "code", "")
    monkeypatch.setattr(shop, "last", Delivery(office_id=office_id))
    page = opened(client)
    assert suggested(page) == {"deliver": office_id}
    assert page.select("[name=remember]") == []
