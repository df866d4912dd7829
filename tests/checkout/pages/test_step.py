"""The step over HTTP, without JavaScript, with Canada Post's emulator behind it."""

import dataclasses
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib import messages
from django.contrib.messages.storage import default_storage
from django.http import HttpRequest
from django.shortcuts import render
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.canadapost.identifiers import comparable_office_id
from deliver_to_po.canadapost.letter_case import as_people_write
from deliver_to_po.canadapost.types import Language
from deliver_to_po.checkout import searching
from deliver_to_po.checkout.pages.recipient_line import SHOWN
from deliver_to_po.checkout.session import SESSION_KEY
from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.emulator.state import CLOSINGS, Closing
from deliver_to_po.models import Delivery, Office
from deliver_to_po.offices import finder
from tests.checkout.pages.stepping import (
    HOME,
    NEXT,
    StepAdapter,
    choose,
    draft,
    expire,
    fill,
    office_ids,
    one,
    problem,
    search,
    shown_by,
    soup,
)
from tests.factories import PARCEL, TYPED, make_order, make_pause

pytestmark = pytest.mark.usefixtures("shop", "bystanders")


# Searching


def test_a_search_lists_offices_with_number_distance_and_address(client: Client) -> None:
    page = search(client, "k1a-0b1")
    assert len(office_ids(page)) == 5
    row = page.select(".d2po-office")[0]
    assert row["data-number"] == "1"
    assert row.select_one(".d2po-distance") is not None
    assert len(row.select("label .d2po-line")) >= 2
    assert "5 post offices near K1A\N{NO-BREAK SPACE}0B1" in one(page, "legend[data-heading]").get_text()


def test_a_wrong_postal_code_is_kept_and_its_message_tied_to_the_field(
    client: Client, emulator: EmulatorServer
) -> None:
    page = search(client, "90210")
    assert "cannot find this place in Canada" in problem(page)
    field = one(page, "#d2po-q")
    assert field["value"] == "90210"
    assert field["aria-invalid"] == "true"
    assert page.find(id=str(field["aria-describedby"]).split()[-1]) is not None
    assert not any(emulator.calls.values())


def test_a_second_place_that_is_wrong_is_kept_with_its_message_and_the_list_without_it(client: Client) -> None:
    page = search(client, via="90210")
    assert office_ids(page) == office_ids(search(client))
    assert "90210: We cannot find this place" in problem(page)
    field = one(page, "#d2po-via")
    assert (field["value"], field["aria-invalid"]) == ("90210", "true")
    assert "d2po-problem" in str(field["aria-describedby"])
    assert one(page, "#d2po-q").get("aria-invalid") is None


@pytest.mark.parametrize(
    ("q", "via"),
    [
        ("123 Sparks Street, Ottawa, ON", "90210"),
        ("123 Sparks Street, Ottawa, ON", "Windsor"),
        ("123 Sparks Street, Ottawa, ON", "456 Innes Road, Ottawa, ON"),
        ("Windsor", "456 Innes Road, Ottawa, ON"),
    ],
)
def test_where_one_of_two_places_is_wrong_both_are_kept_and_no_house_number_gets_into_a_url(
    client: Client, q: str, via: str
) -> None:
    page = soup(client.post(reverse("deliver_to_po:choose"), {"search": "1", "q": q, "via": via}))
    typed = [one(page, "#d2po-q"), one(page, "#d2po-via")]
    assert [field["value"] for field in typed] == [q, via]
    assert problem(page)
    for field in typed:
        field.extract()
    values = [str(value) for tag in page.find_all(True) for value in tag.attrs.values()]
    assert [value for value in values if re.search(r"(123|456)\W+(Sparks|Innes)", value)] == []


def test_a_second_place_that_may_be_two_is_asked_about_and_the_first_stays(client: Client) -> None:
    page = search(client, via="Windsor")
    links = [str(link["href"]) for link in page.select(".d2po-question a")]
    assert links
    assert all("q=K1A+0B1" in link and "via=" in link for link in links)


