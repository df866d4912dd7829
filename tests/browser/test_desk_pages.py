"""Every page of the desk as axe-core sees it, in both languages, wide and narrow, in light and in dark."""

import json
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize

from deliver_to_po.core.choices import (
    Change,
    Compared,
    DeliveryState,
    Differs,
    HandoffStep,
    NoticeKind,
    NoticeOutcome,
    Outcome,
    ParcelState,
    Reason,
    ShipmentState,
)
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.models import Attempt, Comparison, Delivery, History, Notice, PrintJob, Shipment, Tracking
from deliver_to_po.models.comparison import Difference
from deliver_to_po.models.search_key import keep_keys
from tests.admin.printing.test_print_pages import labelled
from tests.browser.axe import WCAG, violations_in_content
from tests.browser.conftest import PHONE, WIDE, Visit, fits, log_in, picture
from tests.factories import make_delivery, make_shipment
from tests.handoff.parcels_by_hand import SYSTEMS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# So that no test takes longer than a minute on a slow machine.
PARTS = 3
QUEUES = ("to_pack", "to_print", "to_transmit", "needs_choice", "persons", "held", "waiting")


class Look(NamedTuple):
    """How a page is looked at: what the device says, what the clerk chose of the admin's own switch, and what for."""

    size: ViewportSize
    device: Literal["light", "dark"]
    chosen: str
    rules: list[str]


# Each page in each size and each language, in dark and in light, said by the device and chosen against it.
LOOKS: Mapping[str, Mapping[str, Look]] = {
    "en": {
        "wide light": Look(WIDE, "light", "auto", WCAG),
        "phone dark": Look(PHONE, "dark", "auto", ["color-contrast"]),
    },
    "fr": {
        "wide chosen dark": Look(WIDE, "light", "dark", ["color-contrast"]),
        "phone chosen light": Look(PHONE, "dark", "light", WCAG),
    },
}


def everything() -> dict[str, str]:
    """Make something of each kind, and return the desk's pages of it by name."""
    now, clerk = timezone.now(), User.objects.get()
    live: dict[str, Any] = {"live": True}
    held = make_delivery(reference="ORD-1043", state=DeliveryState.HELD, reason=Reason.SHOP_ERROR, **live)
    History.objects.create(delivery=held, change=Change.HOLD, note=f"https://shop.example/{'x' * 150}")
    placed = make_delivery(reference="ORD-1044", state=DeliveryState.PLACED, released_at=None, release_asked_at=None)
    choice = make_delivery(
        reference="ORD-1045", state=DeliveryState.NEEDS_CHOICE, reason=Reason.OFFICE_NO_LONGER, **live
    )
    cancelled = make_delivery(reference="ORD-1046", state=DeliveryState.CANCELLED, reason=Reason.CANCELLED)
    erased = make_delivery(reference="ORD-1047", erased_at=now, recipient_name="", recipient_email="")
    told = told_about(make_delivery(reference="ORD-1042", **live))
    ready = labelled("ORD-1048", price=Decimal("14.20"), made_at=now, **live)
    older = labelled("ORD-1049", price=Decimal("11.05"), made_at=now - timedelta(days=40), printed_at=now, **live)
    waiting = make_shipment(make_delivery(reference="ORD-1050", **live), due_at=now + timedelta(minutes=5))
    void = labelled("ORD-1051", change_asked_at=now)
    make_shipment(make_delivery(reference="ORD-1052", **live), system="desk", state=ShipmentState.HANDED, due_at=None)
    job = PrintJob.objects.create(user=clerk, live=True, chosen=[row.pk for row in (ready, older, waiting, void)])
    Shipment.objects.filter(pk__in=job.chosen).update(print_job=job)
    done = PrintJob.objects.create(user=clerk, live=True, chosen=[labelled("ORD-1053", printed_at=now, **live).pk])
    Shipment.objects.filter(pk__in=done.chosen).update(print_job=done, printed_by=clerk, prints=1)
    lost = PrintJob.objects.create(user=clerk, live=True, chosen=[void.pk], without=["ORD-1054", "ORD-1055"])
    for delivery in Delivery.objects.all():
        keep_keys(delivery)
    stories = {"placed": placed, "held": held, "choice": choice, "cancelled": cancelled, "erased": erased, "told": told}
    stories |= {"labelled": ready.delivery, "waiting": waiting.delivery, "taken back": void.delivery}
    stories |= {"at the office": at_the_office("ORD-1060"), "one came back": one_came_back("ORD-1061")}
    strangers = [Difference(f"id-{number}", Differs.UNKNOWN, reference=f"S-{number}") for number in range(3)]
    Comparison.objects.create(what=Compared.DAY, name="2026-11-25", asked_at=now).keep(strangers)
    return {
        "queues": "",
        **{f"queue {name}": f"?queue={name}" for name in QUEUES},
        "filters": "?state__exact=held&live=1",
        "nothing found": "?q=nobody",
        "many found": "?q=ottawa",
        "table, nobody": "table/?q=NOPE",
        "table, many": f"table/?q={told.reference}",
        "table, stopped": f"table/{told.pk}/1/",
        "table, on hold": f"table/{held.pk}/1/",
        "table, to weigh": f"table/{waiting.delivery_id}/1/",
        "print": "print/",
        "print job, running": f"print/{job.pk}/",
        "print job, done": f"print/{done.pk}/",
        "print job, missing ones": f"print/{lost.pk}/",
        "print again": f"print/{done.pk}/again/",
        "costs": "costs/",
        "invoice": "costs/invoice/",
        "day": "day/",
        "privacy": "../privacyrequest/answer/",
        "choose": f"{choice.pk}/choose/",
        "day's end": "../manifest/day-end/",
        "leave strangers": "../manifest/day-end/leave/",
        "manifests": "../manifest/",
        "label taken back": f"label/{void.pk}/",
        "cancel": f"{placed.pk}/cancel/",
        **{f"story, {name}": f"{row.pk}/change/" for name, row in stories.items()},
    }


