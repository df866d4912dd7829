"""The codes that an attempt ended with, in words for a clerk."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.types import ShipmentStatus
from deliver_to_po.choices import HandoffStep, OfficeCheck
from deliver_to_po.models import Attempt

ERRORS: Mapping[type[errors.CanadaPostError], Any] = {
    errors.InvalidRequest: _("breaks a rule, nothing sent"),
    errors.CredentialsRefused: _("credentials refused"),
    errors.NotSupported: _("not possible through this API"),
    errors.NotEntitled: _("this account may not do this"),
    errors.Refused: _("refused"),
    errors.NotFound: _("not found"),
    errors.AlreadyExists: _("exists already"),
    errors.NotReady: _("not ready yet"),
    errors.Throttled: _("asked us to slow down"),
    errors.Unavailable: _("could not be reached"),
    errors.UnknownOutcome: _("outcome unknown"),
    errors.Unreadable: _("answer could not be read"),
}
WORDS: Mapping[str, Any] = {
    **dict(OfficeCheck.choices),
    **{error.__name__: words for error, words in ERRORS.items()},
    ShipmentStatus.CREATED: _("made"),
    ShipmentStatus.TRANSMITTED: _("made and transmitted"),
    ShipmentStatus.SUSPENDED: _("suspended by Canada Post"),
    ShipmentStatus.OTHER: _("made, with another status at Canada Post"),
    "lost": _("the answer never came"),
}


def outcome_words(attempt: Attempt) -> str:
    """Return how an attempt ended; a code that is none of ours as it is."""
    if attempt.step == HandoffStep.LOOK_UP and attempt.outcome.isdecimal():
        count = int(attempt.outcome)
        return ngettext("%(count)d shipment found", "%(count)d shipments found", count) % {"count": count}
    return str(WORDS.get(attempt.outcome, attempt.outcome))