def test_what_canada_post_says_is_escaped(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    real = finder.find

    def find(*arguments: Any, **named: Any) -> Any:
        found = real(*arguments, **named)
        return found._replace(offices=(dataclasses.replace(found.offices[0], name='<b>Herbs</b> & "co"'),))

    monkeypatch.setattr(searching, "find", find)
    page = search(client)
    assert one(page, ".d2po-office")["data-name"] == '<b>Herbs</b> & "co"'
    assert page.select(".d2po-office b") == []


def test_french_buyers_read_french_offices(client: Client) -> None:
    english = search(client).select(".d2po-name")[0].get_text()
    page = soup(client.get(reverse("deliver_to_po:choose"), {"q": "K1A 0B1"}, headers={"Accept-Language": "fr-CA"}))
    assert one(page, "html")["lang"] == "fr"
    assert page.select(".d2po-name")[0].get_text() != english
    assert "," in page.select(".d2po-distance")[0].get_text()


# Choosing


def test_choosing_makes_a_draft_and_goes_on_to_the_recipient(client: Client) -> None:
    response = choose(client)
    assert response.status_code == 302
    assert urlsplit(response["Location"]).path == reverse("deliver_to_po:recipient")
    made = draft(client)
    assert made.office_id == office_ids(search(client))[0]
    assert made.office_hours
    assert made.language == "en"


def test_choosing_nothing_is_said_with_the_list_kept(client: Client) -> None:
    response = client.post(reverse("deliver_to_po:choose"), {"q": "K1A 0B1", "show": "10"})
    page = soup(response)
    assert response.status_code == 200
    assert "Choose a post office from the list" in problem(page)
    assert len(office_ids(page)) == 10
    assert one(page, "#d2po-offices")["aria-describedby"] == "d2po-problem"
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize("office_id", ["9999999999", "é" * 300])
def test_an_office_never_offered_is_refused_with_the_list_kept(client: Client, office_id: str) -> None:
    page = soup(choose(client, office_id))
    assert "does not offer this post office" in problem(page)
    assert len(office_ids(page)) == 5
    assert SESSION_KEY not in client.session


def test_an_id_that_is_too_long_is_refused_not_cut(client: Client) -> None:
    twelve_digits = office_ids(search(client))[0].rjust(12, "0")
    assert "does not offer this post office" in problem(soup(choose(client, f"{twelve_digits}7")))
    assert choose(client, twelve_digits).status_code == 302


def test_a_chosen_office_that_the_list_leaves_out_stays_chosen_beside_it(client: Client) -> None:
    tenth = office_ids(search(client, show="10"))[9]
    choose(client, tenth)
    for query in ({"q": "K1A 0B1"}, {"q": "V6B 1A1"}, {"q": "K1A 0B1", "filter": ["open", "evenings", "weekend"]}):
        page = search(client, **query)
        assert "until you choose another" in one(page, "[data-kept]").get_text()
        assert one(page, "input[type=radio][checked]")["value"] == tenth
        assert office_ids(page)[0] == tenth


def test_an_office_that_is_only_chosen_on_the_page_stays_so_when_its_script_asks_for_a_list(client: Client) -> None:
    tenth = office_ids(search(client, show="10"))[9]
    headers = {"X-D2PO-Chosen": tenth}
    page = soup(client.get(reverse("deliver_to_po:choose"), {"q": "K1A 0B1"}, headers=headers))
    assert one(page, "input[type=radio][checked]")["value"] == tenth


@pytest.mark.parametrize("office_id", ["999999999999", "x" * 5_000])
def test_what_was_never_offered_is_not_kept(client: Client, office_id: str) -> None:
    headers = {"X-D2PO-Chosen": office_id}
    page = soup(client.get(reverse("deliver_to_po:choose"), {"q": "K1A 0B1"}, headers=headers))
    assert page.select("[data-kept], input[type=radio][checked]") == []
    assert len(office_ids(page)) == 5


def test_what_was_offered_too_long_ago_is_not_kept_either(client: Client) -> None:
    choose(client, office_ids(search(client, show="10"))[9])
    Office.objects.update(offered_at=timezone.now() - timedelta(days=8))
    assert search(client).select("[data-kept]") == []


def test_no_radio_button_is_wrong_before_anything_is_chosen(client: Client) -> None:
    assert search(client).select("input[type=radio][required]") == []


def test_the_box_says_how_a_place_was_read(client: Client) -> None:
    for typed, read in {
        "Hull": "Hull, QC",
        "k1a0b1": "K1A 0B1",
        "12 Main St, Moose Jaw SK": "Main St, Moose Jaw, SK",
    }.items():
        assert one(search(client, typed), "#d2po-q")["value"] == read


def test_a_search_in_the_middle_of_a_map_is_not_called_the_buyer_s_location(client: Client) -> None:
    there = {"lat": "45.42", "lon": "-75.7"}
    for place, more in {"your location": there, "the middle of the map": {**there, "map": "1"}}.items():
        page = soup(client.get(reverse("deliver_to_po:choose"), more))
        assert f"near {place}, nearest first" in one(page, "legend[data-heading]").get_text()


def test_the_app_s_own_pages_show_the_shop_s_messages(client: Client) -> None:
    request = RequestFactory().get("/")
    request.session = client.session
    request._messages = default_storage(request)  # type: ignore[attr-defined]
    messages.info(request, "Added <to> your basket")
    page = render(request, "deliver_to_po/base.html").content.decode()
    assert '<li class="info">Added &lt;to&gt; your basket</li>' in page


def test_an_expired_draft_starts_anew_without_a_word(client: Client) -> None:
    choose(client)
    old = expire(client)
    assert problem(search(client)) == ""
    choose(client)
    assert draft(client).pk != old.pk


# The recipient


@pytest.mark.parametrize(
    ("mailable", "told"),
    [
        (lambda self, cart: "Lamp oil does not travel by post.", "Lamp oil does not travel by post."),
        (lambda self, cart: 1 / 0, "Your order cannot be delivered to a post office right now."),
        (lambda self, cart: "", "too heavy or too large"),
    ],
    ids=["forbidden", "shop fails", "goes"],
)
def test_a_buyer_whose_cart_goes_to_no_post_office_reads_why(
    client: Client, monkeypatch: pytest.MonkeyPatch, mailable: Any, told: str
) -> None:
    for name, answer in {"cart": "a cart", "parcels": [PARCEL]}.items():
        monkeypatch.setattr(StepAdapter, name, lambda self, _asked, answer=answer: answer, raising=False)
    monkeypatch.setattr(StepAdapter, "mailable", mailable, raising=False)
    page = search(client, problem="not_mailable")
    assert told in problem(page)
    assert page.find("a", href=HOME) is not None


def test_an_expired_draft_sends_back_with_a_reason(client: Client) -> None:
    choose(client)
    expire(client)
    assert "has expired" in problem(soup(client.get(reverse("deliver_to_po:recipient"), follow=True)))


@pytest.mark.parametrize("code", ["draft_unknown", "draft_expired", "choice_required", "office_no_longer"])
def test_whoever_goes_back_after_choosing_is_not_told_what_sent_them_there(client: Client, code: str) -> None:
    url = reverse("deliver_to_po:choose")
    assert soup(client.get(url, {"problem": code})).select("[data-problem]")
    choose(client)
    assert not soup(client.get(url, {"problem": code})).select("[data-problem]")


@pytest.mark.parametrize("end", [expire, lambda client: draft(client).delete()], ids=["expired", "deleted"])
def test_a_draft_that_ends_while_its_recipient_is_typed_begins_again_with_its_office(client: Client, end: Any) -> None:
    choose(client)
    form, old = soup(client.get(reverse("deliver_to_po:recipient"))), draft(client)
    end(client)
    assert fill(client, office=str(one(form, "input[name=office]")["value"]))["Location"] == NEXT
    assert draft(client).pk != old.pk
    assert (draft(client).office_id, draft(client).recipient_name) == (old.office_id, TYPED["name"])


def test_a_form_that_would_begin_one_choice_too_many_leads_to_the_list_which_says_so(
    client: Client, change_settings: Any
) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=1, TRUSTED_PROXIES=0)
    choose(client)
    assert "problem=too_many_searches" in fill(client, office=expire(client).office_id)["Location"]


