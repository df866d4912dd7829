"""The recipient in one line: if the shop or the draft knows all that a label needs, the buyer sees no form."""

from functools import partial
from typing import NamedTuple

from django.http import HttpRequest

from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.canadapost.types import PostOffice, Recipient
from deliver_to_po.checkout.recipients.as_suggested import digest_of, known_to, note_as_suggested
from deliver_to_po.checkout.recipients.form import RecipientForm, initial_recipient
from deliver_to_po.core.keyed_hash import was_made_here
from deliver_to_po.core.wording import shown_city_line
from deliver_to_po.models import Delivery

# Names in forms: what the page showed of the recipient, and the button beside it.
SHOWN, CHANGE = "who", "change"
# The session key of a buyer who wants to name another recipient and has chosen no post office yet.
SESSION_KEY = "deliver_to_po.asks_who"


class PicksUp(NamedTuple):
    """The recipient that a page shows in one line; ``suggested`` says that the shop knows them, and nobody typed."""

    recipient: Recipient
    suggested: bool = False

    @property
    def shown(self) -> str:
        """Return what the page sends along with the choice."""
        return digest_of(self.recipient)

    @property
    def city_line(self) -> str:
        return shown_city_line(self.recipient.address)


def who_picks_up(request: HttpRequest, draft: Delivery | None, office: PostOffice | None = None) -> PicksUp | None:
    """Return who picks up at ``office``, or None if the form must ask: something is missing, wrong or doubtful.

    What the buyer has confirmed in the form is not asked again.
    """
    if SESSION_KEY in request.session:
        return None
    known = known_to(request, draft)
    data, suggested = initial_recipient(known), isinstance(known, RecipientSuggestion)
    if not suggested:
        data |= dict.fromkeys(RecipientForm.QUESTIONS, "on")
    form = RecipientForm(data, office=office)
    if not form.is_valid():
        return None
    return PicksUp(form.recipient(), suggested)


def agreed(request: HttpRequest, draft: Delivery, shown: str) -> Recipient | None:
    """Return who picks up at the draft's office if the buyer's page has ``shown`` the same person, otherwise None."""
    now = who_picks_up(request, draft, draft.office) if shown else None
    if now is None or not was_made_here(shown, partial(digest_of, now.recipient)):
        return None
    if now.suggested:
        note_as_suggested(request, now.recipient)
    return now.recipient


def ask_who(request: HttpRequest) -> None:
    """Let the form ask who picks up once a post office is chosen."""
    request.session[SESSION_KEY] = True


def has_said_who(request: HttpRequest) -> None:
    """Let the page show again who picks up."""
    request.session.pop(SESSION_KEY, None)
