"""Takes the pictures of the merchant's guide: a morning at the desk. ``make pictures`` runs it; the suite does not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize

from deliver_to_po.adapter import order_adapter
from deliver_to_po.core.choices import DeliveryState, NoticeKind, NoticeOutcome, Reason, ShipmentState
from deliver_to_po.labels.specimen import SpecimenWords, render_specimen
from deliver_to_po.models import Delivery, Notice, PrintJob, Shipment
from deliver_to_po.models.search_key import keep_keys
from deliver_to_po.models.shipment import label_storage
from tests.factories import PARCEL, make_delivery, make_order, make_shipment
from tests.handoff.parcels_by_hand import number

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "images"
SIZE = ViewportSize(width=1100, height=700)
ROW = "#result_list tbody tr"
# So that the repository stays small.
COLOURS = 48
PEOPLE = (
    "Marie-Ève Côté", "Jean L’Écuyer", "Ann Smith", "Zoë Tremblay", "Luc Bélanger", "Priya Nair", "Sam Okafor",
    "Chloé Gagnon", "Peter Novak", "Amélie Roy", "Wei Chen", "Nora Fraser", "Hugo Lavoie", "Olivia Martin",
)  # fmt: skip
OFFICES = (("COMPTOIR DU COIN", "OTTAWA", "ON"), ("RIVER STREET", "TORONTO", "ON"), ("DES PINS", "SHERBROOKE", "QC"))


class Morning:
    """Orders as they lie on the desk at nine in the morning."""

    def __init__(self) -> None:
        self.clerk = User.objects.create_superuser("camille", password="secret")
        self._count = 0

    def order(self, **fields: Any) -> Delivery:
        """Return the next order's delivery, placed some minutes after the one before it."""
        self._count += 1
        name, city, province = OFFICES[self._count % len(OFFICES)]
        reference = f"M-{10240 + self._count}"
        known = {
            "reference": reference,
            "order": make_order(number=reference, paid_at=timezone.now()),
            "live": True,
            "language": "fr" if self._count % 3 == 2 else "en",
            "recipient_name": PEOPLE[self._count % len(PEOPLE)],
            "office_name": name,
            "office_location": "",
            "office_city": city,
            "office_province": province,
            "placed_at": timezone.now() - timedelta(hours=20 - self._count),
        }
        delivery = make_delivery(**{**known, **fields})
        keep_keys(delivery)
        return delivery

    def labelled(self, **fields: Any) -> Shipment:
        """Return the parcel of the next order, with its label in the storage."""
        delivery = self.order()
        pin = number(3900 + self._count)
        words = SpecimenWords(
            ("Tilleul", "1 Example St", "Ottawa ON  K1A 0B1"),
            (delivery.office_name, f"{delivery.office_city} {delivery.office_province}  K2B 7K0"),
            delivery.recipient_name,
            "Expedited Parcel",
            pin,
            reference=delivery.reference,
        )
        name = label_storage().save("label.pdf", ContentFile(render_specimen(words)))
        made_at = timezone.now() - timedelta(hours=2)
        known = {"label_media_type": "application/pdf", "tracking_pin": pin, "due_at": None, "made_at": made_at}
        prices = {"price": Decimal("11.05") + self._count, "group": "tilleul-2026-11-26", "state": "labelled"}
        return make_shipment(delivery, label=name, **{**known, **prices, **fields})


