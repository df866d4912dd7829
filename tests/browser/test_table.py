"""A clerk at the packing table with a scanner, a scale and a keyboard; and the pages, for everybody to use."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from deliver_to_po.core.choices import Change, DeliveryState, HandoffStep, Outcome, Reason, ShipmentState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Attempt, Delivery, History, Shipment
from tests.admin.conftest import deliver_to
from tests.browser.axe import violations_in_content
from tests.browser.conftest import PHONE, WIDE, Visit, fits
from tests.factories import make_delivery, make_shipment
from tests.rounds import hand_off_due

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(live_server: Any) -> str:
    User.objects.create_superuser("clerk", password="secret")
    return f"{live_server.url}/admin/deliver_to_po/delivery/"


def log_in(page: Page, url: str) -> None:
    page.goto(url)
    page.locator("[name=username]").fill("clerk")
    page.locator("[name=password]").fill("secret")
    page.locator("[type=submit]").click()


def told(**fields: Any) -> Delivery:
    """Return a delivery with something of everything in its story."""
    delivery = make_delivery(reference="ORD-1042", **fields)
    make_shipment(delivery, state=ShipmentState.VOIDED, tracking_pin="7023210000000018")
    shipment = make_shipment(delivery, revision=2, state=ShipmentState.ATTENTION, reason=Reason.GAVE_UP)
    Attempt.objects.create(shipment=shipment, step=HandoffStep.CREATE, outcome=Outcome.LOST, request_id="a")
    History.objects.create(delivery=delivery, change=Change.RELEASE)
    return delivery


def test_two_parcels_are_weighed_and_labelled_without_a_mouse(
    visit: Visit, desk: str, emulator: EmulatorServer
) -> None:
    for number in ("ORD-1", "ORD-2"):
        deliver_to(emulator, reference=number, state=DeliveryState.PLACED, released_at=None, release_asked_at=None)
    with visit("en", javascript=True, size=WIDE) as page:
        log_in(page, f"{desk}table/")
        for number, figure in (("ord1", "1,3 kg"), ("ORD-2", "1400 g")):
            expect(page.locator("#d2po-scan")).to_be_focused()
            page.keyboard.type(number)
            page.keyboard.press("Enter")
            expect(page.locator("[name=weight]")).to_be_focused()
            page.keyboard.type(figure)
            page.keyboard.press("Enter")
            expect(page.locator("[data-step=label] button")).to_be_focused()
            page.keyboard.press("Enter")
            expect(page.locator("[data-step=print] [data-print]")).to_be_focused()
            with page.context.expect_page() as opened:
                page.keyboard.press("Enter")
            opened.value.close()
            page.wait_for_url("**/table/")
    weights = Shipment.objects.order_by("created_at").values_list("weight_kg", "state")
    assert [(str(weight), state) for weight, state in weights] == [("1.300", "labelled"), ("1.400", "labelled")]


@pytest.mark.parametrize(("typed", "signal", "word"), [("NOPE", "wrong", "Wrong"), ("ORD-3", "right", "Right")])
def test_right_and_wrong_have_a_sound_a_colour_and_a_word(
    visit: Visit, desk: str, typed: str, signal: str, word: str
) -> None:
    make_shipment(make_delivery(reference="ORD-3"))
    with visit("en", javascript=True, size=WIDE) as page:
        log_in(page, f"{desk}table/")
        expect(page.locator("#d2po-scan")).to_be_focused()
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        shown = page.locator(f"[data-signal={signal}]")
        expect(shown).to_contain_text(word)
        expect(page.locator("html[data-sound=running]")).to_be_attached()


def test_a_page_that_waits_for_its_label_goes_on_by_itself(visit: Visit, desk: str, emulator: EmulatorServer) -> None:
    delivery = deliver_to(emulator, packed={"1": {"weight_kg": "1.300"}})
    make_shipment(delivery)
    with visit("en", javascript=True, size=WIDE) as page:
        log_in(page, f"{desk}table/{delivery.pk}/1/")
        expect(page.locator("[data-step=wait]")).to_be_visible()
        hand_off_due()
        expect(page.locator("[data-step=print]")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_pages_and_they_fit(visit: Visit, desk: str, language: str, scheme: Any) -> None:
    stopped = told()
    weighed = make_shipment(make_delivery(reference="ORD-7")).delivery
    size = WIDE if language == "en" else PHONE
    with visit(language, javascript=True, size=size) as page:
        page.emulate_media(color_scheme=scheme)
        log_in(page, f"{desk}table/")
        for name, url in (
            ("nobody", f"{desk}table/?q=NOPE"),
            ("stop", f"{desk}table/{stopped.pk}/1/"),
            ("weigh", f"{desk}table/{weighed.pk}/1/"),
            ("costs", f"{desk}costs/"),
            ("delivery", f"{desk}{stopped.pk}/change/"),
        ):
            page.goto(url)
            if name == "delivery":
                for summary in page.locator("summary").all():
                    summary.click()
            found = violations_in_content(page)
            assert found == [], json.dumps(found, indent=1)
            assert fits(page), name
