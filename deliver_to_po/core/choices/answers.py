"""What Canada Post answered about post offices."""

from django.utils.translation import gettext_lazy as _

from deliver_to_po.core.choices.vocabulary import Vocabulary


class OfficeCheck(Vocabulary):
    """What Canada Post answered when asked whether a post office takes parcels."""

    NOT_ASKED = "not_asked", _("not checked yet")
    TAKES_PARCELS = "takes_parcels", _("accepts parcels")
    NO_LONGER = "no_longer", _("no longer accepts parcels")
    GONE = "gone", _("no longer exists")
    COULD_NOT_ASK = "could_not_ask", _("Canada Post could not be reached")


class Rung(Vocabulary):
    """What answered a buyer's search, best first; below the last one the option is withdrawn."""

    FRESH = "fresh", _("Canada Post’s list, up to date")
    STALE = "stale", _("Canada Post’s list, out of date")
    DIRECTORY = "directory", _("our own list, straight-line distances")
