"""The stations of a clerk's day, each as so many presses: queues, print job, day's end, and what needs attention."""

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pypdfium2
import zxingcpp
from playwright.sync_api import Locator, expect
from pypdf import PdfReader

from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.models import Delivery, Shipment
from tests.browser.sitting import Clerk

DOTS_PER_POINT = 203 / 72
DECODED = 6


def to_queue(clerk: Clerk, name: str) -> None:
    link = clerk.page.locator(f".d2po-queues a[href$='?queue={name}']")
    fold = clerk.page.locator(".d2po-queues details")
    if link.evaluate("link => link.checkVisibility()"):
        # Where there is room the fold shows what Playwright takes for hidden.
        fold.evaluate("fold => { fold.open = true }")
    else:
        clerk.press(fold.locator("summary"))
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
    """Transmit, and return the manifest."""
    clerk.press(clerk.page.locator(".d2po-change a[href*='/day-end/']"))
    clerk.look("days-end")
    clerk.press(submit_of(clerk))
    clerk.look("manifests")
    return clerk.press_for_a_file(clerk.page.locator("#result_list a[href$='/print/']").first)


def in_packing_order(deliveries: Sequence[Delivery]) -> list[Shipment]:
    """Return the labels of deliveries, shelf by shelf, then as placed, then by parcel."""

    def place(shipment: Shipment) -> tuple[Any, ...]:
        order: Any = shipment.delivery.order
        line = order.lines.select_related("product").first()
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


# -- What needs attention: each from its queue until it goes on -------------------------------------------------------


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
    clerk.press(clerk.page.locator("[data-office] button:visible"))
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
