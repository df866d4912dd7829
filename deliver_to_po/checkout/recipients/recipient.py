"""The recipient of a draft: naming them, and saving them."""

from collections.abc import Collection, Mapping

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from deliver_to_po.canadapost.types import Recipient
from deliver_to_po.checkout.choice import Choice
from deliver_to_po.checkout.confirming_office import confirm
from deliver_to_po.checkout.draft import update_draft
from deliver_to_po.checkout.quoting import ask_for_price
from deliver_to_po.checkout.recipients.contact_form import QUESTION
from deliver_to_po.checkout.recipients.form import RecipientForm
from deliver_to_po.core.background import works_in_background
from deliver_to_po.core.choices import OfficeCheck
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import current_language
from deliver_to_po.errors import ChoiceReserved, DraftIncomplete, DraftUnknown, FieldError, RecipientRefused
from deliver_to_po.models import Delivery
from deliver_to_po.models.parts import recipient_fields
from deliver_to_po.models.placing import draft_from


def with_office(draft: Delivery | None) -> Delivery:
    """Return the draft that a recipient can be named for; raises DraftUnknown, and DraftIncomplete for no office."""
    if draft is None:
        raise DraftUnknown
    if not draft.office_id:
        raise DraftIncomplete
    return draft


@sensitive_variables()
def say_recipient(choice: Choice, data: Mapping[str, object], *, confirmed: Collection[str] = ()) -> OfficeCheck:
    """Save who picks up, as a form or a program says it, and have Canada Post asked about the office once more.

    ``data`` has texts by the names ``name``, ``address_line_1``, ``address_line_2``, ``city``, ``province`` (two
    letters), ``postal_code``, ``email`` and ``phone``; only the second line may be missing. ``confirmed`` names the
    fields about which a question was answered with yes, ``postal_code``, ``email`` and ``phone``.

    Returns what Canada Post said. Raises RecipientRefused, which says for each field what is wrong or asked, and
    nothing is saved then; ChoiceReserved and DraftTaken; and what ``name_recipient`` does.
    """
    office = with_office(choice.draft).office
    answers = {name: "on" for name in RecipientForm.QUESTIONS if name.removeprefix("confirm_") in confirmed}
    texts = {name: value for name, value in data.items() if isinstance(value, str)}
    form = RecipientForm(texts | answers, office=office)
    if not form.is_valid():
        raise RecipientRefused(
            [
                FieldError(field.removeprefix("confirm_"), error.code or "invalid", message, error.code == QUESTION)
                for field, errors in form.errors.as_data().items()
                for error in errors
                for message in error.messages
            ]
        )
    return name_recipient(choice, form.recipient())


@sensitive_variables()
def name_recipient(choice: Choice, recipient: Recipient) -> OfficeCheck:
    """Save who picks up, then confirm the draft; returns and raises what ``confirm`` does.

    The recipient is saved even if the draft is not confirmed, so that nobody types it twice.
    """
    draft = keep_in(choice, recipient)
    if works_in_background():
        # The worker may not have come to it, and the review is next.
        ask_for_price(choice, now=True)
    return confirm(draft, before_asking=choice.visitor.check)


def keep_in(choice: Choice, recipient: Recipient) -> Delivery:
    """Save who picks up in the draft of a choice, or in a copy that it holds from now on; return that draft."""
    draft = with_office(choice.draft)
    if choice.is_seen_elsewhere(draft, recipient) or not _saved(draft, recipient):
        choice.before_making()
        draft = draft_from(draft, **_fields(recipient))
    choice.hold(draft)
    return draft


def _saved(draft: Delivery, recipient: Recipient) -> bool:
    """Save the recipient; False for what is reserved, perhaps by another tab just now."""
    try:
        save_recipient(draft, recipient)
    except ChoiceReserved:
        return False
    return True


def save_recipient(draft: Delivery, recipient: Recipient) -> None:
    """Save the recipient, and start DRAFT_LIFETIME again; raises what ``update_draft`` does."""
    expires_at = timezone.now() + app_settings.draft_lifetime
    update_draft(draft, {**_fields(recipient), "expires_at": expires_at})


def _fields(recipient: Recipient) -> dict[str, str]:
    """Return the recipient's fields, and the language in which they were named: that of e-mails and label."""
    return {**recipient_fields(recipient), "language": current_language()}
