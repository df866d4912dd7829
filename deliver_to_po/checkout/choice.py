"""A choice: one buyer's post office for one cart, whoever holds its id and its secret."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.views.decorators.debug import sensitive_variables

from deliver_to_po.canadapost.types import Recipient
from deliver_to_po.checkout.draft import get_choice, why_no_draft
from deliver_to_po.checkout.secret import new_secret
from deliver_to_po.models import Delivery


@dataclass(frozen=True)
class Visitor:
    """Whoever makes us ask Canada Post and store something; each is called before that, and may raise TooManySearches.

    ``ask`` before any question but the last, ``check`` before the last one about the chosen office, ``store`` before
    another draft is stored. By default nothing is counted: then it is the shop's own program that calls.
    """

    ask: Callable[[], None] = lambda: None
    store: Callable[[], None] = lambda: None
    check: Callable[[], None] = lambda: None


ANYBODY = Visitor()


class Choice:
    """What one buyer chooses: of which cart, who is counted for it, and the draft once a post office is chosen.

    ``draft`` is None before that, and then ``id`` and ``client_secret`` are ``""``. Whoever goes on with it later sends
    both of them to ``shop.choice``, and so does each request. The secret is told only by the call that chose the first
    office.
    """

    #: Whether another draft may take the place of one that is reserved or placed: not where only the id leads to it.
    may_be_another: ClassVar[bool] = False

    def __init__(
        self, cart: Any = None, *, draft: Delivery | None = None, client_secret: str = "", visitor: Visitor = ANYBODY
    ):
        self._cart, self.draft, self.client_secret, self.visitor = cart, draft, client_secret, visitor

    @property
    def id(self) -> str:
        """Return the id, for a payment's metadata and for ``reserve`` and ``place``; ``""`` while there is none."""
        return str(self.draft.pk) if self.draft else ""

    @property
    def cart(self) -> Any:
        return self._cart

    def before_making(self) -> None:
        """Count one more draft that is stored for it, or raise why this choice cannot become another one."""
        if self.draft is not None and not self.may_be_another:
            raise why_no_draft(self.draft)
        self.visitor.store()

    def hold(self, draft: Delivery) -> None:
        """Go on with ``draft``; one that it did not hold gets a secret."""
        if self.id != str(draft.pk):
            self.client_secret = new_secret(draft)
        self.draft = draft

    def is_seen_elsewhere(self, draft: Delivery, recipient: Recipient) -> bool:
        """Say whether somebody else may read the draft, so that ``recipient`` is saved in a copy of it."""
        return False

    def price_changed(self, draft: Delivery) -> None:
        """Hear that service or price of the draft are others now."""


@sensitive_variables()
def choice(choice_id: object, secret: object, *, cart: Any = None, visitor: Visitor = ANYBODY) -> Choice:
    """Return the choice with that id for whoever sends its secret; ``cart`` is what is bought, as for ``start_choice``.

    Its ``draft`` may be placed already, and has an ``order`` then. Raises DraftUnknown, WrongSecret and DraftExpired.
    """
    return Choice(cart, draft=get_choice(choice_id, secret), visitor=visitor)


def start_choice(cart: Any = None, *, visitor: Visitor = ANYBODY) -> Choice:
    """Return a choice for a buyer who has no session, for ``choose``. Nothing is stored before a post office is chosen.

    ``cart`` is what is bought, as the adapter's ``cart`` would return it; None if the shop has nothing of the kind.
    ``visitor`` is what ``visitor_of`` returns of a request that comes from a buyer, so that it is counted for them.
    """
    return Choice(cart, visitor=visitor)