def test_a_form_names_the_office_in_the_language_of_its_page(client: Client) -> None:
    choose(client)
    url, french = reverse("deliver_to_po:choose"), {"Accept-Language": "fr-CA"}
    listed = soup(client.get(url, {"q": "K1A 0B1"}, headers=french)).select(".d2po-name")[0].get_text()
    form = soup(client.get(reverse("deliver_to_po:recipient"), headers=french))
    assert listed.endswith(one(form, ".d2po-choice strong").get_text())


def test_a_form_says_who_picks_up_at_the_office_that_it_shows(client: Client) -> None:
    nearest, other, *_ = office_ids(search(client))
    choose(client, nearest)
    form = soup(client.get(reverse("deliver_to_po:recipient")))
    choose(client, other)
    assert fill(client, office=str(one(form, "input[name=office]")["value"]))["Location"] == NEXT
    assert (draft(client).office_id, draft(client).recipient_name) == (nearest, TYPED["name"])


def test_a_form_that_was_sent_after_the_order_begins_no_other_choice(client: Client) -> None:
    choose(client)
    fill(client)
    placed, order = draft(client), make_order()
    row = Delivery.objects.filter(pk=placed.pk)
    row.update(order=order, current_order=order, state=DeliveryState.PLACED, placed_at=timezone.now())
    assert "problem=draft_unknown" in fill(client, office=placed.office_id)["Location"]
    assert draft(client) == placed