def morning() -> Morning:
    """Make the orders, a few for each queue."""
    now, desk = timezone.now(), Morning()
    for _order in range(4):
        desk.order(state=DeliveryState.PLACED, released_at=None, release_asked_at=None)
    ready = [desk.labelled() for _label in range(5)]
    printed = [desk.labelled(printed_at=now - timedelta(hours=1), printed_by=desk.clerk, prints=1) for _ in range(3)]
    desk.labelled(made_at=now - timedelta(days=32), transmitted_at=now - timedelta(days=32), printed_at=now)
    closed = desk.order(state=DeliveryState.NEEDS_CHOICE, reason=Reason.OFFICE_NO_LONGER)
    desk.order(state=DeliveryState.NEEDS_CHOICE, reason=Reason.NEVER_CHOSEN)
    sent = {"due_at": None, "outcome": NoticeOutcome.SENT, "sent_at": now - timedelta(hours=3), "occasion": 1}
    Notice.objects.create(delivery=closed, kind=NoticeKind.CHOOSE, **sent)
    refused = {"state": ShipmentState.REFUSED, "reason": Reason.REFUSED, "due_at": None, "group": ""}
    make_shipment(desk.order(), reason_text="The phone number of the recipient is not valid.", **refused)
    make_shipment(desk.order(), state=ShipmentState.ATTENTION, reason=Reason.GAVE_UP, due_at=None, group="")
    desk.order(state=DeliveryState.HELD, reason=Reason.SHOP_HOLD)
    desk.order(state=DeliveryState.HELD, reason=Reason.ON_HOLD)
    group = "tilleul-2026-11-26"
    waits = [
        make_shipment(desk.order(), group=group, due_at=now + timedelta(minutes=5), reason=Reason.UNAVAILABLE)
        for _ in "ab"
    ]
    job = PrintJob.objects.create(user=desk.clerk, live=True, chosen=[row.pk for row in (*printed, *waits)])
    Shipment.objects.filter(pk__in=job.chosen).update(print_job=job)
    assert ready
    return desk


@pytest.fixture
def shop(live_server: Any, change_settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    change_settings(RELEASE="by_merchant", CANADA_POST={"LIVE": True, "GROUP_PREFIX": "tilleul"})
    monkeypatch.setattr(type(order_adapter()), "parcels", lambda _self, _order: [PARCEL])
    return f"{live_server.url}/admin/deliver_to_po/"


@contextmanager
def at_the_desk(browser: Browser, shop: str, language: str) -> Iterator[Page]:
    context = browser.new_context(viewport=SIZE, locale=language, reduced_motion="reduce")
    page = context.new_page()
    page.goto(shop)
    page.locator("[name=username]").fill("camille")
    page.locator("[name=password]").fill("secret")
    page.locator("[type=submit]").click()
    page.evaluate("localStorage.setItem('django.admin.navSidebarIsOpen', 'false')")
    yield page
    context.close()


def keep(image: Image.Image, name: str) -> None:
    image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURES / f"{name}.png", optimize=True)


def shoot(page: Page, name: str, what: str = "#content", until: str = "") -> None:
    """Keep what is shown of one element, down to the end of another where it is long."""
    page.evaluate("scrollTo(0, 0)")
    box, last = page.locator(what).first.bounding_box(), page.locator(until or what).first.bounding_box()
    assert box is not None
    assert last is not None
    height = last["y"] + last["height"] - box["y"]
    clip = {"x": box["x"], "y": box["y"], "width": box["width"], "height": height}
    keep(Image.open(BytesIO(page.screenshot(full_page=True, clip=clip))), name)  # type: ignore[arg-type]


def lists(page: Page, shop: str, language: str) -> None:
    page.goto(f"{shop}delivery/")
    shoot(page, f"desk-all-{language}", until=f"{ROW}:nth-child(7)")


def pages(page: Page, shop: str, language: str) -> None:
    stuck = Shipment.objects.get(state=ShipmentState.REFUSED)
    page.goto(f"{shop}delivery/{stuck.delivery_id}/change/")
    shoot(page, f"desk-story-{language}", until=".d2po-story")
    page.goto(f"{shop}manifest/day-end/")
    shoot(page, f"desk-day-end-{language}")
    page.goto(f"{shop}delivery/print/")
    page.locator("form input[type=submit].default").click()
    page.locator("form[action*=file]").wait_for()
    shoot(page, f"print-job-{language}")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("take", [lists, pages])
def test_the_pictures_are_taken(browser: Browser, shop: str, language: str, take: Callable[..., None]) -> None:
    began: datetime = timezone.now()
    morning()
    with at_the_desk(browser, shop, f"{language}-CA") as page:
        take(page, shop, language)
    assert [path for path in PICTURES.iterdir() if path.stat().st_mtime > began.timestamp()]
