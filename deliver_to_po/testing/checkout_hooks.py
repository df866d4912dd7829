"""What ``CheckoutTests`` asks of a shop's checkout, and how its buyer comes to the review page."""

from collections.abc import Mapping
from decimal import Decimal
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils.functional import Promise

from deliver_to_po.testing.checkout_mistakes import MistakeFound
from deliver_to_po.testing.emulated import EmulatedCanadaPost

if TYPE_CHECKING:
    from django.test import TransactionTestCase as Case
else:
    Case = object

RECIPIENT = {
    "name": "Théo Gagnon",
    "address_line_1": "12 Lake Road",
    "city": "Ottawa",
    "province": "ON",
    "postal_code": "K1K 4T3",
    "email": "theo@example.com",
    "phone": "613 555-0123",
}
# The fields of a form, by name.
Form = Mapping[str, str]


class Hooks(Case):
    """The five that a shop writes come first; the others suit a shop whose review page is HTML."""

    #: Where the buyer looks for a post office; at least two must be near.
    near = "K1A 0B1"

    canada_post: EmulatedCanadaPost
    #: The page with the last button; by default where the step leads to once all is chosen.
    review_url: str | Promise = ""

    def fill_cart(self, client: Client, *, more: bool = False) -> None:
        """Put something into the cart of ``client``, and say what your checkout asks before the post office.

        With ``more`` something is in the cart already: add what makes it dearer or heavier.
        """
        raise NotImplementedError("write fill_cart()")

    def start_payment(self, client: Client, form: Form) -> Any:
        """Press the button of the review page, whose ``form`` would send that; return the payment that has begun.

        That is whatever the other hooks need to know it by. Return None if your shop began none.
        """
        raise NotImplementedError("write start_payment()")

    def answer(
        self, client: Client, payment: Any, *, succeeded: bool, amount: Decimal | None, currency: str
    ) -> HttpResponseBase:
        """Let your provider tell the shop the result of ``payment``, and return what the shop answers.

        ``amount`` is what was paid in all, None for what was asked for. A provider has a client of its own; ``client``
        is the buyer's, for a shop that hears of it from the browser that comes back.
        """
        raise NotImplementedError("write answer()")

    def order_of(self, payment: Any) -> Any:
        """Return the order that was made of ``payment``, None for none."""
        raise NotImplementedError("write order_of()")

    def charged_for_delivery(self, payment: Any) -> Decimal | None:
        """Return what ``payment`` asks for the delivery, in CAD before tax; None if it cannot be told apart."""
        raise NotImplementedError("write charged_for_delivery()")

    def come_back(self, client: Client, payment: Any) -> None:
        """Let the buyer come back from the payment; by default to the page of the order, its ``get_absolute_url``."""
        client.get(self.order_of(payment).get_absolute_url(), follow=True)

    def review(self, client: Client) -> Form:
        """Return what the form of the review page would send, nothing if the page has none with a field ``seen``."""
        page = client.get(str(self.review_url), follow=True)
        return _form_with("seen", page.content.decode()) if page.status_code == 200 else {}

    def choose_office(self, client: Client, which: int = 0) -> str:
        """Choose one of the nearest post offices, say who picks up, and return the office's id."""
        office_id = self.canada_post.offices_near(self.near)[which].office_id
        choose = reverse("deliver_to_po:choose")
        client.get(choose, {"q": self.near})
        client.post(choose, {"office_id": office_id, "q": self.near})
        led = client.post(reverse("deliver_to_po:recipient"), RECIPIENT)
        if led.status_code != 302:
            raise MistakeFound("no_way_through", f"the step answered HTTP {led.status_code}, and led nowhere")
        self.review_url = self.review_url or led["location"]
        return office_id


class _Forms(HTMLParser):
    """Collects what each form of a page would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._list = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
        elif tag == "input" and self.forms and _is_sent(given):
            self.forms[-1][given["name"]] = given.get("value", "")
        elif tag == "select":
            self._list = given.get("name", "")
        elif (
            tag == "option" and self.forms and self._list and ("selected" in given or self._list not in self.forms[-1])
        ):
            # A browser sends the first where none is selected.
            self.forms[-1][self._list] = given.get("value", "")


def _is_sent(field: Mapping[str, str]) -> bool:
    kind = field.get("type", "")
    return "name" in field and (kind not in ("submit", "button", "radio", "checkbox") or "checked" in field)


def _form_with(field: str, page: str) -> Form:
    """Return what the first form with ``field`` would send, nothing if there is none."""
    forms = _Forms()
    forms.feed(page)
    return next((form for form in forms.forms if field in form), {})
