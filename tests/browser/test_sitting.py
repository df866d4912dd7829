"""A clerk's morning: forty mixed orders from the queue to the manifest in one sitting, and every press is counted."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any, NamedTuple

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from deliver_to_po import shop
from deliver_to_po.admin.changes import hand_off
from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.changing.cancelling import cancel_delivery
from deliver_to_po.handoff.releasing.release import hold_delivery, release_delivery
from deliver_to_po.models import Delivery, Manifest, Shipment
from tests.browser.axe import violations_in_content
from tests.browser.buying import RECIPIENT as PICKS_UP
from tests.browser.buying import fill, search, submit
from tests.browser.sitting import SUSPECTED, Clerk, at_the_desk, buy, delivery_of, good_orders
from tests.browser.stations import (
    assert_printed,
    button,
    button_of_the_queue,
    choose_another_office,
    correct_the_recipient,
    end_the_day,
    in_packing_order,
    let_it_go_on,
    pack_and_hand_off,
    print_all,
    row_of,
    say_that_nothing_is_made,
    say_what_the_scale_says,
    send_the_link,
    submit_of,
    to_queue,
    told,
)
from tests.factories import PARCEL, make_order, make_shipment
from tests.rounds import hand_off_due

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# What the desk promises: presses for everything that nothing is wrong with, and for each of the others.
MOST_FOR_THE_GOOD, MOST_FOR_ONE = 12, 4


class Odd(NamedTuple):
    """Six deliveries that each need attention for another reason."""

    refused: Delivery
    closed: Delivery
    heavy: Delivery
    held: Delivery
    not_voided: Delivery
    never_chosen: Delivery


@pytest.fixture
def desk(shop: str, change_settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of the example shop where a clerk releases, and each product has a box of its own."""
    # However long a busy machine takes for it.
    monkeypatch.setattr(hand_off, "BUDGET_SECONDS", 300.0)
    packs = "tests.browser.sitting.PackingShop"
    change_settings(ORDER_ADAPTER=packs, RELEASE="by_merchant", OFFICES_PER_PAGE=4, SITE_URL=shop)
    return shop


def odd_orders(emulator: EmulatorServer) -> Odd:
    """Return what goes wrong: some of it has, the rest does when it is handed off."""
    not_voided = delivery_of(buy(emulator, 45, "wool-socks"))
    _label_that_is_not_voided(not_voided, emulator)
    refused = delivery_of(buy(emulator, 40, "stoneware-mug"))
    # The first that is handed off in the sitting is this one.
    emulator.faults.add("create_shipment", "400")
    closed = delivery_of(buy(emulator, 51, "linen-towels"))
    emulator.state.close_office(closed.office_id, "no_longer")
    heavy = delivery_of(buy(emulator, 42, "butcher-block"))
    held = delivery_of(buy(emulator, 43, "storm-lantern", email=SUSPECTED))
    paid = make_order(language="fr", email="never@example.com", paid_at=timezone.now())
    never_chosen = shop.choose_for(paid).delivery
    return Odd(refused, closed, heavy, held, not_voided, never_chosen)


def _label_that_is_not_voided(delivery: Delivery, emulator: EmulatorServer) -> None:
    """Make yesterday's label, which another weight has made wrong since, and let its void be refused."""
    release_delivery(delivery)
    hand_off_due()
    emulator.faults.add("void_shipment", "400")
    shop.change_consignment(delivery, 1, parcel=PARCEL)
    hand_off_due()


def buyer_chooses(page: Page, link: str) -> None:
    """Choose as the buyer does who has got the link: no press of the clerk's."""
    page.goto(link)
    search(page, "J8X 2K4")
    page.locator("input[name=office_id]").first.check()
    submit(page)
    fill(page, PICKS_UP, "QC")
    submit(page)
    expect(page.locator("input[name=office_id]")).to_have_count(0)


def links_to(address: str) -> list[str]:
    bodies = [str(message.body) for message in mail.outbox if address in message.to]
    return re.findall(r"http://\S+/again/\S+", bodies[-1]) if bodies else []


