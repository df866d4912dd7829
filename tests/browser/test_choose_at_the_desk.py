"""Staff choose a post office for others, on the desk.

Another one where it has closed, in English on a wide screen; the first one for an order by phone, in French at 390 px.
"""

import re
from typing import Any

import pytest
import requests
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from deliver_to_po import shop
from deliver_to_po.canadapost.letter_case import as_people_write
from deliver_to_po.core.choices import Change, DeliveryState, Reason
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery
from tests.admin.conftest import deliver_to
from tests.browser.buying import RECIPIENT as PICKS_UP
from tests.browser.buying import fill, search, submit
from tests.browser.conftest import WIDE, Visit, fits
from tests.factories import RECIPIENT, make_order, make_shipment
from tests.rounds import hand_off_due

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(live_server: Any, emulator: EmulatorServer, change_settings: Any) -> str:
    """Return the address of the deliveries on the desk of a shop that lists four offices at a time."""
    change_settings(BASE_TEMPLATE="shop/base.html", SITE_URL=live_server.url, OFFICES_PER_PAGE=4)
    return f"{live_server.url}/admin/deliver_to_po/delivery/"


@pytest.fixture
def clerk(transactional_db: None) -> User:
    """Return a clerk who may look at deliveries and choose their offices, and nothing else."""
    user = User.objects.create_user("clerk", password="secret", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_delivery", "choose_office"]))
    return user


def _open(page: Page, desk: str, delivery: Delivery) -> None:
    """Log the clerk in, and go from the list of deliveries to this one."""
    page.goto(desk)
    page.locator("[name=username]").fill("clerk")
    page.locator("[name=password]").fill("secret")
    page.locator("[type=submit]").click()
    page.locator("#result_list .field-reference_shown").get_by_role("link", name=delivery.reference).click()


def _pick_the_second(page: Page, typed: str) -> str:
    """Choose the second office near ``typed``; return its id."""
    search(page, typed)
    second = page.locator("input[name=office_id]").nth(1)
    second.check()
    office_id = second.get_attribute("value") or ""
    assert fits(page)
    submit(page)
    return office_id


def _assert_told(page: Page, delivery: Delivery, words: str) -> None:
    """Wait for the answer to the clerk, and compare it with what was saved."""
    told = page.locator(".messagelist")
    expect(told).to_contain_text(words)
    delivery.refresh_from_db()
    expect(told).to_contain_text(f"{as_people_write(delivery.office_name)} ({as_people_write(delivery.office_city)})")


def _assert_sent_there(delivery: Delivery, office_id: str, emulator: EmulatorServer) -> dict[str, Any]:
    """Hand off, compare what was made for the delivery, and nothing else, and return whom Canada Post was given."""
    hand_off_due()
    delivery.refresh_from_db()
    [made] = emulator.shipments
    spec = made.body["deliverySpec"]
    assert spec["options"] == [{"optionCode": "D2PO", "optionQualifier2": office_id}]
    shipment = delivery.shipments.get(label__gt="")
    assert (delivery.office_id, shipment.office_id, shipment.tracking_pin) == (office_id, office_id, made.pin)
    destination: dict[str, Any] = spec["destination"]
    return destination


def test_another_office_for_one_that_has_closed(desk: str, clerk: User, visit: Visit, emulator: EmulatorServer) -> None:
    # To one office both; the clerk chooses for the second.
    other, delivery = (deliver_to(emulator) for _ in range(2))
    for each in (other, delivery):
        make_shipment(each)
    closed = delivery.office_id
    emulator.state.close_office(closed, "no_longer")
    # The check before the label finds it closed; the next rounds of the sweep write and send the e-mails.
    for _ in range(3):
        hand_off_due()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (DeliveryState.NEEDS_CHOICE, Reason.OFFICE_NO_LONGER)
    links = [re.findall(r"http://\S+/again/en/\S+", str(message.body))[0] for message in mail.outbox]
    assert [requests.get(link, timeout=10).status_code for link in links] == [200, 200]
    assert sum(delivery.pk.hex in link for link in links) == 1
    with visit("en-CA", javascript=True, size=WIDE) as page:
        _open(page, desk, delivery)
        page.get_by_role("link", name="Choose another post office").click()
        expect(page.locator("main h1")).to_have_text("Choose another post office")
        expect(page.locator(".breadcrumbs")).to_contain_text("Choose another post office")
        expect(page.locator("main")).to_contain_text(
            f"{as_people_write(delivery.office_name)} no longer accepts parcels"
        )
        office_id = _pick_the_second(page, "K1A 0B1")
        _assert_told(page, delivery, "is chosen")
        assert office_id != closed
        assert _assert_sent_there(delivery, office_id, emulator)["name"] == RECIPIENT.name
        page.reload()
        expect(page.locator("main")).to_contain_text(delivery.shipments.get(label__gt="").tracking_pin)
    assert delivery.history.get(change=Change.CHOOSE_AGAIN).user == clerk
    # The link of this delivery is dead; the other delivery and its link are as they were.
    for link in links:
        status = requests.get(link, timeout=10).status_code
        assert status == (410 if delivery.pk.hex in link else 200)
    other.refresh_from_db()
    assert (other.state, other.office_id) == (DeliveryState.NEEDS_CHOICE, closed)


def test_an_office_and_a_recipient_for_an_order_by_phone(
    desk: str, clerk: User, visit: Visit, emulator: EmulatorServer
) -> None:
    other, to_choose = (shop.choose_for(make_order(language="fr", paid_at=timezone.now())) for _ in range(2))
    delivery = to_choose.delivery
    with visit("fr-CA", javascript=True) as page:
        _open(page, desk, delivery)
        assert fits(page)
        page.get_by_role("link", name="Choisir un bureau de poste").click()
        expect(page.locator("main h1")).to_have_text("Choisir un bureau de poste")
        expect(page.locator(".breadcrumbs")).to_contain_text("Choisir un bureau de poste")
        assert fits(page)
        office_id = _pick_the_second(page, "J8X 2K4")
        expect(page.locator("main h1")).to_have_text("Qui ramassera le colis?")
        assert fits(page)
        fill(page, PICKS_UP, "QC")
        submit(page)
        _assert_told(page, delivery, "est choisi")
        assert fits(page)
        destination = _assert_sent_there(delivery, office_id, emulator)
        address = destination["addressDetails"]
        assert (destination["name"], destination["clientVoiceNumber"]) == (PICKS_UP["name"], PICKS_UP["phone"])
        assert address["addressLine1"] == PICKS_UP["address_line_1"]
        page.reload()
        expect(page.locator("main")).to_contain_text(delivery.shipments.get(label__gt="").tracking_pin)
        assert fits(page)
    assert delivery.history.get(change=Change.CHOOSE_AGAIN).user == clerk
    assert [requests.get(each.url, timeout=10).status_code for each in (to_choose, other)] == [410, 200]
    other.delivery.refresh_from_db()
    assert (other.delivery.state, other.delivery.office_id) == (DeliveryState.NEEDS_CHOICE, "")
