"""Who picks up, in one line: where the shop or the draft knows everything that a label needs, no form is shown."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.canadapost.types import PostOffice, Recipient
from deliver_to_po.checkout.draft import fingerprint_of_recipient
from deliver_to_po.checkout.forms import RecipientForm, initial_recipient
from deliver_to_po.checkout.recipient import known_recipient
from deliver_to_po.models import Delivery
from deliver_to_po.wording import shown_city_line

# Names in forms: what the page showed of the recipient, and the button beside it.
SHOWN, CHANGE = "who", "change"
# What the session holds of a buyer who wants to name somebody else and has chosen no post office yet.
SESSION_KEY = "deliver_to_po.asks_who"


@dataclass(frozen=True, slots=True)
class PicksUp:
    """The recipient that a page shows in one line, and ``shown``, which the page sends along with the choice."""

    recipient: Recipient
    shown: str

    @property
    def city_line(self) -> str:
        """Return the last line of the recipient's address."""
        return shown_city_line(self.recipient.address)


def who_picks_up(request: HttpRequest, draft: Delivery | None, office: PostOffice | None = None) -> PicksUp | None:
    """Return who picks up at ``office``, None where the form has to ask: something is missing, wrong or doubtful.

    What the buyer has confirmed in the form is not asked again.
    """
    if SESSION_KEY in request.session:
        return None
    known = known_recipient(draft, request)
    data = initial_recipient(known)
    if not isinstance(known, RecipientSuggestion):
        data |= dict.fromkeys(RecipientForm.QUESTIONS, "on")
    form = RecipientForm(data, office=office)
    if not form.is_valid():
        return None
    recipient = form.recipient()
    return PicksUp(recipient, _digest(recipient))


def agreed(request: HttpRequest, draft: Delivery) -> Recipient | None:
    """Return who picks up at the draft's office if the page from which it was chosen showed just that, else None."""
    seen = request.POST.get(SHOWN, "")
    now = who_picks_up(request, draft, draft.office) if seen.isascii() else None
    return now.recipient if now and constant_time_compare(seen, now.shown) else None


def ask_who(request: HttpRequest) -> None:
    """Let the form ask who picks up once a post office is chosen."""
    request.session[SESSION_KEY] = True


def has_said_who(request: HttpRequest) -> None:
    """Let the page show again who picks up."""
    request.session.pop(SESSION_KEY, None)


def _digest(recipient: Recipient) -> str:
    text = fingerprint_of_recipient(recipient)
    return salted_hmac("deliver_to_po.picks_up", text, algorithm="sha256").hexdigest()[:32]
