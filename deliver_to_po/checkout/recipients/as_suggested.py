"""Whom the shop suggested and the buyer took as shown: when the shop knows better, so does the choice."""

from contextlib import suppress
from functools import partial

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.canadapost.types import Recipient
from deliver_to_po.checkout.choice import Choice
from deliver_to_po.checkout.recipients.form import RecipientForm, initial_recipient
from deliver_to_po.checkout.recipients.recipient import keep_in
from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.core.keyed_hash import Key, keyed_hash, was_made_here
from deliver_to_po.errors import TooManySearches
from deliver_to_po.host import asking
from deliver_to_po.models import Delivery
from deliver_to_po.models.parts import recipient_fields

# The session key of a digest of that recipient.
SESSION_KEY = "deliver_to_po.as_suggested"


def digest_of(recipient: Recipient, key: Key | None = None) -> str:
    return keyed_hash("deliver_to_po.picks_up", [*recipient_fields(recipient).values()], key)[:32]


def note_as_suggested(request: HttpRequest, recipient: Recipient) -> None:
    """Remember that the buyer has taken this recipient as the shop suggested, and typed nothing."""
    request.session[SESSION_KEY] = digest_of(recipient)


@sensitive_variables()
def known_to(request: HttpRequest, draft: Delivery | None) -> Recipient | RecipientSuggestion:
    """Return the recipient who was named before, or the shop's suggestion.

    In place of a recipient taken as suggested it is the one whom the shop suggests by now.
    """
    if draft is None or not any(recipient_fields(draft.recipient).values()):
        return asking.recipient_of(request)
    known = draft.recipient
    if not was_made_here(request.session.get(SESSION_KEY), partial(digest_of, known)):
        return known
    suggested = asking.recipient_of(request)
    return suggested if suggested.name else known


@sensitive_variables()
def follow_shop(request: HttpRequest, choice: Choice) -> None:
    """Save whom the shop suggests by now if the buyer took its suggestion: they have corrected their own data there.

    Whoever lacks something, or is wrong or doubtful, is left to the form.
    """
    draft = choice.draft
    if draft is None or draft.state != DeliveryState.DRAFT or not draft.recipient_name:
        return
    data = initial_recipient(known_to(request, draft))
    if data == initial_recipient(draft.recipient):
        return
    form = RecipientForm(data, office=draft.office)
    if form.is_valid() and form.recipient() != draft.recipient:
        with suppress(TooManySearches):
            keep_in(choice, form.recipient())
            note_as_suggested(request, form.recipient())