@pytest.mark.parametrize(("keyboard", "language", "orders", "parcels"), [(False, "en", 34, 40), (True, "fr", 11, 13)])
def test_forty_orders_from_the_queue_to_the_manifest_in_one_sitting(
    desk: str,
    browser: Browser,
    emulator: EmulatorServer,
    bystander: None,
    keyboard: bool,
    language: str,
    orders: int,
    parcels: int,
) -> None:
    odd = odd_orders(emulator)
    good = [delivery_of(order) for order in good_orders(emulator, orders)]
    counted: dict[str, int] = {}
    with at_the_desk(browser, desk, "anne", keyboard=keyboard, language=language) as clerk:
        clerk.look("desk")
        with clerk.at_most(MOST_FOR_THE_GOOD, counted, "good"):
            pack_and_hand_off(clerk, orders + 3, parcels)
            labels = in_packing_order(good)
            assert {len(delivery.shipments.all()) for delivery in good} == {1, 2}
            assert_printed(print_all(clerk), labels)
            assert len(PdfReader(BytesIO(end_the_day(clerk))).pages) >= 1
        assert transmitted() == {shipment.pk for shipment in labels}
        clerk.open_desk()
        for name, mend in (
            ("refused", correct_the_recipient),
            ("heavy", say_what_the_scale_says),
            ("not_voided", say_that_nothing_is_made),
            ("closed", choose_another_office),
            ("never_chosen", send_the_link),
            ("held", let_it_go_on),
        ):
            with clerk.at_most(MOST_FOR_ONE, counted, name):
                mend(clerk, getattr(odd, name))
        # The workers' turn, and the buyer's.
        hand_off_due()
        hand_off_due()
        [link] = links_to("never@example.com")[:1]
        context = browser.new_context(locale="fr-CA")
        buyer_chooses(context.new_page(), link)
        context.close()
        with clerk.at_most(MOST_FOR_THE_GOOD, counted, "the six, after that"):
            pack_and_hand_off(clerk, 2, 2)
            labels_of_odd = in_packing_order(list(odd))
            assert_printed(print_all(clerk), labels_of_odd)
            end_the_day(clerk)
    assert len(labels_of_odd) == len(odd)
    assert transmitted() == {shipment.pk for shipment in (*labels, *labels_of_odd)}
    assert Manifest.objects.count() == 2


def transmitted() -> set[int]:
    return set(
        Shipment.objects.filter(transmitted_at__isnull=False, manifest__isnull=False).values_list("pk", flat=True)
    )


# -- A session that ends ---------------------------------------------------------------------------------------------


@pytest.fixture
def bystander(db: None) -> Iterator[None]:
    """Keep somebody else's parcel, printed and transmitted yesterday, that must stand as it was."""
    yesterday = timezone.now() - timedelta(days=1)
    row = make_shipment(state=ShipmentState.LABELLED, printed_at=yesterday, prints=1, transmitted_at=yesterday)
    before = Shipment.objects.filter(pk=row.pk).values().get()
    yield
    assert Shipment.objects.filter(pk=row.pk).values().get() == before


@pytest.fixture
def towels(desk: str, emulator: EmulatorServer) -> Delivery:
    """Return a delivery of one parcel that is not released yet."""
    return delivery_of(buy(emulator, 1, "linen-towels"))


@pytest.fixture
def labelled(towels: Delivery) -> Delivery:
    release_delivery(towels)
    hand_off_due()
    return towels


@pytest.fixture
def clerk(desk: str, browser: Browser) -> Iterator[Clerk]:
    with at_the_desk(browser, desk, "anne") as anne:
        yield anne


def go_to_day_end(clerk: Clerk) -> None:
    Shipment.objects.filter(state=ShipmentState.LABELLED, printed_at=None).update(printed_at=timezone.now())
    clerk.press(clerk.page.locator(".d2po-tools a[href*='day-end']"))


@pytest.mark.parametrize("station", ["to_pack", "print", "file", "day_end"])
def test_a_session_that_ends_in_the_middle_leads_back_after_the_login_and_nothing_was_done(
    emulator: EmulatorServer, labelled: Delivery, clerk: Clerk, station: str
) -> None:
    waits = delivery_of(buy(emulator, 2, "linen-towels"))
    control, back = _at_station(clerk, station)
    before = _stands(labelled, waits)
    Session.objects.all().delete()
    if station == "file":
        with clerk.page.context.expect_page() as opened:
            control.click()
        clerk.page = opened.value
    else:
        control.click()
    expect(clerk.page.locator("[name=username]")).to_be_visible()
    clerk.log_in()
    clerk.page.wait_for_url(back)
    assert clerk.page.locator("#content").count() == 1
    clerk.look(f"back-{station}")
    assert _stands(labelled, waits) == before
    if station == "file":
        assert clerk.press_for_a_file(submit_of(clerk))


def _at_station(clerk: Clerk, station: str) -> tuple[Locator, re.Pattern[str]]:
    """Go to a station and return the button to press there, and where the clerk is after the login."""
    if station == "to_pack":
        to_queue(clerk, "to_pack")
        return button_of_the_queue(clerk), re.compile(r"queue=to_pack")
    if station in ("print", "file"):
        to_queue(clerk, "to_print")
        if station == "print":
            return button_of_the_queue(clerk), re.compile(r"/print/$")
        clerk.press(button_of_the_queue(clerk))
        return submit_of(clerk), re.compile(r"/print/[0-9a-f-]{36}/$")
    if station == "day_end":
        go_to_day_end(clerk)
        return submit_of(clerk), re.compile(r"/day-end/$")
    raise ValueError(station)


