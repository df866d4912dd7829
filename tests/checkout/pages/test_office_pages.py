"""Searching over HTTP: what people type, a device's location, filters; without JavaScript."""

import dataclasses
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from deliver_to_po.canadapost.hours import WeeklyHours, intervals
from deliver_to_po.canadapost.identifiers import display_postal_code
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.checkout import searching
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Office
from deliver_to_po.offices.finder import OfficeAnswer
from tests.checkout.pages.stepping import StepAdapter, let_shop_be, office_ids, one, problem, soup

pytestmark = pytest.mark.django_db
# A Monday at noon in Ottawa.
NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)
NINE_TO_FIVE = WeeklyHours(dict.fromkeys(range(1, 6), intervals(["09:00", "17:00"]))).to_json()
UNTIL_NINE = WeeklyHours(dict.fromkeys(range(1, 7), intervals(["13:00", "21:00"]))).to_json()


@pytest.fixture(autouse=True)
def shop(emulator: EmulatorServer, change_settings: Any) -> None:
    """Let the shop answer as StepAdapter, and Canada Post as the emulator."""
    let_shop_be(StepAdapter, change_settings, SEARCHES_PER_VISITOR_PER_MINUTE=0, OFFICES_PER_PAGE=10)


def ask(client: Client, **data: Any) -> Any:
    """Send the search form; return the answer."""
    return client.post(reverse("deliver_to_po:choose"), {"search": "1", **data})


def look(client: Client, **query: Any) -> BeautifulSoup:
    response = client.get(reverse("deliver_to_po:choose"), query)
    assert response.status_code == 200
    return soup(response)


