"""A clerk's morning: forty mixed orders from the queue to the manifest in one sitting, and every press is counted."""

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any, NamedTuple

import pypdfium2
import pytest
import zxingcpp
from django.core import mail
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from deliver_to_po import shop
from deliver_to_po.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.release import release_delivery
from deliver_to_po.models import Delivery, Manifest, Shipment
from tests.browser.buying import RECIPIENT as PICKS_UP
from tests.browser.buying import fill, submit
from tests.browser.sitting import SUSPECTED, Clerk, at_the_desk, buy, clerk_named, delivery_of, good_orders
from tests.factories import PARCEL, make_order
from tests.rounds import hand_off_due

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# What the desk promises: presses for everything that nothing is wrong with, and for each of the others.
MOST_FOR_THE_GOOD, MOST_FOR_ONE = 12, 4
DOTS_PER_POINT = 203 / 72
DECODED = 6


class Odd(NamedTuple):
    """Six deliveries that each need a person for another reason."""

    refused: Delivery
    closed: Delivery
    heavy: Delivery
    held: Delivery
    not_voided: Delivery
    never_chosen: Delivery


@pytest.fixture
def desk(shop: str, change_settings: Any) -> str:
    """Return the address of the example shop where a clerk releases, and each product has a box of its own."""
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
    never_chosen = shop.choose_for(make_order(language="fr", email="never@example.com")).delivery
    return Odd(refused, closed, heavy, held, not_voided, never_chosen)


def _label_that_is_not_voided(delivery: Delivery, emulator: EmulatorServer) -> None:
    """Make yesterday's label, which another weight has made wrong since, and let its void be refused."""
    release_delivery(delivery)
    hand_off_due()
    emulator.faults.add("void_shipment", "400")
    shop.change_consignment(delivery, 1, parcel=PARCEL)
    hand_off_due()


def to_queue(clerk: Clerk, name: str) -> None:
    link = clerk.page.locator(f".d2po-queues a[href$='?queue={name}']")
    clerk.press(link)
    expect(clerk.page.locator(f".d2po-queues a[href$='?queue={name}'][aria-current]")).to_be_visible()
    clerk.look(f"queue-{name}")


def button_of_the_queue(clerk: Clerk) -> Locator:
    return clerk.page.locator(".d2po-queue .button").last


def paper(clerk: Clerk, action: str) -> bytes:
    form = clerk.page.locator(".d2po-queue form", has=clerk.page.locator(f"[value={action}]"))
    return clerk.press_for_a_file(form.locator("button"))


def button(clerk: Clerk, name: str) -> Locator:
    """Return the button or link of the page that leads to what has this name in its address."""
    return clerk.page.locator(f"a[href*='/{name}/']").first


def row_of(clerk: Clerk, delivery: Delivery) -> Locator:
    return clerk.page.locator("#result_list tbody tr", has=clerk.page.get_by_text(delivery.reference, exact=True))


def submit_of(clerk: Clerk) -> Locator:
    return clerk.page.locator(".submit-row [type=submit]")


def told(clerk: Clerk) -> Locator:
    return clerk.page.locator(".messagelist")


# -- What nothing is wrong with: from the queue to the manifest ------------------------------------------------------


def pack_and_hand_off(clerk: Clerk, orders: int, labels: int) -> None:
    to_queue(clerk, "to_pack")
    assert len(PdfReader(BytesIO(paper(clerk, "pick_list"))).pages) >= 1
    assert len(PdfReader(BytesIO(paper(clerk, "packing_slips"))).pages) == orders
    clerk.press(button_of_the_queue(clerk))
    expect(told(clerk)).to_contain_text(str(labels))
    clerk.look("handed-off")


def print_all(clerk: Clerk) -> bytes:
    to_queue(clerk, "to_print")
    clerk.press(button_of_the_queue(clerk))
    expect(submit_of(clerk)).to_be_visible()
    clerk.look("print-job")
    return clerk.press_for_a_file(submit_of(clerk))


def end_the_day(clerk: Clerk) -> bytes:
    clerk.press(button(clerk, "day-end").last if not clerk.page.locator(".d2po-change").count() else _day_end(clerk))
    clerk.look("days-end")
    clerk.press(submit_of(clerk))
    clerk.look("manifests")
    return clerk.press_for_a_file(clerk.page.locator("#result_list a[href$='/print/']").first)


def _day_end(clerk: Clerk) -> Locator:
    return clerk.page.locator(".d2po-change a[href*='/day-end/']")


def in_packing_order(deliveries: Sequence[Delivery]) -> list[Shipment]:
    """Return the labels of deliveries, shelf by shelf, then as placed, then by parcel."""

    def place(shipment: Shipment) -> tuple[Any, ...]:
        line = shipment.delivery.order.lines.select_related("product").first()
        return line.product.position, shipment.delivery.placed_at, shipment.parcel

    rows = Shipment.objects.filter(delivery__in=deliveries, state=ShipmentState.LABELLED)
    return sorted(rows.select_related("delivery__order"), key=place)


