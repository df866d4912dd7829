"""The page of the day's end: what waits, one button, and what the slower of two clerks is told."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.admin.changes.confirm_page import CONFIRMED
from deliver_to_po.admin.day_end import day_end_page, what_stays
from deliver_to_po.admin.day_end.day_end_page import RECENT
from deliver_to_po.core.choices import ParcelState, Reason
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.core.wording import day_of_year
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.handoff.changing.ship_again import ship_again
from deliver_to_po.handoff.day_end.looking_over import LookedOver, Question, Staying, look_over
from deliver_to_po.handoff.releasing.release import hold
from deliver_to_po.labels.specimen import group_digits
from deliver_to_po.models import Delivery, Manifest, Office, Shipment, Tracking
from deliver_to_po.privacy.erasing import erase_delivery
from tests.admin.browsing import desk, page_of
from tests.admin.conftest import Clerk
from tests.admin.day_end.conftest import GROUP, MAY, PAGE, Labelled, page
from tests.factories import make_shipment
from tests.rounds import do_due

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Day’s end", "1 parcel is ready to go", "1.25 kg", "Paid and still wanted: all", "longer be voided")),
        (
            "fr",
            (
                "Fin de journée",
                "1 colis est prêt à partir",
                "1,25 kg",
                "Payés et toujours à expédier : tous",
                "plus être annulé",
            ),
        ),
    ],
)
def test_the_page_speaks_both_languages(
    client: Client, labelled: Labelled, language: str, words: tuple[str, ...]
) -> None:
    labelled()
    shown = page(client, PAGE, language).replace("\N{NO-BREAK SPACE}", " ")
    for text in words:
        assert text in shown


def test_of_each_group_it_is_said_what_goes_and_what_stays(client: Client, labelled: Labelled) -> None:
    labelled()
    labelled("other-2026-11-20")
    make_shipment(group=GROUP, api="portal")
    hold(labelled().delivery.order)
    [glance] = page_of(client, reverse(PAGE)).select(".d2po-glance")
    heading, line, *groups = (
        " ".join(part.get_text(" ").split()) for part in glance.select("h2, .d2po-glance > h2 + p, .d2po-group")
    )
    made = f"made: {day_of_year(shop_day())} · Canada Post"
    assert heading == "● 1 parcel is ready to go, 1 stays"
    assert line.startswith(f"{GROUP} · 1.25 kg · asked on ")
    stays = "1 parcel has no label yet and stays 1 parcel is on hold and stays"
    other = "This group was made under other settings of the shop, so it is not transmitted here."
    assert groups == [
        f"{GROUP} 1 parcel to transmit, 1.25 kg {made} {stays}",
        f"other-2026-11-20 1 parcel to transmit, 1.25 kg {made} {other} Ask technical support to set them back.",
    ]


def test_numbers_to_leave_are_understood_as_the_label_and_our_lists_write_them(
    client: Client, labelled: Labelled
) -> None:
    one, other, goes = labelled(), labelled(), labelled()
    grouped = group_digits(one.tracking_pin)
    page(client, PAGE, group=[GROUP], exclude=f"{grouped} {other.tracking_pin}; {grouped},\n{grouped}")
    assert list(Shipment.objects.filter(transmitted_at__isnull=False)) == [goes]


def test_a_wrong_number_is_named_and_nothing_is_done_and_the_same_groups_are_ticked(
    client: Client, labelled: Labelled
) -> None:
    other = "main-street-2026-11-20"
    labelled()
    labelled(other)

    def ticked(shown: str) -> list[str]:
        boxes = BeautifulSoup(shown, "html.parser").select("input[type=checkbox][name=group]")
        assert {box["value"] for box in boxes} == {GROUP, other}
        return sorted(str(box["value"]) for box in boxes if box.has_attr("checked"))

    assert ticked(page(client, PAGE)) == [other, GROUP]
    shown = page(client, PAGE, group=[GROUP], exclude="12345")
    assert "No parcel with this number waits to be transmitted: 12345." in shown
    assert ">12345</textarea>" in shown
    assert ticked(shown) == [GROUP]
    assert not Manifest.objects.exists()


def test_two_clerks_who_press_at_once_transmit_once(
    client: Client, labelled: Labelled, emulator: EmulatorServer
) -> None:
    labelled()
    page(client, PAGE, group=[GROUP])
    shown = page(client, PAGE, group=[GROUP])
    assert "No parcel of this shop waits" in shown
    # The slower clerk is told who was faster; and nothing of groups that they did not choose, nor of long ago.
    assert "1 parcel: manifest ready. Asked for by clerk on" in shown
    assert "Asked for by" not in page(client, PAGE, group=["main-street-2026-11-20"])
    assert len(emulator.manifests) == 1
    Manifest.objects.update(created_at=timezone.now() - RECENT - timedelta(minutes=1))
    assert "Asked for by" not in page(client, PAGE, group=[GROUP])


def test_what_is_transmitted_without_its_manifest_yet_is_said_to_be_transmitted(
    client: Client, labelled: Labelled, emulator: EmulatorServer
) -> None:
    labelled()
    emulator.configure(manifest_waits=1000)
    shown = page(client, PAGE, group=[GROUP])
    assert "1 parcel is transmitted. " in shown
    assert "is still making the manifest." in shown
    assert "can be printed" not in shown


@pytest.mark.parametrize("typed", [{"exclude": "a\0b"}, {"group": ["a\0b"]}], ids=["number", "group"])
def test_a_character_that_no_database_takes_is_in_no_parcel_and_no_group(
    labelled: Labelled, client: Client, typed: dict[str, Any]
) -> None:
    shipment = labelled()
    assert "waits to be transmitted" in page(client, PAGE, **{"group": [GROUP], **typed})
    shipment.refresh_from_db()
    assert shipment.transmitted_at is None


NOT_PRINTED = "Nobody has printed its label yet."
MAY_ALL = (*MAY, "cancel_delivery", "hold_delivery", "print_labels", "view_label", "choose_office", "change_parcels")


def stays_of(client: Client) -> dict[str, tuple[str, str, str]]:
    """Return of each parcel that stays why, and the words and the address of its button."""
    shown = page_of(client, reverse(PAGE))
    found = {}
    for row in shown.select(".d2po-stays tbody tr"):
        [heading, why, what] = row.select("th, td")
        [button] = what.select(".d2po-button") or [None]
        form = what.select_one("form")
        url = str(form["action"] if form else button["href"] if button else "")
        found[heading.get_text(" ", strip=True)] = (why.get_text(" ", strip=True), what.get_text(strip=True), url)
    return found


def test_what_is_cancelled_or_is_to_be_is_not_resumed(clerk: Clerk, labelled: Labelled) -> None:
    shipment, came_back = labelled(), labelled()
    hold(shipment.delivery.order, "adds a book")
    Delivery.objects.filter(pk=shipment.delivery_id).update(stop_asked_at=timezone.now())
    Tracking.objects.create(shipment=came_back, state=ParcelState.RETURNED)
    ship_again(came_back.delivery.order)
    [(_why, what, _url), (why, nothing, _url)] = stays_of(clerk(*MAY_ALL)).values()
    assert what != "Resume"
    assert "Another delivery of the same order took the place" in why
    assert nothing == "There is nothing left to do."


def test_what_stays_is_named_with_its_reason_and_one_button_and_the_rest_goes_by_one_press(
    clerk: Clerk, labelled: Labelled, emulator: EmulatorServer, shop_says: Any
) -> None:
    unpaid, held, unprinted, goes = labelled(), labelled(), labelled(), labelled()
    paid = {unpaid.delivery.order_id: False}
    shop_says("is_paid", lambda order: paid.get(order.pk))
    hold(held.delivery.order, "adds a book")
    Shipment.objects.filter(pk=unprinted.pk).update(printed_at=None)
    client = clerk(*MAY_ALL)
    shown = page(client, PAGE)
    assert "1 parcel is ready to go, 3 stay" in shown
    for question in ("Paid and still wanted", "Not on hold", "Label printed"):
        assert f"{question}: all but 1" in shown
    stays = {row.split()[0]: told for row, told in stays_of(client).items()}
    told = {shipment: stays[str(shipment.delivery)] for shipment in (unpaid, held, unprinted)}
    assert "no longer paid" in told[unpaid][0]
    assert told[unpaid][1:] == ("Cancel the delivery", reverse("admin:deliver_to_po_cancel", args=[unpaid.delivery_id]))
    assert "adds a book" in told[held][0]
    assert told[held][1:] == ("Resume", reverse("admin:deliver_to_po_let_go_on", args=[held.delivery_id]))
    assert NOT_PRINTED in told[unprinted][0]
    assert told[unprinted][1:] == ("Print the label", f"{desk('label', unprinted.pk)}?print=1")
    assert emulator.manifests == []
    after = page(client, PAGE, group=[GROUP])
    assert "1 parcel has been transmitted" in after
    assert "3 parcels stay: the page “Day’s end” says why" in after
    goes.refresh_from_db()
    assert goes.transmitted_at is not None
    # Printed, it goes along.
    client.post(told[unprinted][2])
    assert "1 parcel is ready to go, 2 stay" in page(client, PAGE)


def test_who_may_only_transmit_reads_no_name_and_sees_what_came_of_it(clerk: Clerk, labelled: Labelled) -> None:
    stays, _goes = labelled(), labelled()
    Shipment.objects.filter(pk=stays.pk).update(printed_at=None)
    client = clerk("transmit_manifest")
    [heading] = stays_of(client)
    assert heading == f"{stays.delivery} {stays}"
    assert "1 parcel has been transmitted" in page(client, PAGE, group=[GROUP])


def test_more_that_stay_than_are_shown_are_counted(
    client: Client, labelled: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(what_stays, "SHOWN", 1)
    for _each in range(2):
        labelled()
    Shipment.objects.update(printed_at=None)
    shown = page_of(client, reverse(PAGE))
    assert [heading.get_text() for heading in shown.select(".d2po-stays h2")] == ["2 parcels stay"]
    assert "And 1 more." in shown.get_text()


def test_who_may_not_cure_it_has_no_button(client: Client, labelled: Labelled) -> None:
    hold(labelled().delivery.order)
    [(why, button, url)] = stays_of(client).values()
    assert "on hold" in why
    assert (button, url) == ("Ask a colleague who may do this", "")


def test_a_post_office_that_could_not_be_asked_about_is_asked_about_at_the_next_days_end(admin_user: User) -> None:
    stays = Staying(make_shipment(state="labelled"), Question.OFFICE, Reason.OFFICE_NOT_CHECKED)
    [row] = what_stays.rows(LookedOver([], [stays], timezone.now(), []), admin_user, site)
    assert (row["why"], row["cure"]) == (stays.reason.why(), Reason.NOT_ASKED.advice)


def test_what_has_no_button_says_what_to_do(clerk: Clerk, labelled: Labelled, monkeypatch: pytest.MonkeyPatch) -> None:
    labelled()
    monkeypatch.setattr(day_end_page, "look_over", partial(look_over, seconds=-1))
    assert list(stays_of(clerk(*MAY_ALL)).values()) == [(f"◆ {Reason.NOT_ASKED.why()}", Reason.NOT_ASKED.advice, "")]


@pytest.mark.parametrize(
    ("asks", "button", "name"),
    [
        (Reason.BUYER_CANCELS, "Cancel the delivery", "cancel"),
        (Reason.BUYER_TO_HOME, "Ship to the buyer’s home instead", "to_home"),
    ],
)
def test_what_the_buyer_asks_for_has_the_button_that_does_it(
    clerk: Clerk, labelled: Labelled, asks: Reason, button: str, name: str
) -> None:
    shipment = labelled()
    Delivery.objects.filter(pk=shipment.delivery_id).update(state="held", reason=asks, wished=asks)
    url = reverse(f"admin:deliver_to_po_{name}", args=[shipment.delivery_id])
    assert list(stays_of(clerk(*MAY_ALL)).values()) == [(f"◆ {asks.why()}", button, url)]


def test_a_label_whose_recipient_is_erased_can_be_voided_from_here(clerk: Clerk, labelled: Labelled) -> None:
    """Its label is deleted and nobody prints it, so that it would stay in its group for ever."""
    shipment, client = labelled(), clerk(*MAY_ALL)
    erase_delivery(shipment.delivery)
    cancel = reverse("admin:deliver_to_po_cancel", args=[shipment.delivery_id])
    assert list(stays_of(client).values()) == [(f"◆ {Reason.ERASED.why()}", "Cancel the delivery", cancel)]
    client.post(cancel, {CONFIRMED: "1", "note": "erased"})
    while do_due():
        pass
    assert "Nothing waits to be transmitted." in page(client, PAGE)


def test_check_again_asks_about_offices_that_were_asked_about_a_while_ago(
    clerk: Clerk, labelled: Labelled, emulator: EmulatorServer
) -> None:
    shipment, client = labelled(), clerk(*MAY_ALL)
    Delivery.objects.filter(pk=shipment.delivery_id).update(office_checked_at=timezone.now() - timedelta(minutes=10))
    Office.objects.update(offered_at=timezone.now() - timedelta(minutes=10))
    emulator.state.close_office(shipment.office_id, "no_longer")
    assert "1 parcel is ready to go" in page(client, PAGE)
    again = page_of(client, reverse(PAGE)).find("a", string="Check again")
    shown = client.get(reverse(PAGE) + str(again["href"])).content.decode()  # type: ignore[index]
    assert "The post office no longer accepts parcels." in shown
    assert "Choose another post office" in shown
