"""What is compared with the lists of a shipping system, and how a shipment differs."""

from django.utils.translation import gettext_lazy as _

from deliver_to_po.core.choices.vocabulary import Vocabulary


class Compared(Vocabulary):
    """Which list of a shipping system is compared with the rows."""

    GROUP = "group", _("group")
    DAY = "day", _("day")
    MANIFEST = "manifest", _("manifest")


class Differs(Vocabulary):
    """In what a shipment differs between the shipping system and the shop. All but the last three are only there."""

    TWICE = "twice", _("Made twice")
    WAITS = "waits", _("Made there, awaited here")
    EARLY = "early", _("Made there, not requested here")
    STILL_THERE = "still_there", _("Voided here, not there")
    UNKNOWN = "unknown", _("Not known here")
    #: Nothing for a person: our own request for it is under way. Until its answer is here it is not transmitted.
    GOES_ON = "goes_on", _("Made there, its answer is under way")
    TRANSMITTED = "transmitted", _("Transmitted there, not marked so here")
    GONE = "gone", _("Only known here")
    NOT_LISTED = "not_listed", _("Not on its manifest")