def asked_in(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def test_a_search_goes_on_to_an_address_without_the_house_number(client: Client) -> None:
    answer = ask(client, q="123 Main St, Moose Jaw, Saskatchewan", filter=["evenings"])
    assert answer.status_code == 302
    assert asked_in(answer["Location"]) == {"q": ["Main St, Moose Jaw, SK"], "show": ["10"], "filter": ["evenings"]}
    assert "123" not in answer["Location"]
    page = soup(client.get(answer["Location"]))
    assert len(office_ids(page)) == 10
    assert "Moose Jaw" in one(page, "legend[data-heading]").get_text()


@pytest.mark.parametrize(
    ("typed", "choices"),
    [("K1A OB1", ["K1A 0B1"]), ("Windsor", ["Windsor, QC", "Windsor, ON", "Windsor, NS"])],
)
def test_what_is_unclear_is_a_question_with_links(
    client: Client, emulator: EmulatorServer, typed: str, choices: list[str]
) -> None:
    page = soup(ask(client, q=typed, filter="french"))
    links = page.select(".d2po-question li a")
    assert [link.get_text() for link in links] == choices
    assert [asked_in(str(link["href"]))["q"] for link in links] == [[choice] for choice in choices]
    assert asked_in(str(links[0]["href"]))["filter"] == ["french"]
    assert not any(emulator.calls.values())
    assert office_ids(soup(client.get(str(links[0]["href"]))))


def test_a_device_s_location_is_searched_and_kept_by_show_more(client: Client) -> None:
    page = look(client, lat="45.42153", lon="-75.69719")
    assert len(office_ids(page)) == 10
    assert "near your location" in one(page, "legend[data-heading]").get_text()
    assert asked_in(str(one(page, "a[data-more]")["href"])) == {
        "lat": ["45.42153"],
        "lon": ["-75.69719"],
        "show": ["20"],
    }


@pytest.mark.parametrize(
    "query",
    [
        {"lat": "nan", "lon": "nan"},
        {"lat": "45"},
        {"lat": "1e999", "lon": "\x00"},
        {"q": "\x00\x01"},
        {"q": "K1A 0B1", "filter": ["?", "'"], "show": "NaN"},
    ],
)
def test_bad_input_is_a_page_with_a_message_and_no_call(
    client: Client, emulator: EmulatorServer, query: dict[str, Any]
) -> None:
    page = look(client, **query)
    assert problem(page) or office_ids(page)
    assert bool(problem(page)) != any(emulator.calls.values())
    assert ask(client, **query).status_code in (200, 302)


def test_a_town_is_listed_from_its_middle_without_that_offer(client: Client) -> None:
    page = look(client, q="Moose Jaw")
    assert office_ids(page)
    assert page.select("#d2po-offices .d2po-help") == []


def test_an_unknown_city_without_offices_asks_for_a_street(client: Client) -> None:
    assert "Add a street" in one(look(client, q="Notaplace, SK"), ".d2po-none").get_text()


def test_a_street_without_offices_leads_to_its_city(client: Client) -> None:
    page = look(client, q="Rose and Crown Lane, Moose Jaw, SK")
    assert "names no post office near Rose and Crown Lane" in one(page, ".d2po-none").get_text()
    link = one(page, "[data-results] a.d2po-button")
    assert asked_in(str(link["href"]))["q"] == ["Moose Jaw, SK"]
    assert office_ids(soup(client.get(str(link["href"]))))


@pytest.mark.parametrize("typed", ["general hospital", "Ontario", "Windsor", "K1A OB1"])
def test_a_question_is_not_shown_as_an_error(client: Client, typed: str) -> None:
    page = soup(ask(client, q=typed))
    assert one(page, ".d2po-question h2").get_text() == "One question"
    assert page.select(".d2po-problem, [aria-invalid]") == []
    assert "Problem" not in one(page, "title").get_text()


def test_none_near_is_not_shown_as_an_error(client: Client) -> None:
    page = look(client, q="Iqaluit")
    assert "Canada Post names no post office near Iqaluit, NU" in one(page, ".d2po-none").get_text()
    assert page.select(".d2po-problem, .d2po-question, [aria-invalid]") == []
    assert "Problem" not in one(page, "title").get_text()


def test_an_intersection_is_asked_for_by_its_first_street_and_shown_with_both(client: Client) -> None:
    page = look(client, q="Bank and Slater, Ottawa")
    assert len(office_ids(page)) == 10
    assert "near Bank and Slater, Ottawa, ON" in one(page, "legend[data-heading]").get_text()


@pytest.mark.parametrize(
    ("typed", "measured"),
    [
        ("Main Street, Moose Jaw, SK", "from the street, not from your house"),
        ("Bank and Slater, Ottawa", "from the street, not from your house"),
        ("K1A", "from the middle of K1A"),
        ("Toronto", "from the centre of the city. To find post offices nearer to you, add your street"),
    ],
)
def test_a_list_that_is_not_from_the_buyer_s_door_says_so_and_suggests_nothing(
    client: Client, typed: str, measured: str
) -> None:
    page = look(client, q=typed)
    assert office_ids(page)
    assert measured in " ".join(line.get_text() for line in page.select(".d2po-help"))
    assert page.select("[data-suggestion], .d2po-suggested") == []


def test_what_has_no_city_is_searched_in_the_buyer_s_own(client: Client) -> None:
    assert asked_in(ask(client, q="12 King St")["Location"])["q"] == ["King St, Montréal, QC"]
    assert "near King St, Montréal, QC" in one(look(client, q="King St"), "legend[data-heading]").get_text()


def test_a_post_office_is_found_by_its_name(client: Client) -> None:
    look(client, q="K1A 0B1")
    office = Office.objects.filter(name_en__contains="#").first()
    assert office is not None
    assert asked_in(ask(client, q=office.name_en.title())["Location"])["q"] == [display_postal_code(office.postal_code)]


def know_hours(client: Client) -> list[str]:
    """Let the directory know that the first office closes at 17:00, the second at 21:00; return all ids."""
    ids = office_ids(look(client, q="K1A 0B1"))
    for office_id, hours in zip(ids, (NINE_TO_FIVE, UNTIL_NINE), strict=False):
        Office.objects.filter(received_id=office_id).update(hours=hours, hours_fetched_at=NOON)
    # Lists are kept from before.
    cache.clear()
    return ids


@time_machine.travel(NOON, tick=False)
def test_each_office_says_whether_its_counter_is_open(client: Client) -> None:
    know_hours(client)
    said = [
        row.get_text(strip=True).replace("\N{NO-BREAK SPACE}", " ")
        for row in look(client, q="K1A 0B1").select(".d2po-opening")
    ]
    assert said == ["Open now, closes at 5 p.m.", "Closed, opens at 1 p.m."]


@time_machine.travel(NOON, tick=False)
def test_a_filter_leaves_what_suits_and_what_is_not_known(client: Client) -> None:
    ids = know_hours(client)
    assert office_ids(look(client, q="K1A 0B1", filter="open"))[:2] == [ids[0], ids[2]]
    page = look(client, q="K1A 0B1", filter=["evenings", "weekend"])
    assert office_ids(page)[:2] == [ids[1], ids[2]]
    assert [str(box["value"]) for box in page.select("[name=filter][checked]")] == ["evenings", "weekend"]
    assert asked_in(str(one(page, "a[data-more]")["href"]))["filter"] == ["evenings", "weekend"]
    assert [str(field["value"]) for field in page.select("[type=hidden][name=filter]")] == ["evenings", "weekend"]


def test_a_filter_that_leaves_nothing_says_how_to_widen_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    office = PostOffice("1", "A", "", "1 B St", "Regina", "SK", "S4P3Y2", bilingual=False)
    answer = OfficeAnswer((office,), NOON)
    monkeypatch.setattr(searching, "find", lambda *_, **__: answer)
    page = look(client, q="K1A 0B1", filter="french")
    assert "does not match your filters" in one(page, ".d2po-none").get_text()
    link = str(one(page, ".d2po-results a.d2po-button")["href"])
    assert asked_in(link) == {"q": ["K1A 0B1"], "show": ["10"]}
    assert office_ids(soup(client.get(link))) == ["1"]


def test_offices_that_may_be_as_wanted_come_last_and_the_page_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, early = (
        WeeklyHours(dict.fromkeys(range(1, 6), intervals(["09:00", closes]))) for closes in ("21:00", "17:00")
    )
    kept = PostOffice("1", "A", "", "1 B St", "Regina", "SK", "S4P3Y2")
    offices = [
        dataclasses.replace(kept, office_id=str(number), hours=hours)
        for number, hours in enumerate((None, early, late, None, late), start=1)
    ]
    monkeypatch.setattr(searching, "find", lambda *_, **__: OfficeAnswer(tuple(offices), NOON))
    page = look(client, q="K1A 0B1", filter="evenings")
    assert office_ids(page) == ["3", "5", "1", "4"]
    # For the ear as for the eye: listed or not, only those that are surely as wanted count.
    assert "2 post offices near K1A\xa00B1 match your filters" in one(page, "legend[data-heading]").get_text()
    assert one(page, "[data-part=count]").get_text() == "2 of 5 offices"
    assert "2 match; the hours of the last 2 are not known" in one(page, "fieldset .d2po-note").get_text()