def test_a_pause_that_begins_meanwhile_sends_back_says_why_and_loses_no_recipient(client: Client) -> None:
    choose(client)
    make_pause(reason_en="A <b>strike</b>.")
    url = reverse("deliver_to_po:recipient")
    for page in (client.get(url, follow=True), client.post(url, {}, follow=True), client.post(url, TYPED, follow=True)):
        assert "A <b>strike</b>." in one(soup(page), ".d2po-lead").get_text()
        assert "home delivery" in soup(page).get_text()
        assert "data-office=" not in page.content.decode()
    assert draft(client).recipient_name == TYPED["name"]


def test_the_form_shows_the_office_and_what_the_shop_knows(client: Client) -> None:
    choose(client)
    page = soup(client.get(reverse("deliver_to_po:recipient")))
    assert as_people_write(draft(client).office_name) in one(page, ".d2po-choice").get_text()
    assert one(page, "#id_name")["value"] == "Zoé Tremblay"
    assert one(page, "#id_postal_code")["value"] == "H2X 1Y4"
    assert one(page, "#id_province option[selected]")["value"] == "QC"


def test_another_office_is_chosen_in_the_list_and_at_the_office_that_were_left(client: Client) -> None:
    tenth = office_ids(search(client, show="10"))[9]
    there = {"q": "K1A 0B1", "show": "10", "filter": "french", "office_id": tenth}
    form = client.post(reverse("deliver_to_po:choose"), there)["Location"]
    url = urlsplit(client.post(form, {"office": tenth, "change": "1"})["Location"])
    assert parse_qs(url.query) == {"q": ["K1A 0B1"], "show": ["10"], "filter": ["french"]}
    assert url.fragment == f"d2po-office-{tenth}"


def test_a_wrong_recipient_keeps_all_that_was_typed(client: Client) -> None:
    choose(client)
    response = fill(client, phone="555", email="zoé@example.com")
    page = soup(response)
    assert response.status_code == 200
    assert [str(link["href"]) for link in page.select(".d2po-problem a")] == ["#id_email", "#id_phone"]
    assert one(page, "#id_phone")["value"] == "555"
    assert one(page, "#id_name")["value"] == TYPED["name"]
    assert one(page, "#id_phone")["aria-invalid"] == "true"
    assert draft(client).recipient_name == ""