def at_the_office(reference: str) -> Delivery:
    """Return a delivery whose parcel has waited for eight days, of which its buyer was told."""
    parcel = labelled(reference, printed_at=timezone.now(), transmitted_at=timezone.now())
    ready_on = shop_day() - timedelta(days=8)
    Tracking.objects.create(shipment=parcel, state=ParcelState.READY, ready_on=ready_on, on=ready_on)
    fields = {"due_at": None, "outcome": NoticeOutcome.SENT, "sent_at": timezone.now()}
    Notice.objects.create(delivery=parcel.delivery, kind=NoticeKind.FIFTH_DAY, occasion=parcel.pk, **fields)
    return parcel.delivery


def one_came_back(reference: str) -> Delivery:
    """Return a delivery of two parcels, of which one is picked up and one came back."""
    parcel = labelled(reference, printed_at=timezone.now(), transmitted_at=timezone.now())
    other = make_shipment(parcel.delivery, parcel=2, state=ShipmentState.DONE, transmitted_at=timezone.now())
    for one, state in ((parcel, ParcelState.COLLECTED), (other, ParcelState.RETURNED)):
        Tracking.objects.create(shipment=one, state=state, on=shop_day(), ended_at=timezone.now())
    return parcel.delivery


def told_about(delivery: Delivery) -> Delivery:
    """Return a delivery with something of everything in its story, and two parcels."""
    make_shipment(delivery, state=ShipmentState.VOIDED, tracking_pin="7023210000000018")
    stuck = make_shipment(
        delivery,
        revision=2,
        state=ShipmentState.ATTENTION,
        reason=Reason.GAVE_UP,
        reason_text="The address was not found.",
        due_at=None,
    )
    make_shipment(delivery, parcel=2, state=ShipmentState.REFUSED, reason=Reason.REFUSED, due_at=None)
    for outcome in (Outcome.LOST, Outcome.FOUND_NONE):
        Attempt.objects.create(shipment=stuck, step=HandoffStep.CREATE, outcome=outcome, request_id="a", status=500)
    History.objects.create(delivery=delivery, change=Change.RELEASE)
    fields = {"due_at": None, "outcome": NoticeOutcome.SENT, "sent_at": timezone.now()}
    Notice.objects.create(delivery=delivery, kind=NoticeKind.CHOOSE, occasion=1, **fields)
    return delivery


def look(page: Page, at: Look) -> None:
    page.set_viewport_size(at.size)
    page.emulate_media(color_scheme=at.device)
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", at.chosen)


def cut(page: Page) -> bool:
    """Say whether the list has a column that is seen only by moving it sideways."""
    script = "[...document.querySelectorAll('.results')].some(one => one.scrollWidth > one.clientWidth)"
    return bool(page.evaluate(script))


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


@pytest.fixture
def desk(live_server: Any, change_settings: Any) -> str:
    change_settings(
        SHIPPING_SYSTEMS={"default": {"BACKEND": "deliver_to_po.shipping.canadapost.CanadaPostShipping"}, **SYSTEMS},
        TRACKING=True,
        TELL={"FIFTH_DAY": True},
    )
    User.objects.create_superuser("clerk", password="secret")
    return f"{live_server.url}/admin/deliver_to_po/delivery/"


@pytest.mark.parametrize("language", LOOKS)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_of_the_desk_has_a_barrier_or_is_wider_than_the_screen(
    visit: Visit, desk: str, language: str, part: int
) -> None:
    pages = dict(list(everything().items())[part::PARTS])
    wrong: dict[str, list[str]] = {}
    with visit(language, javascript=True, size=WIDE) as page:
        page.emulate_media(reduced_motion="reduce")
        log_in(page, desk)
        for name, url in pages.items():
            answer = page.goto(desk + url)
            assert answer is not None
            assert answer.status == 200, name
            # Colours that fade into each other are measured half-way.
            page.add_style_tag(content="* { transition: none !important }")
            unfold(page)
            for how, at in LOOKS[language].items():
                look(page, at)
                found = violations_in_content(page, at.rules)
                if not fits(page) or cut(page):
                    found.append("it is wider than the screen")
                for line in found:
                    wrong.setdefault(line, []).append(f"{name}, {how}")
                picture(page, f"{name} {how} {language}".replace(",", ""))
    assert wrong == {}, json.dumps(wrong, indent=1)


def test_a_button_with_many_words_is_whole_on_the_narrowest_screen(visit: Visit, desk: str) -> None:
    delivery = make_delivery()
    with visit("fr", javascript=False, size=ViewportSize(width=320, height=640)) as page:
        log_in(page, desk)
        page.goto(f"{desk}{delivery.pk}/to_home/")
        button = page.locator(".submit-row input").bounding_box()
    assert button is not None
    assert button["x"] + button["width"] <= 320
