"""Which draft a buyer's session holds: its id, nothing else."""

from django.contrib.auth import SESSION_KEY as USER_KEY
from django.http import HttpRequest

from deliver_to_po.checkout.draft import get_draft, placed_from
from deliver_to_po.errors import DraftExpired, DraftUnknown
from deliver_to_po.models import Delivery

SESSION_KEY = "deliver_to_po.draft"


def remember_draft(request: HttpRequest, draft: Delivery) -> None:
    """Let the buyer's session hold ``draft``. With the first one its key changes: who knew it learns no choice.

    What the old key held stays until it expires: a buyer who presses twice, or to whom the answer with the new key
    never comes, returns with the old one and must find the basket. Whoever logged in got a new key then.
    """
    if SESSION_KEY not in request.session and USER_KEY not in request.session:
        kept = dict(request.session.items())
        request.session.create()
        request.session.update(kept)
    request.session[SESSION_KEY] = str(draft.pk)


def draft_id_of(request: HttpRequest) -> str:
    """Return the id that the buyer's session holds, or ``""``."""
    return str(request.session.get(SESSION_KEY, ""))


def draft_of(request: HttpRequest) -> Delivery | None:
    """Return the draft of the buyer's session, or what is reserved; None when the session holds none.

    Raises DraftUnknown and DraftExpired.
    """
    draft_id = draft_id_of(request)
    return get_draft(draft_id) if draft_id else None


def placed_of(request: HttpRequest) -> Delivery | None:
    """Return the placed delivery that the draft of the buyer's session became: an earlier press made the order."""
    return placed_from(draft_id_of(request))


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
    """Let the session hold no draft any more: it was placed, or the buyer chose another way of delivery."""
    request.session.pop(SESSION_KEY, None)
