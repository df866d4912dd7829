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
from tests.checkout.test_views import (
    NEXT,
    TYPED,
    StepAdapter,
    choose,
    draft,
    fill,
    office_ids,
    one,
    problem,
    search,
    soup,
    unplug,
)

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
def shop(emulator: EmulatorServer, settings: Any, db: None) -> type[KnowingAdapter]:
    """Let the shop answer as KnowingAdapter; a test may change what it knows."""
    settings.DELIVER_TO_PO = {
        **settings.DELIVER_TO_PO,
        "ORDER_ADAPTER": f"{__name__}.KnowingAdapter",
        "BASE_TEMPLATE": "deliver_to_po/base.html",
        "OFFICES_PER_PAGE": 5,
    }
    return KnowingAdapter


def opened(client: Client) -> Any:
    return soup(client.get(reverse(CHOOSE)))


def send(client: Client, page: Any, **more: str) -> Any:
    """Send the list's form as the page has it, with no office marked but what ``more`` says."""
    fields = {str(field["name"]): str(field["value"]) for field in page.select(".d2po-results input[type=hidden]")}
    return client.post(reverse(CHOOSE), {**fields, **more})


def suggested(page: Any) -> dict[str, str]:
    """Return what the button of the suggested office sends."""
    return {"suggested": str(one(page, "[data-suggestion]")["value"])}


def test_the_step_opens_near_the_postal_code_that_the_shop_knows_and_marks_nothing(client: Client) -> None:
    page = opened(client)
    assert office_ids(page) == office_ids(search(client, "H2X 1Y4"))
    assert page.select("[name=office_id][checked]") == []
    assert one(page, "#d2po-q")["value"] == "H2X 1Y4"


def test_the_nearest_is_suggested_and_its_button_names_it(client: Client) -> None:
    page = opened(client)
    first = page.select(".d2po-office")[0]
    button = one(page, "[data-suggestion]").get_text(strip=True)
    assert first.select_one(".d2po-suggested") is not None
    assert len(page.select(".d2po-suggested")) == 1
    street = first.select("label .d2po-line:not(.d2po-suggested)")[-2].get_text()
    assert button == f"Deliver to {first['data-name']}, {street}"


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


def test_while_nothing_answers_the_step_says_so_when_it_opens(client: Client, settings: Any) -> None:
    unplug(settings)
    page = opened(client)
    assert "We cannot reach Canada Post" in problem(page)


def test_who_is_known_picks_up_in_one_line_and_the_choice_goes_on_to_the_review(client: Client) -> None:
    page = opened(client)
    assert "Marie-Ève Côté picks up, with photo ID" in one(page, ".d2po-who").get_text(" ", strip=True)
    assert "we give this name" in one(page, ".d2po-told .d2po-privacy").get_text()
    response = send(client, page, **suggested(page))
    assert (response.status_code, response["Location"]) == (302, NEXT)
    kept = draft(client)
    assert (kept.office_id, kept.recipient_name) == (suggested(page)["suggested"], "Marie-Ève Côté")
    assert kept.recipient_postal_code == "K1K4T3"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"phone": ""}, id="something is missing"),
        pytest.param({"phone": "+33 1 42 68 53 00"}, id="something is doubtful"),
        pytest.param({"postal_code": "H2X 1Y4"}, id="the province is another"),
    ],
)
def test_the_form_asks_where_the_shop_does_not_know_all_for_sure(
    client: Client, changes: dict[str, str], shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop, "known", {**TYPED, **changes})
    page = opened(client)
    assert page.select(".d2po-who") == []
    response = send(client, page, **suggested(page))
    assert response["Location"].startswith(reverse("deliver_to_po:recipient"))
    assert draft(client).recipient_name == ""


def test_a_doubt_that_the_buyer_has_answered_is_not_asked_again(client: Client) -> None:
    choose(client)
    page = soup(fill(client, phone="+33 1 42 68 53 00"))
    fill(client, phone="+33 1 42 68 53 00", **{str(one(page, "[type=checkbox]")["name"]): "on"})
    page = search(client)
    assert one(page, ".d2po-who")
    assert send(client, page, office_id=office_ids(page)[1])["Location"] == NEXT


