"""Which choice a buyer's session holds: a draft's id and its secret, nothing else."""

from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from deliver_to_po.canadapost.types import Recipient
from deliver_to_po.checkout.draft import copied, get_choice, get_draft
from deliver_to_po.checkout.recipient import save_recipient
from deliver_to_po.checkout.secret import new_secret
from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.errors import DraftExpired, DraftUnknown
from deliver_to_po.host import asking
from deliver_to_po.models import Delivery
from deliver_to_po.models.parts import recipient_fields

SESSION_KEY = "deliver_to_po.choice"
# Where a request keeps its review, see ``review``.
REVIEWED = "_deliver_to_po_review"


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


@sensitive_variables()
def keep_recipient(
    request: HttpRequest, draft: Delivery, recipient: Recipient, *, before_making: Callable[[], None]
) -> Delivery:
    """Save who picks up in ``draft`` or in a copy of it, and return the one of them that the session holds now.

    In a copy if it is reserved, and if it has another recipient or none, as long as another session may hold it: one
    with the key that this one had before. ``before_making`` is called before a copy is stored; what it raises is
    raised. Raises DraftUnknown if the draft was placed or deleted.
    """
    named = recipient_fields(recipient)
    own = recipient_fields(draft.recipient) == named or USER_KEY in request.session or _has_new_key(request)
    if own and draft.state == DeliveryState.DRAFT:
        save_recipient(draft, recipient)
    else:
        draft = copied(draft, before_making=before_making, **named)
    remember_draft(request, draft)
    return draft


def _has_new_key(request: HttpRequest) -> bool:
    """Say whether the session has got a key in this request, which no browser knows yet."""
    return request.session.session_key != request.COOKIES.get(settings.SESSION_COOKIE_NAME)


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
    """Return the draft whose office may be chosen again, None when there is none.

    A draft that has expired or was placed is forgotten: the next choice makes a new one.
    """
    try:
        return draft_of(request)
    except (DraftUnknown, DraftExpired):
        forget_draft(request)
        return None


def forget_draft(request: HttpRequest) -> None:
    """Remove the draft from the session: it was placed, or the buyer chose another way of delivery."""
    request.__dict__.pop(REVIEWED, None)
    request.session.pop(SESSION_KEY, None)


def _held_by(request: HttpRequest) -> tuple[str, str]:
    match request.session.get(SESSION_KEY):
        case [str(draft_id), str(secret)]:
            return draft_id, secret
    return "", ""
