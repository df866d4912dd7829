"""A clerk at the packing table with a scanner, a scale and a keyboard."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Shipment
from tests.admin.conftest import deliver_to
from tests.browser.conftest import WIDE, Visit, log_in
from tests.factories import make_delivery, make_shipment
from tests.rounds import hand_off_due

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(live_server: Any) -> str:
    User.objects.create_superuser("clerk", password="secret")
    return f"{live_server.url}/admin/deliver_to_po/delivery/"


def test_two_parcels_are_weighed_and_labelled_without_a_mouse(
    visit: Visit, desk: str, emulator: EmulatorServer
) -> None:
    for number in ("ORD-1", "ORD-2"):
        deliver_to(emulator, reference=number, state=DeliveryState.PLACED, released_at=None, release_asked_at=None)
    with visit("en", javascript=True, size=WIDE) as page:
        log_in(page, f"{desk}table/")
        for number, figure, press in (("ord1", "1,3 kg", "Enter"), ("ORD-2", "1400 g", "Space")):
            expect(page.locator("#d2po-scan")).to_be_focused()
            page.keyboard.type(number)
            page.keyboard.press("Enter")
            expect(page.locator("[name=weight]")).to_be_focused()
            page.keyboard.type(figure)
            page.keyboard.press("Enter")
            expect(page.locator("[data-step=label] button")).to_be_focused()
            page.keyboard.press(press)
            expect(page.locator("[data-step=print] [data-print]")).to_be_focused()
            with page.context.expect_page() as opened:
                page.keyboard.press("Enter")
            opened.value.close()
            page.wait_for_url("**/table/")
    weights = Shipment.objects.order_by("created_at").values_list("weight_kg", "state")
    assert [(str(weight), state) for weight, state in weights] == [("1.300", "labelled"), ("1.400", "labelled")]


def test_the_next_scan_requests_no_label_for_the_parcel_before(
    visit: Visit, desk: str, emulator: EmulatorServer
) -> None:
    fields = {"state": DeliveryState.PLACED, "released_at": None, "release_asked_at": None}
    first = deliver_to(emulator, reference="ORD-1", packed={"1": {"weight_kg": "1.300"}}, **fields)
    deliver_to(emulator, reference="ORD-2", **fields)
    with visit("en", javascript=True, size=WIDE) as page:
        log_in(page, f"{desk}table/{first.pk}/1/")
        expect(page.locator("[data-step=label] button")).to_be_focused()
        page.keyboard.type("ORD-2")
        page.keyboard.press("Enter")
        expect(page.locator("#d2po-which")).to_contain_text("ORD-2")
    assert not Shipment.objects.exists()


@pytest.mark.parametrize("before", ["7023210161250000", "NOPE-1", "99 kg"])
def test_the_next_scan_takes_the_place_of_what_was_no_weight(
    visit: Visit, desk: str, emulator: EmulatorServer, before: str
) -> None:
    first, _second = (deliver_to(emulator, reference=f"ORD-{number}", packed={}) for number in (1, 2))
    with visit("en", javascript=True, size=WIDE) as page:
        log_in(page, f"{desk}table/{first.pk}/1/")
        for scanned, told in ((before, "Check again"), ("ORD-2", "Right")):
            expect(page.locator("[name=weight]")).to_be_focused()
            page.keyboard.type(scanned)
            page.keyboard.press("Enter")
            expect(page.locator(".d2po-signal")).to_contain_text(told)
        expect(page.locator("#d2po-which")).to_contain_text("ORD-2")


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
        expect(page.locator("html[data-sound]")).not_to_be_attached()


def test_a_page_that_waits_takes_no_number_that_is_being_typed_and_looks_sixty_times(
    visit: Visit, desk: str, emulator: EmulatorServer
) -> None:
    delivery = deliver_to(emulator, packed={"1": {"weight_kg": "1.300"}})
    make_shipment(delivery)
    with visit("en", javascript=True, size=WIDE) as page:
        page.clock.install()
        log_in(page, f"{desk}table/{delivery.pk}/1/")
        page.evaluate("document.querySelector('main, body').dataset.same = ''")
        page.locator("#d2po-scan").fill("ORD")
        page.clock.run_for(3000)
        expect(page.locator("[data-same] #d2po-scan")).to_have_value("ORD")
        page.locator("#d2po-scan").fill("")
        page.clock.run_for(3000)
        expect(page.locator("[data-same]")).not_to_be_attached()
        page.evaluate("history.replaceState(60, '')")
        # The next parcel, whose label is being made too, is looked at as often.
        for pages, same in (([""], True), (["table/", f"table/{delivery.pk}/1/"], False)):
            for name in pages:
                page.goto(f"{desk}{name}") if name else page.reload()
            page.evaluate("document.querySelector('main, body').dataset.same = ''")
            page.clock.run_for(3000)
            expect(page.locator("[data-same]")).to_be_attached(attached=same)
