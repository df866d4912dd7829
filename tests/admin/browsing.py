"""What a clerk's browser does on the desk: it opens pages, presses buttons and reads what is said."""

from typing import Any

from bs4 import BeautifulSoup
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from deliver_to_po.admin.changes.confirm_page import CONFIRMED
from deliver_to_po.models import Delivery, Shipment

LIST = "admin:deliver_to_po_delivery_changelist"


def url(name: str, row: Delivery | Shipment) -> str:
    """Return the address of one of the desk's pages about a row."""
    return reverse(f"admin:deliver_to_po_{name}", args=[row.pk])


def desk(name: str, *arguments: Any) -> str:
    """Return the address of one of the desk's pages."""
    return reverse(f"admin:deliver_to_po_{name}", args=arguments)


def page_of(client: Client, path: str, language: str = "en", **query: str) -> BeautifulSoup:
    response = client.get(path, query, headers={"Accept-Language": language})
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def said(response: Any) -> list[str]:
    """Return what this press told the clerk; the page that would show it need not be drawn for that."""
    assert response.status_code in (200, 302)
    told = [BeautifulSoup(str(message), "html.parser").get_text() for message in get_messages(response.wsgi_request)]
    response.client.cookies.pop("messages", None)
    return told


def send(client: Client, name: str, row: Delivery | Shipment, language: str = "en", **form: str) -> list[str]:
    """Send the form of a row's page, and return what is said."""
    headers = {"Accept-Language": language}
    return said(client.post(url(name, row), {CONFIRMED: "1", **form}, headers=headers))


def words_of(response: Any) -> str:
    """Return what the page of an answer says."""
    [content] = BeautifulSoup(response.content, "html.parser").select("#content")
    return " ".join(content.get_text(" ").split())


def select(client: Client, action: str, *deliveries: Delivery, language: str = "en", **form: str) -> Any:
    """Choose an action of the list for some deliveries, and return the answer."""
    chosen = {"action": action, "_selected_action": [str(delivery.pk) for delivery in deliveries]}
    return client.post(reverse(LIST), {**chosen, **form}, headers={"Accept-Language": language})


def typed(client: Client, path: str, **changes: str) -> dict[str, str]:
    """Return what a browser would send of the page's form, with ``changes``."""
    [form] = page_of(client, path).select("form.d2po-change")
    sent = {
        str(field["name"]): str(field.get("value", "")) for field in form.select("input[name]:not([type=checkbox])")
    }
    for choice in form.select("select[name]"):
        chosen = choice.select_one("option[selected]")
        sent[str(choice["name"])] = str(chosen["value"]) if chosen else ""
    return {**sent, "note": "asked by phone", **changes}


def seen_again(delivery: Delivery) -> tuple[str, str]:
    """Return state and reason as the database has them now."""
    delivery.refresh_from_db()
    return delivery.state, delivery.reason


def listed(client: Client, **query: str) -> BeautifulSoup:
    return page_of(client, reverse(LIST), **query)


def references(client: Client, **query: str) -> list[str]:
    """Return the references of the deliveries that the list shows, in its order."""
    return [link.get_text(strip=True) for link in listed(client, **query).select("td.field-reference_shown a:has(b)")]


def text_of(client: Client, delivery: Delivery) -> str:
    return page_of(client, url("delivery_change", delivery)).get_text(" ", strip=True)
