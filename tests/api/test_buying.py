"""A program buys: from a search to a reserved choice by the API, and placed by the shop's own server."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client
from django.utils import timezone

from deliver_to_po import shop
from deliver_to_po.adapter import order_adapter
from deliver_to_po.canadapost.letter_case import as_people_read
from deliver_to_po.checkout import quoting
from deliver_to_po.core.choices import OfficeCheck
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery, Office
from deliver_to_po.offer import tasks
from deliver_to_po.offices import opening
from deliver_to_po.privacy.lifetimes import RESERVED_FOR
from example_shop.models import Product
from tests.api.client import ROOT, Program
from tests.factories import TYPED_RECIPIENT as RECIPIENT
from tests.factories import build_order, make_pause

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("offered")]


@pytest.mark.parametrize(
    ("language", "name", "heading", "asks"),
    [
        ("en", "Xpresspost™", "Pick up at the post office", "Are both right?"),
        ("fr-CA,en;q=0.5", "Xpresspost", "Ramassage au bureau de poste", "Est-ce exact?"),
    ],
)
def test_a_program_buys_in_its_language(settings: Any, language: str, name: str, heading: str, asks: str) -> None:
    # It reads no session and no cookie, and finds the language by itself.
    settings.MIDDLEWARE = []
    program = Program(language)
    status, found = program.send("POST", "offices/search", {"q": "K1A 0B1", "limit": 3, "filters": ["french"]})
    assert (status, found["source"], len(found["offices"])) == (200, "fresh", 3)
    office = found["offices"][0]
    row = Office.objects.get(received_id=office["id"])
    spoken: Any = language[:2]
    kept = [row.name(spoken), row.location(spoken), row.street, row.city, row.province, row.postal_code]
    told = {**office, **office["address"]}
    facts = ("name", "location", "street", "city", "province", "postal_code")
    assert [told[fact].upper() for fact in facts] == [value.upper() for value in kept]
    offers = {one["service"]: one for one in office["offers"]}
    express = offers["DOM.XP"]
    sure = {"service": "DOM.XP", "name": name, "available": True, "reason": "", "kind": "fresh", "price_from": False}
    assert {fact: express[fact] for fact in sure} == sure
    assert date.fromisoformat(express["expected_from"]) > shop_day()
    Office.objects.update(zone="America/Nipigon")
    status, alone = program.send("GET", f"offices/{office['id']}")
    assert (office["time_zone"], alone["time_zone"]) == ("America/Toronto", "America/Nipigon")
    assert (status, alone["offers"], alone["hours"] is not None) == (200, office["offers"], True)

    assert program.choose(office["id"])["price"] == offers["DOM.EP"]["price"]
    started = program.choose(office["id"], service="DOM.XP")
    price = express["price"]
    stands = {"state": "draft", "next": "recipient", "price": price, "tax_province": office["address"]["province"]}
    assert stands.items() <= started.items()
    assert (started["seen"], started["summary"], started["messages"]) == ("", None, [])
    assert started["expires_at"] == _in_json(Delivery.objects.get(pk=started["id"]).expires_at)

    odd = {**RECIPIENT, "province": "AB", "email": "zoe@gmial.com", "phone": "+33 1 42 68 53 00"}
    status, asked = program.of_choice("PUT", "/recipient", odd)
    assert (status, asked["code"]) == (422, "recipient_refused")
    about = {question["path"].removeprefix("$."): question for question in asked["errors"]}
    assert {(name, one["code"]) for name, one in about.items()} == {
        (name, "question") for name in ("postal_code", "email", "phone")
    }
    assert asks in about["postal_code"]["message"]
    status, said = program.of_choice("PUT", "/recipient", {**odd, "confirmed": list(about)})
    assert (status, said["next"], said["summary"]["heading"]) == (200, "reserve", heading)
    assert said["summary"]["recipient_name"] == RECIPIENT["name"]

    assert program.of_choice("GET") == (200, said)
    asked_for = {"seen": said["seen"], "charge": price}
    for _ in range(2):
        status, reserved = program.of_choice("POST", "/reserve", asked_for, Idempotency_Key="one")
        assert (status, reserved["state"], reserved["next"]) == (200, "reserved", "place")
        reserved_at = Delivery.objects.get(pk=started["id"]).reserved_at
        assert reserved_at is not None
        assert reserved["expires_at"] == _in_json(reserved_at + RESERVED_FOR)
    order, blanket = build_order(), Product.objects.get(slug="wool-blanket")
    order.save()
    order.lines.create(product=blanket, quantity=1, price=blanket.price)
    placed = shop.place(order, started["id"], paid=True, charged=Decimal(price))
    assert placed is not None
    assert (placed.reason, placed.office_id, placed.recipient_name) == ("", office["id"], RECIPIENT["name"])
    status, over = program.of_choice("GET")
    assert (status, over["state"], over["next"], over["expires_at"]) == (200, "placed", None, None)


def _in_json(moment: datetime) -> Any:
    return json.loads(json.dumps(moment, cls=DjangoJSONEncoder))


def test_what_a_client_says_that_is_charged_is_no_price_where_the_shop_keeps_none(
    offered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(order_adapter()), "keeps_prices", False)
    program = Program()
    program.choose(offered[0])
    seen = program.of_choice("PUT", "/recipient", RECIPIENT)[1]["seen"]
    status, told = program.of_choice("POST", "/reserve", {"seen": seen, "charge": "0.00"})
    assert (status, told["state"], told["price"]) == (200, "reserved", None)
    # The shop takes its own, and not nothing.
    being_paid_for = shop.reserved(program.choice_id)
    assert being_paid_for is not None
    assert being_paid_for.price is None


def test_a_choice_is_changed_as_long_as_nothing_is_paid_for_and_keeps_its_id(offered: list[str]) -> None:
    program = Program()
    program.choose(offered[0])
    status, changed = program.of_choice("PATCH", body={"office_id": offered[1], "service": "DOM.XP"})
    assert (status, changed["id"]) == (200, program.choice_id)
    assert (changed["office_id"], changed["service"]) == (offered[1], "DOM.XP")
    said = program.of_choice("PUT", "/recipient", RECIPIENT)[1]
    assert program.of_choice("POST", "/reserve", {"seen": said["seen"]})[1]["state"] == "reserved"
    before = list(Delivery.objects.values())
    for method, path, body in (("PATCH", "", {"office_id": offered[2]}), ("PUT", "/recipient", RECIPIENT)):
        status, refused = program.of_choice(method, path, body)
        assert (status, refused["code"], refused["severity"]) == (409, "choice_reserved", "recoverable")
    assert list(Delivery.objects.values()) == before
    assert program.of_choice("POST", "/unreserve", Idempotency_Key="two")[1]["state"] == "draft"
    assert program.of_choice("PATCH", body={"office_id": offered[2]})[1]["office_id"] == offered[2]


def test_what_was_done_under_a_key_is_not_done_again_after_something_else(offered: list[str]) -> None:
    program = Program()
    program.choose(offered[0])
    seen = {"seen": program.of_choice("PUT", "/recipient", RECIPIENT)[1]["seen"]}
    for key, undo in (("a", "b"), ("c", "d")):
        reserve, unreserve = ("POST", "/reserve", seen), ("POST", "/unreserve")
        assert program.of_choice(*reserve, Idempotency_Key=key)[1]["state"] == "reserved"
        assert program.of_choice(*unreserve, Idempotency_Key=undo)[1]["state"] == "draft"
        # The first request comes once more, late.
        status, refused = program.of_choice(*reserve, Idempotency_Key=key)
        assert (status, refused["code"], Delivery.objects.get().state) == (409, "key_outdated", "draft")
    assert program.of_choice(*reserve, Idempotency_Key="e")[1]["state"] == "reserved"
    assert program.of_choice(*unreserve, Idempotency_Key="d")[1]["code"] == "key_outdated"


def test_a_key_is_of_one_choice_alone(offered: list[str]) -> None:
    one, other = Program(), Program()
    for program in (one, other):
        program.choose(offered[0])
        seen = program.of_choice("PUT", "/recipient", RECIPIENT)[1]["seen"]
        reserved = program.of_choice("POST", "/reserve", {"seen": seen}, Idempotency_Key="same")
        assert (reserved[0], reserved[1]["state"]) == (200, "reserved")
    assert one.of_choice("POST", "/unreserve", Idempotency_Key="same")[1]["state"] == "draft"
    assert other.of_choice("GET")[1]["state"] == "reserved"
    assert other.of_choice("POST", "/unreserve", Idempotency_Key="same")[1]["state"] == "draft"


def test_what_is_reserved_is_told_as_it_is_paid_for_and_where_it_cannot_go_on(offered: list[str]) -> None:
    program = Program()
    program.choose(offered[0])
    said = program.of_choice("PUT", "/recipient", RECIPIENT)[1]
    reserved = program.of_choice("POST", "/reserve", {"seen": said["seen"]})[1]
    without = Program(cart="")
    without.choice_id, without.secret = program.choice_id, program.secret
    assert without.of_choice("GET") == (200, reserved)
    assert (reserved["seen"], reserved["summary"], reserved["next"]) == (said["seen"], said["summary"], "place")
    Delivery.objects.update(office_check=OfficeCheck.NO_LONGER)
    closed = without.of_choice("GET")[1]
    assert ([one["code"] for one in closed["messages"]], closed["next"]) == (["office_no_longer"], "unreserve")
    assert (closed["seen"], closed["summary"]["recipient_name"]) == (said["seen"], RECIPIENT["name"])
    assert program.of_choice("POST", "/unreserve")[1]["next"] == "office"


@pytest.mark.parametrize(("asked", "shops"), [("", "fr-ca"), ("de", "fr-ca"), ("de,fr", "en")])
def test_who_asks_for_a_language_that_we_do_not_have_gets_the_shops(
    settings: Any, client: Client, asked: str, shops: str
) -> None:
    settings.LANGUAGE_CODE = shops
    answer = client.get(ROOT, headers={"accept-language": asked})
    assert (answer["Content-Language"], answer.json()["message"]) == ("fr", "Il n’y a rien à cette adresse.")


def test_post_offices_near_a_position_are_the_same_whichever_way_it_is_sent(change_settings: Any) -> None:
    program, position = Program(), {"latitude": 45.421, "longitude": -75.697}
    found = program.send("POST", "offices/search", {"position": position, "limit": 2})
    assert (found[0], len(found[1]["offices"]), found[1]["notice"]) == (200, 2, "")
    assert found[1]["received_at"] is not None
    assert program.send("GET", "offices?latitude=45.421&longitude=-75.697&limit=2") == found
    # Where the shop takes too long, its prices are left out.
    assert all(one["price"] for office in found[1]["offices"] for one in office["offers"])
    change_settings(SEARCH_TIMEOUT_SECONDS=0)
    _status, listed = program.send("POST", "offices/search", {"position": position, "limit": 2})
    assert [one["price"] for office in listed["offices"] for one in office["offers"]] == [None] * 4


def test_while_canada_post_does_not_answer_the_list_is_our_own_and_says_so(
    change_settings: Any, emulator: EmulatorServer
) -> None:
    change_settings(SEARCH_TIMEOUT_SECONDS=0.4)
    emulator.faults.add("*", "500", count=None)
    status, found = Program().send("POST", "offices/search", {"q": "K1P 1J1", "limit": 1})
    said = "Canada Post is not answering: this is our own list, received less than an hour ago. You can still choose."
    assert (status, found["source"], found["notice"], len(found["offices"])) == (200, "directory", said, 1)


def test_the_price_is_asked_for_at_once_though_a_worker_could(
    offered: list[str], monkeypatch: pytest.MonkeyPatch, emulator: EmulatorServer
) -> None:
    for module in (quoting, tasks):
        monkeypatch.setattr(module, "works_in_background", lambda: True)
    monkeypatch.setattr(tasks, "send_after_commit", lambda *_later: True)
    Program().choose(offered[0])
    assert emulator.calls["rates"] == 1


@pytest.mark.parametrize(("hour", "holiday", "open_now"), [(10, False, True), (13, False, False), (10, True, None)])
def test_a_post_office_is_told_with_all_that_is_known_of_it(
    offered: list[str], hour: int, holiday: bool, open_now: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "is_holiday", lambda day, province: holiday)
    today = timezone.now().astimezone(ZoneInfo("America/Toronto"))
    spans = [["09:30", "12:00"], ["14:00", "17:15"]]
    week = {str(day): spans for day in range(1, 8)}
    facts = {"latitude": 45.4, "longitude": -75.7, "bilingual": True, "zone": "America/Toronto"}
    Office.objects.filter(received_id=offered[0]).update(hours=week, hours_fetched_at=today, **facts)
    with time_machine.travel(today.replace(hour=hour)):
        status, told = Program(cart="").send("GET", f"offices/{offered[0]}")
    # Without a cart there is nothing to offer.
    offer = {"available": False, "price": None, "kind": None, "price_from": False, "expected_from": None}
    offers = told.pop("offers")
    assert [{name: one[name] for name in offer} for one in offers] == [offer, offer]
    assert all(one["reason"].startswith("Your basket is empty.") for one in offers)
    row = Office.objects.get(received_id=offered[0])
    street, city = as_people_read(row.street), as_people_read(row.city)
    assert status == 200
    assert told == {
        "id": offered[0],
        "name": as_people_read(row.name_en),
        "location": as_people_read(row.location_en),
        "address": {"street": street, "city": city, "province": row.province, "postal_code": row.postal_code},
        "latitude": 45.4,
        "longitude": -75.7,
        "distance_km": None,
        "hours": [{"day": day, "opens": first, "closes": last} for day in range(1, 8) for first, last in spans],
        "time_zone": "America/Toronto",
        "open_now": open_now,
        "bilingual": True,
    }


def test_who_asks_too_often_is_told_when_to_come_back(change_settings: Any, offered: list[str], client: Client) -> None:
    change_settings(SEARCHES_PER_VISITOR_PER_MINUTE=1)
    program = Program()
    program.choose(offered[0])
    # A session of its own is no other visitor.
    for cookie in ("", f"sessionid={client.session.session_key}"):
        status, refused = program.send("POST", "choices", {"office_id": offered[0]}, Cookie=cookie)
        assert (status, refused["code"], Delivery.objects.count()) == (429, "too_many_searches", 1)
    # Not so where it may last for weeks.
    make_pause()
    status, refused = program.send("POST", "choices", {"office_id": offered[0]})
    assert (status, refused["code"]) == (503, "paused")
