"""Which choice a buyer's session holds: a draft's id and its secret, nothing else."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from deliver_to_po.canadapost.types import Recipient
from deliver_to_po.checkout.choice import Choice
from deliver_to_po.checkout.draft import get_choice, get_draft
from deliver_to_po.checkout.fair_use import visitor_of
from deliver_to_po.checkout.secret import new_secret
from deliver_to_po.errors import DraftExpired, DraftUnknown
from deliver_to_po.host import asking
from deliver_to_po.models import Delivery
from deliver_to_po.models.parts import recipient_fields

SESSION_KEY = "deliver_to_po.choice"
# Where a request keeps its review, see ``review``.
REVIEWED = "_deliver_to_po_review"


class SessionChoice(Choice):
    """The choice that a buyer's session holds. Another draft may take its place: the session hears of it."""

    may_be_another = True

    def __init__(self, request: HttpRequest, draft: Delivery | None):
        super().__init__(draft=draft, visitor=visitor_of(request))
        self._request = request

    @property
    def cart(self) -> Any:
        """Return what the shop says that the buyer is about to order."""
        return asking.cart_of(self._request)

    def hold(self, draft: Delivery) -> None:
        remember_draft(self._request, draft)
        self.draft = draft

    @sensitive_variables()
    def is_seen_elsewhere(self, draft: Delivery, recipient: Recipient) -> bool:
        """Say whether another session may hold the draft, one with the key that this one had before.

        It learns nothing new where the recipient is the same.
        """
        same = recipient_fields(draft.recipient) == recipient_fields(recipient)
        return not (same or USER_KEY in self._request.session or _has_new_key(self._request))

    def price_changed(self, draft: Delivery) -> None:
        asking.tell_price_changed(self._request, draft)


def _has_new_key(request: HttpRequest) -> bool:
    """Say whether the session has got a key in this request, which no browser knows yet."""
    return request.session.session_key != request.COOKIES.get(settings.SESSION_COOKIE_NAME)


def remember_draft(request: HttpRequest, draft: Delivery) -> None:
    """Let the buyer's session hold ``draft`` and its secret.

    A draft that it did not hold changes the session's key. A review of this request no longer counts.
    """
    request.__dict__.pop(REVIEWED, None)
    if draft_id_of(request) != str(draft.pk):
        change_key(request)
        request.session[SESSION_KEY] = [str(draft.pk), new_secret(draft)]


def change_key(request: HttpRequest) -> None:
    """Give the session another key: who planted the old one, or saw it, learns nothing of what is kept from now on.

    The old session stays until it expires, with what it held: a buyer who presses twice, or never gets the answer with
    the new key, comes back with the old key and must find the basket. A buyer who logged in got a new key then.
    """
    if USER_KEY not in request.session:
        kept = dict(request.session.items())
        request.session.create()
        request.session.update(kept)


def tax_destination(request: HttpRequest) -> str:
    """Return the province, in two letters, whose taxes the buyer's choice is charged; ``""`` while there is none.

    It asks the adapter's ``tax_destination`` and reads one row. It never asks for the cart: your cart may call it while
    it counts its taxes. Once a payment has begun use ``reserved``: another tab may have changed what the session holds.
    Never raises.
    """
    with suppress(DraftUnknown, DraftExpired):
        draft = draft_of(request)
        return asking.tax_destination_of(draft) if draft else ""
    return ""


def draft_id_of(request: HttpRequest) -> str:
    """Return the id of the choice that the buyer's session holds, or ``""``."""
    return _held_by(request)[0]


def client_secret_of(request: HttpRequest) -> str:
    """Return the secret of the choice that the buyer's session holds, or ``""``.

    For a client of yours that has no session: it sends the id and the secret, and you give both to ``reserve``.
    """
    return _held_by(request)[1]


def draft_of(request: HttpRequest) -> Delivery | None:
    """Return the draft of the buyer's session, or what is reserved; None when the session holds none.

    Raises DraftUnknown and DraftExpired.
    """
    draft_id, secret = _held_by(request)
    return get_draft(draft_id, secret) if draft_id else None


def choice_of(request: HttpRequest) -> Delivery | None:
    """Return what ``draft_of`` does, or the placed delivery that it became: an earlier press made the order."""
    draft_id, secret = _held_by(request)
    return get_choice(draft_id, secret) if draft_id else None


def draft_to_change(request: HttpRequest) -> Delivery | None:
    """Return the draft whose office may be chosen again, None when there is none: the next choice makes a new one.

    A draft that has expired is forgotten. A delivery that was placed is still held: ``review`` returns it once.
    """
    try:
        choice = choice_of(request)
    except (DraftUnknown, DraftExpired):
        forget_draft(request)
        return None
    return choice if choice and choice.order_id is None else None


def forget_draft(request: HttpRequest) -> None:
    """Remove the draft from the session: it was placed, or the buyer chose another way of delivery."""
    request.__dict__.pop(REVIEWED, None)
    request.session.pop(SESSION_KEY, None)


def _held_by(request: HttpRequest) -> tuple[str, str]:
    match request.session.get(SESSION_KEY):
        case [str(draft_id), str(secret)]:
            return draft_id, secret
    return "", ""
