"""Which links the page of an order shows its buyer: to correct or to ask for something, and the files to take along."""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from deliver_to_po.core.choices import Change, Reason
from deliver_to_po.core.choices.states import NOT_LIVE
from deliver_to_po.core.choices.tracking import AT_AN_OFFICE, SCANNED
from deliver_to_po.core.conf import app_settings
from deliver_to_po.handoff.changing.by_buyer import requests_open
from deliver_to_po.handoff.changing.change import can_be_changed
from deliver_to_po.host import asking
from deliver_to_po.host.answered import ShopError
from deliver_to_po.models import Delivery, Shipment, links
from deliver_to_po.models.tracking import tracking_of
from deliver_to_po.offer.news import may_still_come


class PickupFiles(NamedTuple):
    """What there is for a parcel that waits at a post office: the addresses of letter and calendar file, or ``""``."""

    tracking_number: str
    letter: str
    calendar: str


class OrderLinks(NamedTuple):
    """``change`` leads to the page with what the buyer can still do, ``""`` when that is nothing.

    ``query`` is for every page that leads back to that of the order.
    """

    query: str = ""
    change: str = ""
    files: tuple[PickupFiles, ...] = ()


def order_links(delivery: Delivery, shipments: Sequence[Shipment], language: str, back: str) -> OrderLinks:
    """Return the links for the page of an order whose address is ``back``; ``shipments`` are those in the post.

    They are signed: show them to nobody but the buyer. No statement where nothing waits at a post office.
    """
    if delivery.current_order_id is None:
        return OrderLinks()
    at = [language, links.order_page_token(delivery)]
    waiting = [shipment for shipment in shipments if is_at_an_office(shipment)]
    query = f"?{urlencode({'back': back})}"
    change = f"{reverse('deliver_to_po:order', args=at)}{query}"
    return OrderLinks(
        query=query,
        change=change if _may_be_changed(delivery, shipments) else "",
        files=tuple(_files(delivery, shipment, at) for shipment in waiting),
    )


def _files(delivery: Delivery, shipment: Shipment, at: Sequence[str]) -> PickupFiles:
    args = [*at, shipment.parcel]
    letter = reverse("deliver_to_po:order_letter", args=args) if is_for_reader(delivery, shipment) else ""
    calendar = reverse("deliver_to_po:order_calendar", args=args) if may_still_come(shipment.tracking) else ""
    return PickupFiles(shipment.tracking_pin, letter, calendar)


def is_at_an_office(shipment: Shipment) -> bool:
    tracking = tracking_of(shipment)
    return tracking is not None and tracking.state in AT_AN_OFFICE


def is_for_reader(delivery: Delivery, shipment: Shipment) -> bool:
    """Say whether whoever bought also picks up, so that they may have what holds that person's address.

    The recipient of a gift may have been corrected since: what the buyer never typed is not theirs to read. Nor does
    who corrected the recipient's e-mail on the page become the recipient by it; they have the letter by e-mail. Where
    the shop names no buyer's e-mail, its page is all that says who reads. Nobody gets one of an erased recipient.
    """
    try:
        bought = asking.buyers_email(delivery.order)
    except ShopError:
        return False
    if not bought:
        return bool(shipment.recipient_name)
    by_buyer = delivery.history.filter(change=Change.CORRECT_RECIPIENT, reason=Reason.BY_BUYER)
    return bought.casefold() == shipment.recipient_email.casefold() and not by_buyer.exists()


def _may_be_changed(delivery: Delivery, shipments: Sequence[Shipment]) -> bool:
    """Say whether the buyer may find something to do; asks the database only about a label that may still be here."""
    if not can_be_changed(delivery):
        return False
    if all(shipment.state in NOT_LIVE for shipment in shipments):
        return bool(app_settings.buyer_may)
    return not all(_is_scanned(shipment) for shipment in shipments) and bool(requests_open(delivery))


def _is_scanned(shipment: Shipment) -> bool:
    tracking = tracking_of(shipment)
    return tracking is not None and tracking.state in SCANNED