def test_somebody_whom_the_page_did_not_show_is_not_named(
    client: Client, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(client)
    monkeypatch.setattr(shop, "known", {**TYPED, "name": "Somebody Else"})
    response = send(client, page, **suggested(page))
    assert response["Location"].startswith(reverse("deliver_to_po:recipient"))
    assert draft(client).recipient_name == ""


@pytest.mark.parametrize("who", ["", "é", "x" * 100_000])
def test_a_choice_without_the_line_leads_to_the_form(client: Client, who: str) -> None:
    page = opened(client)
    response = send(client, page, **suggested(page), who=who)
    assert response["Location"].startswith(reverse("deliver_to_po:recipient"))


def test_change_keeps_the_marked_office_and_asks_who(client: Client) -> None:
    page = opened(client)
    response = send(client, page, office_id=office_ids(page)[1], change="1")
    assert response["Location"].startswith(reverse("deliver_to_po:recipient"))
    assert draft(client).office_id == office_ids(page)[1]


def test_change_without_an_office_takes_none_and_asks_who_until_it_is_said(client: Client) -> None:
    response = send(client, opened(client), change="1")
    page = soup(client.get(response["Location"].partition("#")[0]))
    assert one(page, ".d2po-who").get_text() == "On the next page you say who picks it up."
    assert send(client, page, **suggested(page))["Location"].startswith(reverse("deliver_to_po:recipient"))
    assert fill(client, name="Théo Gagnon")["Location"] == NEXT
    assert "Théo Gagnon" in one(search(client), ".d2po-who").get_text()


def test_an_office_that_closes_meanwhile_is_said_on_the_list_and_who_picks_up_is_kept(
    client: Client, emulator: EmulatorServer
) -> None:
    page = opened(client)
    office_id = office_ids(page)[0]
    emulator.state.close_office(office_id, "no_longer")
    answer = soup(send(client, page, **suggested(page)))
    assert "no longer takes parcels" in problem(answer)
    assert office_id not in office_ids(answer)


def test_the_button_that_names_an_office_counts_more_than_a_mark(client: Client) -> None:
    page = opened(client)
    send(client, page, **suggested(page), office_id=office_ids(page)[1])
    assert draft(client).office_id == office_ids(page)[0]


def test_a_city_s_name_suggests_nothing(client: Client) -> None:
    page = search(client, "Moose Jaw SK")
    assert office_ids(page)
    assert page.select("[data-suggestion]") == []


def test_a_chosen_office_is_listed_and_marked_when_the_buyer_comes_back(client: Client) -> None:
    choose(client)
    page = opened(client)
    assert [str(radio["value"]) for radio in page.select("[name=office_id][checked]")] == [draft(client).office_id]
    assert page.select("[data-suggestion]") == []


# The last office


def test_a_device_remembers_a_post_office_only_when_its_box_is_ticked(
    client: Client, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(client)
    assert COOKIE not in send(client, page, **suggested(page)).cookies
    kept = send(client, page, office_id=office_ids(page)[1], remember="1").cookies[COOKIE]
    assert (kept["httponly"], kept["samesite"], kept["path"]) == (True, "Lax", reverse(CHOOSE))
    monkeypatch.setattr(shop, "code", "")
    other = Client()
    other.cookies[COOKIE] = kept.value
    again = opened(other)
    assert suggested(again) == {"suggested": office_ids(page)[1]}
    assert "your last post office" in one(again, ".d2po-suggested").get_text()
    assert one(again, "[name=remember]").has_attr("checked")
    forgotten = send(other, again, **suggested(again)).cookies[COOKIE]
    assert (forgotten.value, forgotten["max-age"]) == ("", 0)


@pytest.mark.parametrize("value", ["0000100137", "0000100137:x:y", "x" * 4000])
def test_a_cookie_that_is_not_signed_is_none(
    client: Client, value: str, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop, "code", "")
    client.cookies[COOKIE] = value
    assert office_ids(opened(client)) == []


def test_the_shop_s_orders_remember_the_last_office_and_no_box_is_shown(
    client: Client, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    office_id = office_ids(search(client, "K1A 0B1"))[1]
    monkeypatch.setattr(shop, "code", "")
    monkeypatch.setattr(shop, "last", Delivery(office_id=office_id))
    page = opened(client)
    assert suggested(page) == {"suggested": office_id}
    assert page.select("[name=remember]") == []


@pytest.mark.parametrize("answer", ["nonsense", 1, Delivery()])
def test_whatever_the_shop_says_of_a_last_delivery_the_step_opens(
    client: Client, answer: Any, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop, "last", answer)
    assert len(office_ids(opened(client))) == 5