def test_what_was_typed_when_the_session_ended_is_kept_while_the_clerk_logs_in_beside_it(
    labelled: Delivery, clerk: Clerk
) -> None:
    clerk.press(row_of(clerk, labelled).locator("td.field-reference_shown a, th a").first)
    clerk.press(button(clerk, "change_parcels"))
    clerk.type(clerk.page.locator("[name$=weight_kg]"), "1.5")
    clerk.type(clerk.page.locator("[name=note]"), "Weighed")
    before = _stands(labelled)
    expect(clerk.page.get_by_text("Your session has ended")).to_be_hidden()
    Session.objects.all().delete()
    submit_of(clerk).click()
    expect(clerk.page.get_by_role("alert")).to_contain_text("what you typed is kept")
    clerk.look("ended-change")
    assert violations_in_content(clerk.page) == []
    typed, link = clerk.page, clerk.page.get_by_role("link", name="Log in")
    with typed.context.expect_page() as opened:
        link.click()
    clerk.page = opened.value
    clerk.log_in()
    expect(clerk.page.locator("[name$=weight_kg]")).to_be_visible()
    clerk.page.close()
    clerk.page = typed
    assert _stands(labelled) == before
    clerk.press(submit_of(clerk))
    expect(told(clerk)).to_be_visible()
    labelled.refresh_from_db()
    assert labelled.packed["1"]["weight_kg"] == "1.5"
    assert labelled.history.filter(note="Weighed").exists()


def test_what_is_to_stay_at_the_days_end_is_kept_when_the_session_ended(labelled: Delivery, clerk: Clerk) -> None:
    go_to_day_end(clerk)
    clerk.page.locator("summary").click()
    clerk.type(clerk.page.locator("[name=exclude]"), "7023210039414604")
    Session.objects.all().delete()
    submit_of(clerk).click()
    expect(clerk.page.get_by_role("alert")).to_contain_text("what you typed is kept")
    expect(clerk.page.locator("[name=exclude]")).to_have_value("7023210039414604")


def test_a_selection_is_kept_when_the_session_ended_though_nothing_was_typed(towels: Delivery, clerk: Clerk) -> None:
    hold_delivery(towels, note="fraud")
    clerk.page.goto(clerk.page.url.split("?")[0] + "?state=held")
    clerk.page.locator(".action-select").check()
    clerk.page.locator("select[name=action]").select_option("let_go_on")
    clerk.page.locator(".actions button[type=submit]:visible").click()
    expect(clerk.page.locator("[name=note]")).to_be_visible()
    # The script looks from then on.
    clerk.page.wait_for_load_state()
    Session.objects.all().delete()
    submit_of(clerk).click()
    expect(clerk.page.get_by_role("alert")).to_contain_text("Your session has ended")


def test_a_page_that_is_no_token_is_never_sent_as_one(towels: Delivery, clerk: Clerk) -> None:
    """A sign-on in front of the admin may answer with its own page."""
    hold_delivery(towels, note="fraud")
    clerk.page.route("**/session/", lambda route: route.fulfill(body="<title>Sign on</title>"))
    clerk.page.goto(clerk.page.url.split("?")[0] + f"{towels.pk}/let_go_on/")
    clerk.type(clerk.page.locator("[name=note]"), "Real")
    submit_of(clerk).click()
    expect(clerk.page.get_by_role("alert")).to_contain_text("what you typed is kept")
    expect(clerk.page.locator("[name=note]")).to_have_value("Real")


def test_a_colleague_who_was_faster_is_no_session_that_ended(labelled: Delivery, clerk: Clerk) -> None:
    clerk.press(row_of(clerk, labelled).locator("td.field-reference_shown a, th a").first)
    clerk.press(button(clerk, "change_parcels"))
    clerk.type(clerk.page.locator("[name$=weight_kg]"), "1.5")
    clerk.type(clerk.page.locator("[name=note]"), "Weighed")
    labelled.refresh_from_db()
    cancel_delivery(labelled, "by a colleague")
    clerk.press(submit_of(clerk))
    expect(clerk.page.locator(".messagelist")).to_contain_text("nothing can be changed")


def test_what_is_chosen_for_a_print_job_is_kept_when_its_page_looks_again(labelled: Delivery, clerk: Clerk) -> None:
    to_queue(clerk, "to_print")
    clerk.press(button_of_the_queue(clerk))
    paper, place, no_cover = (clerk.page.locator(f"[name={name}]").last for name in ("form", "start", "no_cover"))
    paper.check()
    place.select_option("3")
    no_cover.check()
    # As the header of the page makes the browser do.
    clerk.page.goto(clerk.page.url)
    expect(paper).to_be_checked()
    expect(place).to_have_value("3")
    expect(no_cover).to_be_checked()


def _stands(*deliveries: Delivery) -> list[Any]:
    rows = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).order_by("pk")
    shipments = Shipment.objects.filter(delivery__in=rows).order_by("pk")
    fields = ("state", "prints", "printed_at", "weight_kg", "transmitted_at", "print_job")
    return [list(rows.values_list("state", "packed")), list(shipments.values_list(*fields)), Manifest.objects.count()]
