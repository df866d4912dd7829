"""A clerk at the desk: presses a button by the words on it, and reads what the page says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.admin.changing import CONFIRMED
from deliver_to_po.choices import Reason
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.cancelling import cancel_delivery, to_home
from deliver_to_po.handoff.changing import (
    change_consignment,
    correct_recipient,
    label_destroyed,
    make_again,
    nothing_exists,
    replan_delivery,
)
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.moves import move_shipment

LIST = "admin:deliver_to_po_delivery_changelist"


def parcel_exists(shipment: Shipment, *, user: Any, **found: Any) -> None:
    if not move_shipment(shipment, "found", user=user, due_at=timezone.now(), reason=Reason.NONE, tries=0, **found):
        raise MoveRefused


# What buttons do that the desk does not have yet, by their words; of a delivery, and of one of its shipments.
OF_A_DELIVERY: Mapping[str, Callable[..., Any]] = {
    "Cancel the delivery": cancel_delivery,
    "Ship to the buyer's home instead": lambda delivery, **said: to_home(delivery.order, **said),
    "Correct the recipient": correct_recipient,
    "Change the parcels": lambda delivery, parcel, **said: change_consignment(delivery, 1, parcel=parcel, **said),
    "Ask the shop for the parcels again": replan_delivery,
}
OF_A_SHIPMENT: Mapping[str, Callable[..., Any]] = {
    "Make the label again": make_again,
    "The old label is destroyed": label_destroyed,
    "Nothing was made": nothing_exists,
    "The parcel exists": parcel_exists,
}


@dataclass(frozen=True, slots=True)
class Desk:
    """The admin, with a clerk who may do everything."""

    client: Client
    user: Any

    def page(self, delivery: Delivery, language: str = "en") -> BeautifulSoup:
        """Return the page of a delivery."""
        url = reverse("admin:deliver_to_po_delivery_change", args=[delivery.pk])
        return BeautifulSoup(self.client.get(url, headers={"accept-language": language}).content, "html.parser")

    def reads(self, delivery: Delivery, *words: str) -> bool:
        """Say whether all of these words are on the page of a delivery."""
        text = " ".join(self.page(delivery).get_text(" ", strip=True).split())
        return all(each in text for each in words)

    def buttons(self, delivery: Delivery) -> dict[str, str]:
        """Return words and address of the buttons above a delivery."""
        page = self.page(delivery)
        links = {link.get_text(strip=True): str(link["href"]) for link in page.select(".object-tools a")}
        forms = page.select(".object-tools form")
        return links | {form.get_text(strip=True): str(form["action"]) for form in forms}

    def press(self, button: str, delivery: Delivery, *arguments: Any, **form: Any) -> list[str]:
        """Press a button above a delivery, send its page's form and return what is said then."""
        if button in OF_A_DELIVERY:
            OF_A_DELIVERY[button](Delivery.objects.get(pk=delivery.pk), *arguments, user=self.user, **form)
            return []
        return said(self.client.post(self.buttons(delivery)[button], {CONFIRMED: "1", **form}, follow=True))

    def press_at(self, button: str, shipment: Shipment, **form: Any) -> None:
        """Press a button beside a shipment."""
        OF_A_SHIPMENT[button](Shipment.objects.get(pk=shipment.pk), user=self.user, **form)

    def act(self, action: str, *rows: Any, of: str = LIST, **form: str) -> list[str]:
        """Choose an action of a list for some rows, by its words, confirm it and return what is said then."""
        page = BeautifulSoup(self.client.get(reverse(of)).content, "html.parser")
        [option] = [each for each in page.select("select[name=action] option") if each.get_text() == action]
        chosen = {"action": str(option["value"]), "_selected_action": [str(row.pk) for row in rows]}
        return said(self.client.post(reverse(of), {**chosen, **form}, follow=True))

    def opened(self, shipment: Shipment) -> bytes:
        """Return what “Open the shipping label” opens beside a shipment, nothing where there is no such link."""
        url = reverse("admin:deliver_to_po_label", args=[shipment.pk])
        links = self.page(shipment.delivery).select(f'a[href="{url}"]')
        if [link.get_text(strip=True) for link in links] != ["Open the shipping label"]:
            return b""
        return b"".join(self.client.get(url))


def said(response: Any) -> list[str]:
    """Return the messages on a page."""
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser")
    return [line.get_text(" ", strip=True) for line in page.select(".messagelist li")]