@pytest.mark.parametrize("how", CLOSINGS)
def test_an_office_that_closed_sends_back_to_choose_with_the_recipient_kept(
    client: Client, emulator: EmulatorServer, how: Closing
) -> None:
    choose(client)
    emulator.state.close_office(comparable_office_id(draft(client).office_id).rjust(10, "0"), how)
    asked = "q=K1A+0B1&show=5&filter=french"
    page = soup(client.post(f"{reverse('deliver_to_po:recipient')}?{asked}", TYPED, follow=True))
    assert one(page, "#d2po-filter-french").has_attr("checked")
    assert f"{as_people_write(draft(client).office_name)} no longer accepts parcels" in problem(page)
    assert page.select("input[type=radio][checked]") == []
    choose(client, office_ids(page)[1])
    form = soup(client.get(reverse("deliver_to_po:recipient")))
    assert one(form, "#id_email")["value"] == TYPED["email"]


# One office


def test_an_office_s_page_shows_its_hours_and_leads_back_to_the_same_list(client: Client) -> None:
    asked = {"q": "K1A 0B1", "show": "10", "filter": "french"}
    page = soup(client.get(str(search(client, **asked).select("[data-hours-link]")[0]["href"])))
    assert len(page.select(".d2po-hours tr")) >= 2
    back = urlsplit(str(one(page, ".d2po-other a")["href"]))
    assert parse_qs(back.query) == {name: [value] for name, value in asked.items()}
    sent = {str(field["name"]): field["value"] for field in page.select("form input[type=hidden]")}
    assert asked.items() <= sent.items()


def test_the_script_gets_hours_of_several_in_the_language_of_its_page(client: Client) -> None:
    first, second = office_ids(search(client))[:2]
    hours = reverse("deliver_to_po:hours")
    for language, sunday in (("en", "Sunday"), ("fr", "Dimanche")):
        page = soup(client.get(hours, {"office": [first, second, "x"], "language": language}))
        assert [str(part["data-hours-of"]) for part in page.select("[data-hours-of]")] == [first, second]
        assert sunday in page.get_text()


def test_hours_that_are_known_are_in_the_list(client: Client) -> None:
    office_id = office_ids(search(client))[0]
    client.get(reverse("deliver_to_po:office", args=[office_id]))
    rows = search(client).select(".d2po-office")
    assert rows[0].select_one("details .d2po-hours") is not None
    assert rows[1].select_one("a[data-hours-link]") is not None


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "cannot get this post office’s hours right now"), ("fr", "obtenir les heures d’ouverture de ce bureau")],
)
def test_hours_that_canada_post_does_not_give_now_leave_the_office_s_page_usable(
    client: Client, emulator: EmulatorServer, language: Language, words: str
) -> None:
    client.cookies["django_language"] = language
    office_id = office_ids(search(client))[1]
    row = Office.objects.get(received_id=office_id)
    emulator.faults.add("*", "500", count=None)
    response = client.get(reverse("deliver_to_po:office", args=[office_id]), {"q": "K1A 0B1"})
    page = soup(response)
    assert response.status_code == 200
    assert one(page, "h1").get_text() == as_people_write(row.name(language)).replace("# ", "#\N{NO-BREAK SPACE}")
    assert words in one(page, "[data-office-hours]").get_text()
    assert one(page, "input[name=office_id]")["value"] == office_id
    assert one(page, "input[name=q]")["value"] == "K1A 0B1"


def test_an_office_that_is_not_there_is_404(client: Client) -> None:
    response = client.get(reverse("deliver_to_po:office", args=["999999999999"]))
    assert response.status_code == 404
    assert "does not offer" in problem(soup(response))


