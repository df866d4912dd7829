"""Where a parcel can be once its label is made, what an event says of it, and why a person must look."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from deliver_to_po.core.choices.vocabulary import Vocabulary


class Scan(Vocabulary):
    """What one event says of a parcel. In this order those are read that happened at the same moment."""

    NO_CHANGE = "no_change", _("changes nothing")
    UNKNOWN = "unknown", _("not known to the shop’s program")
    ANNOUNCED = "announced", _("announced to Canada Post")
    IN_TRANSIT = "in_transit", _("in transit")
    REDIRECTED = "redirected", _("redirection")
    CARD_LEFT = "card_left", _("taken to a door, where a card was left")
    LOCKER = "locker", _("locker")
    READY = "ready", _("ready at a post office")
    REMINDED = "reminded", _("final notice")
    RETURNING = "returning", _("on its way back")
    DELIVERED = "delivered", _("delivered")
    RETURNED = "returned", _("back with the sender")
    DELIVERED_ELSEWHERE = "delivered_elsewhere", _("delivered elsewhere than at a post office")
    UNDELIVERABLE = "undeliverable", _("cannot be delivered")
    DISPOSED = "disposed", _("disposed of")


class Doubt(Vocabulary):
    """Why a person must look where a parcel is."""

    NONE = "", ""
    REDIRECTED = "redirected", _("Somebody had the parcel redirected: it may go to another place than the buyer chose.")
    CARD_LEFT = "card_left", _("The parcel was taken to a door, and a card was left there.")
    LOCKER = "locker", _("The parcel was sent to a parcel locker.")
    DELIVERED_ELSEWHERE = (
        "delivered_elsewhere",
        _("The parcel was delivered to a door, a mailbox or a locker, and not at a post office."),
    )
    UNDELIVERABLE = "undeliverable", _("Canada Post says that the parcel cannot be delivered.")
    DISPOSED = "disposed", _("Canada Post says that the parcel was disposed of.")
    NEVER_READY = "never_ready", _("Canada Post says that the parcel was delivered, but never that it was ready.")
    CONTRADICTED = "contradicted", _("Canada Post’s events contradict what it said before: how did the parcel end?")
    TOO_MANY = "too_many", _("Canada Post reports more events than one parcel can have.")


# A person looks at what these say; the event and the doubt have one name.
ALARMS: frozenset[str] = frozenset(Scan.values) & frozenset(Doubt.values)


class ParcelState(Vocabulary):
    """Where a parcel is; ``models/tracking.py`` has the moves between these."""

    NOT_SEEN = "", pgettext_lazy("where a parcel is", "not seen yet")
    ANNOUNCED = "announced", pgettext_lazy("where a parcel is", "announced")
    IN_TRANSIT = "in_transit", pgettext_lazy("where a parcel is", "in transit")
    READY = "ready", pgettext_lazy("where a parcel is", "ready")
    ELSEWHERE = "elsewhere", pgettext_lazy("where a parcel is", "ready at another post office")
    RETURNING = "returning", pgettext_lazy("where a parcel is", "on its way back")
    COLLECTED = "collected", pgettext_lazy("where a parcel is", "picked up")
    RETURNED = "returned", pgettext_lazy("where a parcel is", "returned to sender")
    LOST = "lost", pgettext_lazy("where a parcel is", "lost")
    PERSON = "person", pgettext_lazy("where a parcel is", "needs attention")


AT_AN_OFFICE = (ParcelState.READY, ParcelState.ELSEWHERE)
# The buyer has nothing: it may be shipped again.
NOT_WITH_BUYER = (ParcelState.RETURNED, ParcelState.LOST)
# What happened is settled; only a person's look can follow.
PARCEL_ENDS = (ParcelState.COLLECTED, *NOT_WITH_BUYER)
# Nobody has scanned it yet. After its first scan nothing of a parcel changes.
NOT_SCANNED = (ParcelState.NOT_SEEN, ParcelState.ANNOUNCED)
SCANNED = tuple(state for state in ParcelState if state not in NOT_SCANNED)
# Canada Post or the buyer has it.
OUT_OF_REACH = tuple(state for state in SCANNED if state not in NOT_WITH_BUYER)
