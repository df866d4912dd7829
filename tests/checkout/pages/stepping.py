"""What a buyer does on the step's pages over HTTP, without JavaScript, and what those pages show."""

from datetime import timedelta
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliver_to_po.adapter import OrderAdapter, RecipientSuggestion
from deliver_to_po.checkout.pages.recipient_line import SHOWN
from deliver_to_po.checkout.session import SESSION_KEY
from deliver_to_po.models import Delivery
from tests.factories import TYPED

NEXT = "/next/"
HOME = "/home/"


class StepAdapter(OrderAdapter[Any]):
    """A shop that knows a little of its buyer."""

    def recipient(self, request: HttpRequest) -> RecipientSuggestion:
        return RecipientSuggestion(name="Zoé Tremblay", postal_code="H2X1Y4", province="QC")

    def postal_code(self, request: HttpRequest) -> str:
        return "H2X 1Y4"

    def next_url(self, request: HttpRequest) -> str:
        return NEXT

    def home_delivery_url(self, request: HttpRequest) -> str:
        return HOME


def let_shop_be(adapter: type[OrderAdapter[Any]], change_settings: Any, **more: Any) -> None:
    """Let the shop answer as an adapter, with five offices on a page of the app's own."""
    path = f"{adapter.__module__}.{adapter.__name__}"
    own = {"BASE_TEMPLATE": "deliver_to_po/base.html", "OFFICES_PER_PAGE": 5}
    change_settings(ORDER_ADAPTER=path, **own | more)


def unplug(change_settings: Any) -> None:
    """Let nobody answer where Canada Post was."""
    change_settings(CANADA_POST={"BASE_URL": "http://127.0.0.1:9"})


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content.decode(), "html.parser")


def search(client: Client, q: str = "K1A 0B1", **more: Any) -> BeautifulSoup:
    response = client.get(reverse("deliver_to_po:choose"), {"q": q, **more})
    assert response.status_code == 200
    return soup(response)


def office_ids(page: BeautifulSoup) -> list[str]:
    """Return the ids of the radio buttons, in order."""
    return [str(radio["value"]) for radio in page.select("input[type=radio][name=office_id]")]


def problem(page: BeautifulSoup) -> str:
    """Return what the page says is wrong or asks, ``""`` when nothing is."""
    box = page.select_one(".d2po-problem, .d2po-question")
    return box.get_text(" ", strip=True) if box else ""


def one(page: BeautifulSoup, selector: str) -> Tag:
    """Return the only element that ``selector`` finds."""
    (element,) = page.select(selector)
    return element


def shown_by(client: Client) -> str:
    """Return what the list sends along to say which recipient it showed."""
    return str(one(search(client), f'input[name="{SHOWN}"]')["value"])


def choose(client: Client, office_id: str = "", q: str = "K1A 0B1", **more: str) -> Any:
    """Choose an office, the nearest one unless another is given; return the answer."""
    office_id = office_id or office_ids(search(client, q))[0]
    return client.post(reverse("deliver_to_po:choose"), {"q": q, "show": "5", "office_id": office_id, **more})


def fill(client: Client, **changes: str) -> Any:
    return client.post(reverse("deliver_to_po:recipient"), {**TYPED, **changes})


def draft(client: Client) -> Delivery:
    return Delivery.objects.get(pk=client.session[SESSION_KEY][0])


def expire(client: Client) -> Delivery:
    """Let the draft that the buyer's session names expire, and return it."""
    old = draft(client)
    Delivery.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    return old


def with_basket(client: Client) -> str:
    """Give a browser a session, as a basket makes one; return its key."""
    session = client.session
    session["basket"] = {"1": 2}
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return str(session.session_key)
