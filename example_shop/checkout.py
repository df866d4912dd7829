"""What a buyer has entered so far, kept in the session until the order is placed."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.http import HttpRequest

from deliver_to_po import shop
from example_shop.basket import Basket
from example_shop.models import Order, page_token

SESSION_KEY = "checkout"
ORDERS_KEY = "orders"


@dataclass
class Checkout:
    """Contact, delivery method, and the token by which one checkout makes one order.

    ``taxed_in`` is the province whose taxes the review page has shown.
    """

    contact: dict[str, str] = field(default_factory=dict)
    method: str = ""
    taxed_in: str = ""
    token: str = field(default_factory=page_token)

    @classmethod
    def of(cls, request: HttpRequest) -> "Checkout":
        """Return the checkout that ``request`` is in, a new one when it is in none."""
        kept: dict[str, Any] = request.session.get(SESSION_KEY, {})
        return cls(**kept)

    def save(self, request: HttpRequest) -> None:
        """Keep it in the session, which is written only where something is new: answers may cross each other."""
        if request.session.get(SESSION_KEY) != asdict(self):
            request.session[SESSION_KEY] = asdict(self)

    def name_buyer(self, request: HttpRequest, contact: dict[str, str]) -> None:
        """Keep who buys, in a session with another key: whoever planted the cookie, or saw it, reads nothing of it.

        The old session keeps what it held, for a buyer who presses twice.
        """
        if request.user.is_anonymous:
            kept = dict(request.session.items())
            request.session.create()
            request.session.update(kept)
            self.token = page_token()
        self.contact = contact
        self.save(request)


def finish(request: HttpRequest, order: Order) -> None:
    """Remember that ``order`` is this visitor's, and forget the checkout that made it and what it was made of."""
    if Order.made_in(Checkout.of(request).token).filter(pk=order.pk).exists():
        # An old tab's button must not empty a basket that has been filled since.
        Basket.of(request).take_out(order.sold)
        shop.forget_choice(request)
        request.session.pop(SESSION_KEY, None)
    tokens = [token for token in request.session.get(ORDERS_KEY, []) if token != order.token]
    request.session[ORDERS_KEY] = [*tokens, order.token][-20:]


def owns(request: HttpRequest, order: Order) -> bool:
    """Say whether ``order`` was placed by this visitor."""
    return order.token in request.session.get(ORDERS_KEY, [])


def last_order(request: HttpRequest) -> Order | None:
    """Return the order that this visitor placed last, None if there is none."""
    tokens = request.session.get(ORDERS_KEY, [])
    return Order.objects.filter(token=tokens[-1]).first() if tokens else None
