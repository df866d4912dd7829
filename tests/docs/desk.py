"""A clerk at the French desk: presses a button by the words on it, and reads what the page says.

The words are given in English and looked for through the catalogue.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils.translation import get_language, override

from deliver_to_po.admin.changes.confirm_page import CONFIRMED
from deliver_to_po.models import Delivery, Shipment
from tests.docs.in_french import english_of, french_of, one_line
from tests.rounds import hand_off_due

LIST = "admin:deliver_to_po_delivery_changelist"


class ClerksClient(Client):
    """A browser that asks for one language; the test itself goes on in its own."""

    def __init__(self, language: str):
        super().__init__(headers={"accept-language": language})

    def request(self, **request: Any) -> Any:
        """Send a request."""
        with override(get_language()):
            return super().request(**request)


@dataclass(frozen=True)
class Desk:
    """The admin, with a clerk who may do everything and reads French; a test names buttons by their English words."""

    client: Client
    user: Any

    def page(self, delivery: Delivery) -> BeautifulSoup:
        """Return the page of a delivery."""
        url = reverse("admin:deliver_to_po_delivery_change", args=[delivery.pk])
        return BeautifulSoup(self.client.get(url).content, "html.parser")

    def reads(self, delivery: Delivery, *words: str) -> bool:
        """Say whether all of these words are on the page of a delivery."""
        return self.finds(self.page(delivery), *words)

    def finds(self, page: BeautifulSoup, *words: str) -> bool:
        """Say whether all of these words are on a page."""
        text = one_line(page.get_text(" ", strip=True))
        return all(self._is_there(each, text) for each in words)

    def _is_there(self, words: str, text: str) -> bool:
        patterns = list(french_of(words))
        return any(pattern.search(text) for pattern in patterns) if patterns else words in text

    def named(self, shown: Mapping[str, str]) -> dict[str, str]:
        """Return the same by the English words."""
        return {english: url for french, url in shown.items() for english in english_of(french)}

    def buttons(self, delivery: Delivery) -> dict[str, str]:
        """Return words and address of the buttons above a delivery."""
        page = self.page(delivery)
        links = {link.get_text(strip=True): str(link["href"]) for link in page.select(".d2po-can a")}
        forms = {form.get_text(strip=True): str(form["action"]) for form in page.select(".d2po-can form")}
        presses = page.select(".d2po-can button[formaction]")
        return self.named(links | forms | {press.get_text(strip=True): str(press["formaction"]) for press in presses})

    def press(self, button: str, delivery: Delivery, **form: Any) -> list[str]:
        """Press a button above a delivery, send its page's form and return what is said then."""
        return self._send(self.buttons(delivery)[button], form)

    def press_and_wait(self, button: str, delivery: Delivery, **form: Any) -> None:
        """Do the same, and let the workers do what is due then."""
        self.press(button, delivery, **form)
        sweep()

    def buttons_at(self, shipment: Shipment) -> dict[str, str]:
        """Return words and address of the buttons beside a shipment."""
        links = self.page(shipment.delivery).select(f'#shipments-group a[href*="/{shipment.pk}/"]')
        return self.named({link.get_text(strip=True): str(link["href"]) for link in links})

    def press_at(self, button: str, shipment: Shipment, **form: Any) -> list[str]:
        """Press a button beside a shipment, send its page's form and return what is said then."""
        return self._send(self.buttons_at(shipment)[button], form)

    def _send(self, url: str, typed: dict[str, Any]) -> list[str]:
        page = BeautifulSoup(self.client.get(url).content, "html.parser")
        filled = {
            str(field["name"]): str(field.get("value", ""))
            for field in page.select("form.d2po-change input[name]")
            if field.get("type") not in ("checkbox", "submit")
        }
        chosen = {
            str(field["name"]): str(option["value"])
            for field in page.select("form.d2po-change select[name]")
            for option in field.select("option[selected]")
        }
        sent = {CONFIRMED: "1", **filled, **chosen, "note": "as was asked", **typed}
        return said(self.client.post(url, sent, follow=True))

    def act(self, action: str, *rows: Any, of: str = LIST, **form: str) -> list[str]:
        """Choose an action of a list for some rows, by its words, confirm it and return what is said then."""
        page = BeautifulSoup(self.client.get(reverse(of)).content, "html.parser")
        options = {each.get_text(): str(each["value"]) for each in page.select("select[name=action] option")}
        chosen = {"action": self.named(options)[action], "_selected_action": [str(row.pk) for row in rows]}
        return said(self.client.post(reverse(of), {**chosen, **form}, follow=True))

    def opened(self, shipment: Shipment) -> bytes:
        """Return what “Open the shipping label” opens beside a shipment, nothing where there is no such link."""
        url = reverse("admin:deliver_to_po_label", args=[shipment.pk])
        links = self.page(shipment.delivery).select(f'a[href="{url}"]')
        if "Open the shipping label" not in self.named({link.get_text(strip=True): url for link in links}):
            return b""
        return b"".join(self.client.get(url))


def sweep() -> None:
    """Let the workers do what is due, and what the housekeeping has made due."""
    hand_off_due()
    hand_off_due()


def said(response: Any) -> list[str]:
    """Return the messages on a page, in English."""
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser")
    lines = [line.get_text(" ", strip=True) for line in page.select(".messagelist li")]
    return [next(english_of(line)) for line in lines]