def assert_printed(file: bytes, shipments: Sequence[Shipment]) -> None:
    """Compare the labels of a file, after its cover sheet, with what was to be printed; decode some barcodes."""
    document = pypdfium2.PdfDocument(file)
    assert len(document) == len(shipments) + 1
    texts = [re.sub(r"\s", "", page.get_textpage().get_text_bounded()) for page in document]
    assert [shipment.tracking_pin in text for shipment, text in zip(shipments, texts[1:], strict=True)] == [
        True for _ in shipments
    ]
    for place in range(0, len(shipments), max(1, len(shipments) // DECODED)):
        picture = document[place + 1].render(scale=DOTS_PER_POINT).to_pil()
        assert shipments[place].tracking_pin in {code.text for code in zxingcpp.read_barcodes(picture)}


# -- What needs a person: each from its queue until it goes on -------------------------------------------------------


def correct_the_recipient(clerk: Clerk, delivery: Delivery) -> None:
    open_row(clerk, "persons", delivery)
    clerk.press(button(clerk, "correct_recipient"))
    clerk.type(clerk.page.locator("[name=address_line_1]"), "24, rue du Jardin")
    clerk.type(clerk.page.locator("[name=note]"), "By phone")
    clerk.look("correct")
    clerk.press(submit_of(clerk))
    clerk.look("corrected")


def say_what_the_scale_says(clerk: Clerk, delivery: Delivery) -> None:
    open_row(clerk, "persons", delivery)
    clerk.press(button(clerk, "change_parcels"))
    clerk.type(clerk.page.locator("[name$=weight_kg]"), "24,5" if clerk.language == "fr" else "24.5")
    clerk.type(clerk.page.locator("[name=note]"), "Weighed")
    clerk.look("weighed")
    clerk.press(submit_of(clerk))
    clerk.look("weight-kept")


def say_that_nothing_is_made(clerk: Clerk, delivery: Delivery) -> None:
    open_row(clerk, "persons", delivery)
    clerk.press(button(clerk, "nothing_made"))
    clerk.type(clerk.page.locator("[name=note]"), "Refunded by phone")
    clerk.look("nothing-made")
    clerk.press(submit_of(clerk))
    clerk.look("nothing-made-kept")


def choose_another_office(clerk: Clerk, delivery: Delivery) -> None:
    to_queue(clerk, "needs_choice")
    clerk.press(row_of(clerk, delivery).locator("a[href*='/choose/']"))
    radio = clerk.page.locator(f"input[name=office_id]:not([value='{delivery.office_id}'])").first
    expect(radio).to_be_visible()
    clerk.look("choose")
    clerk.press(radio)
    clerk.press(clerk.page.locator("#d2po-list-form .d2po-actions button.d2po-button").last)
    expect(told(clerk)).to_be_visible()
    clerk.look("chosen")


def send_the_link(clerk: Clerk, delivery: Delivery) -> None:
    open_row(clerk, "needs_choice", delivery)
    clerk.press(button(clerk, "link"))
    clerk.look("link")
    clerk.press(clerk.page.locator("#content-main form [type=submit], #content form [type=submit]").last)
    expect(told(clerk)).to_be_visible()
    clerk.look("link-sent")


def let_it_go_on(clerk: Clerk, delivery: Delivery) -> None:
    to_queue(clerk, "held")
    clerk.press(button_of_the_queue(clerk))
    expect(clerk.page.locator("form.d2po-change")).to_contain_text(delivery.reference)
    clerk.look("let-go-on")
    clerk.press(submit_of(clerk))
    expect(told(clerk)).to_be_visible()
    clerk.look("gone-on")


def open_row(clerk: Clerk, queue: str, delivery: Delivery) -> None:
    to_queue(clerk, queue)
    clerk.press(row_of(clerk, delivery).locator("th a, td.field-reference_shown a").first)
    expect(clerk.page.locator(".d2po-story")).to_be_visible()
    clerk.look(f"delivery-{queue}")


def buyer_chooses(page: Page, link: str) -> None:
    """Choose as the buyer does who has got the link: no press of the clerk's."""
    page.goto(link)
    page.locator("#d2po-q").fill("J8X 2K4")
    page.locator("form[role=search] button[type=submit]").click()
    page.locator("input[name=office_id]").first.check()
    submit(page)
    fill(page, PICKS_UP, "QC")
    submit(page)
    expect(page.locator("input[name=office_id]")).to_have_count(0)


def links_to(address: str) -> list[str]:
    bodies = [str(message.body) for message in mail.outbox if address in message.to]
    return re.findall(r"http://\S+/again/\S+", bodies[-1]) if bodies else []


@pytest.mark.parametrize(("keyboard", "language"), [(False, "en"), (True, "fr")])
def test_forty_orders_from_the_queue_to_the_manifest_in_one_sitting(
    desk: str, browser: Browser, emulator: EmulatorServer, keyboard: bool, language: str
) -> None:
    clerk_named("anne")
    odd = odd_orders(emulator)
    good = [delivery_of(order) for order in good_orders(emulator)]
    counted: dict[str, int] = {}
    with at_the_desk(browser, desk, "anne", keyboard=keyboard, language=language) as clerk:
        clerk.look("desk")
        with clerk.at_most(MOST_FOR_THE_GOOD, counted, "good"):
            pack_and_hand_off(clerk, len(good) + 3, 40)
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
        print(counted, "steps", clerk.steps)
    assert len(labels_of_odd) == len(odd)
    assert transmitted() == {shipment.pk for shipment in (*labels, *labels_of_odd)}
    assert Manifest.objects.count() == 2


def transmitted() -> set[int]:
    return set(Shipment.objects.filter(transmitted_at__isnull=False).values_list("pk", flat=True))