@pytest.mark.parametrize("office_id", ["abc", "1" * 13, "12a", "١٢"])
def test_only_digits_are_an_office_s_address(client: Client, office_id: str) -> None:
    assert client.get(f"{reverse('deliver_to_po:choose')}office/{office_id}/").status_code == 404


# Habits of all three pages


def test_pages_are_never_stored(client: Client) -> None:
    choose(client)
    for name in ("choose", "recipient"):
        assert "no-store" in client.get(reverse(f"deliver_to_po:{name}"))["Cache-Control"]


def test_no_address_holds_what_was_typed_of_the_recipient(client: Client) -> None:
    first = choose(client)["Location"]
    second = fill(client)["Location"]
    for typed in (*TYPED.values(), draft(client).pk.hex):
        assert typed not in first + second


def test_other_methods_are_refused(client: Client) -> None:
    assert client.put(reverse("deliver_to_po:choose")).status_code == 405
    assert client.post(reverse("deliver_to_po:office", args=["123"])).status_code == 405


def test_nothing_is_inline_so_a_strict_csp_holds(client: Client) -> None:
    office_id = office_ids(search(client))[0]
    choose(client)
    pages = [
        search(client),
        soup(client.get(reverse("deliver_to_po:recipient"))),
        soup(client.get(reverse("deliver_to_po:office", args=[office_id]))),
    ]
    for page in pages:
        assert page.select("style, [style]") == []
        assert all(s.get("src") or s.get("type") == "application/json" for s in page.select("script"))
        assert not any(name.startswith("on") for element in page.find_all(True) for name in element.attrs)


def test_every_field_has_a_label_and_every_reference_its_target(client: Client) -> None:
    choose(client)
    pages = [search(client), search(client, "90210"), soup(fill(client, phone=""))]
    for page in pages:
        ids = [str(element["id"]) for element in page.find_all(id=True)]
        assert len(ids) == len(set(ids))
        for field in page.select("input:not([type=hidden]), select"):
            assert page.select_one(f'label[for="{field["id"]}"]'), field
        for element in page.select("[aria-describedby], [aria-labelledby]"):
            names = str(element.get("aria-describedby") or element.get("aria-labelledby")).split()
            assert set(names) <= set(ids)


def test_without_django_leaflet_the_list_stays(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert one(search(client), "[data-map]")
    monkeypatch.setattr("deliver_to_po.templatetags.deliver_to_po.apps.is_installed", lambda name: False)
    page = search(client)
    assert page.select("[data-map]") == []
    assert len(office_ids(page)) == 5


def test_the_map_asks_for_nothing_before_it_is_opened(client: Client) -> None:
    # Not by select(), which sees nothing of what is in a template.
    elements = search(client).find_all(["script", "link"])
    loading = [one for one in elements if "/leaflet/" in str(one.get("src") or one.get("href"))]
    assert {element.name for element in loading} == {"script", "link"}
    for element in loading:
        assert element.find_parent("template") is not None


@pytest.mark.parametrize("known", [False, True], ids=["after the form", "after the list"])
def test_a_next_page_that_cannot_be_named_is_said_on_the_page_and_the_choice_stays(
    known: bool, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(client)
    if known:
        fill(client)
    with monkeypatch.context() as mistaken:
        mistaken.setattr(StepAdapter, "next_url", lambda self, request: "")
        response = choose(client, **{SHOWN: shown_by(client)}) if known else fill(client)
    assert "the next page of the checkout cannot be opened right now" in response.content.decode()
    assert draft(client).recipient_name == TYPED["name"]
    assert fill(client)["Location"] == NEXT


def fails(self: StepAdapter, request: HttpRequest) -> Any:
    """Raise what nobody foresaw."""
    raise RuntimeError


def test_a_way_home_that_the_shop_cannot_name_is_left_out(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert search(client).select(f'a[href="{HOME}"]')
    monkeypatch.setattr(StepAdapter, "home_delivery_url", fails)
    page = search(client)
    assert office_ids(page)
    assert "home delivery" not in page.get_text()
    assert not page.select('a[href="None"]')
