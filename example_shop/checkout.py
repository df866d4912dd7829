"""What a buyer has entered so far, kept in the session until the order is placed."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from example_shop.models import Order, page_token

SESSION_KEY = "checkout"
ORDERS_KEY = "orders"


@dataclass(slots=True)
class Checkout:
    """Contact and delivery method, and the token by which one checkout makes one order."""

    contact: dict[str, str] = field(default_factory=dict)
    method: str = ""
    token: str = field(default_factory=page_token)

    @classmethod
    def of(cls, request: HttpRequest) -> "Checkout":
        """Return the checkout that ``request`` is in, a new one when it is in none."""
        kept: dict[str, Any] = request.session.get(SESSION_KEY, {})
        return cls(**kept)

    def save(self, request: HttpRequest) -> None:
        """Keep it in the session."""
        request.session[SESSION_KEY] = {"contact": self.contact, "method": self.method, "token": self.token}


def finish(request: HttpRequest, order: Order) -> None:
    """Forget the checkout and remember that ``order`` is this visitor's."""
    request.session.pop(SESSION_KEY, None)
    tokens = [token for token in request.session.get(ORDERS_KEY, []) if token != order.token]
    request.session[ORDERS_KEY] = [*tokens, order.token][-20:]


def owns(request: HttpRequest, order: Order) -> bool:
    """Say whether ``order`` was placed by this visitor."""
    return order.token in request.session.get(ORDERS_KEY, [])
