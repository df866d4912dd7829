"""What is said to a clerk of what came of a change."""

from collections.abc import Mapping

from django.contrib import messages
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliver_to_po.admin.changes.confirm_page import Told, said
from deliver_to_po.handoff.changing.change import Changed

WORDS: Mapping[Changed, Promise] = {
    Changed.CHANGED: _("Done: labels not requested yet will be requested with these changes."),
    Changed.WILL_BE_MADE_AGAIN: _(
        "Done: the old label has been voided, and a new one is being made. Destroy the old label if it has been "
        "printed."
    ),
    Changed.KEPT_UNTIL_ANSWER: _(
        "This is kept: the answer about a parcel is still to come. If the parcel was made, it is voided or refunded "
        "then, and a new one is made after that."
    ),
    Changed.NEEDS_DESTROYED_LABEL: _(
        "This is kept: a parcel can no longer be voided, so its refund is asked for. Destroy its label; when the "
        "refund has been asked for, press “The old label is destroyed” beside the parcel, and a new one is made."
    ),
    Changed.NEEDS_PERSON: _(
        "This is kept, but a parcel needs attention first: what is to be done is said beside it, and a new one is made "
        "after that."
    ),
    Changed.NOTHING: _("Nothing to change: it is already so."),
}
TO_DO = (Changed.NEEDS_DESTROYED_LABEL, Changed.NEEDS_PERSON, Changed.NOTHING)


def told_of(changed: Changed) -> Told:
    return said(messages.WARNING if changed in TO_DO else messages.SUCCESS, WORDS[changed])
