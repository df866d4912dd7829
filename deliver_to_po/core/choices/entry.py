"""What is known of one reason, and the advice that several reasons share."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliver_to_po.core.choices.events import Outcome


@dataclass(frozen=True, slots=True)
class Entry:
    """All that is known of one reason.

    ``why`` may name the shipping system as ``%(system)s``; ``advice`` is what a clerk can do. ``mendable`` says that
    the shop may have settled it since: what is on hold for it is tried again when its release is asked for again.
    ``passes`` says that it ends with time. ``slow`` says that a person has to mend it first: trying again soon would
    only repeat it. ``outcome`` is how an attempt that is answered with it ended, None where that depends.
    """

    value: str
    why: str | Promise = ""
    advice: str | Promise = ""
    mendable: bool = False
    passes: bool = False
    slow: bool = False
    outcome: Outcome | None = None


BY_ITSELF = _("You need not do anything: it is tried again by itself.")
ASK_BUYER = _("Ask the buyer which other post office it should be, or ship the order another way.")
LOOK_UP = _("Look the parcel up in the shipping system by its request ID before you ship it another way.")
IF_NOT_THERE = _("Look the parcel up in the shipping system; if it is not there, say here that nothing of it exists.")
TAKE_BACK = _(
    "Void or refund the parcel in the shipping system itself, or by its support, and destroy the label; then say here "
    "that nothing of it exists."
)
