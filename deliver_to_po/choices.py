"""The states of things and why they are in them, each with a name that people read."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

PROVINCE_NAMES = {
    "AB": _("Alberta"),
    "BC": _("British Columbia"),
    "MB": _("Manitoba"),
    "NB": _("New Brunswick"),
    "NL": _("Newfoundland and Labrador"),
    "NS": _("Nova Scotia"),
    "NT": _("Northwest Territories"),
    "NU": _("Nunavut"),
    "ON": _("Ontario"),
    "PE": _("Prince Edward Island"),
    "QC": _("Quebec"),
    "SK": _("Saskatchewan"),
    "YT": _("Yukon"),
}


class Language(TextChoices):
    """The languages a person is written to in."""

    ENGLISH = "en", _("English")
    FRENCH = "fr", _("French")


class DeliveryState(TextChoices):
    """Where a delivery stands; draft → placed → released, or held, needs choice, cancelled."""

    DRAFT = "draft", _("draft")
    PLACED = "placed", _("placed")
    RELEASED = "released", _("released")
    HELD = "held", _("on hold")
    NEEDS_CHOICE = "needs_choice", _("needs another post office")
    CANCELLED = "cancelled", _("cancelled")


class OfficeCheck(TextChoices):
    """What Canada Post answered when asked whether a post office takes parcels."""

    NOT_ASKED = "not_asked", _("not asked yet")
    TAKES_PARCELS = "takes_parcels", _("takes parcels")
    NO_LONGER = "no_longer", _("no longer takes parcels")
    GONE = "gone", _("gone")
    COULD_NOT_ASK = "could_not_ask", _("could not ask")


class Rung(TextChoices):
    """What answered a buyer's search, best first; below the last one the option is withdrawn."""

    FRESH = "fresh", _("Canada Post, lately")
    STALE = "stale", _("Canada Post, some time ago")
    DIRECTORY = "directory", _("our directory, by distance")


class ShipmentState(TextChoices):
    """Where a shipment stands with the shipping system."""

    WAITING = "waiting", _("waiting")
    REQUESTED = "requested", _("requested")
    MADE = "made", _("made, label to be fetched")
    LABELLED = "labelled", _("labelled")
    HANDED = "handed", _("handed to the shipping system")
    UNKNOWN = "unknown", _("outcome unknown")
    REFUSED = "refused", _("refused")
    SUSPENDED = "suspended", _("suspended by Canada Post")
    ATTENTION = "attention", _("needs a person")
    VOIDED = "voided", _("voided")
    REFUND_ASKED = "refund_asked", _("refund asked")


class Reason(TextChoices):
    """Why a delivery or shipment is where it is, in words that say what to do."""

    NONE = "", ""
    OFFICE_NO_LONGER = "office_no_longer", _("The post office no longer takes parcels. Another one must be chosen.")
    OFFICE_GONE = "office_gone", _("The post office is gone. Another one must be chosen.")
    OFFICE_NOT_CHECKED = (
        "office_not_checked",
        _("Canada Post could not be asked about the post office. It is asked again before the label is made."),
    )
    CREDENTIALS = (
        "credentials",
        _("Canada Post refused the credentials. Check those in CANADA_POST; it is tried again by itself."),
    )
    NOT_ENTITLED = (
        "not_entitled",
        _("Canada Post says this account may not do this. Check the agreement; it is tried again by itself."),
    )
    INVALID = "invalid", _("The shipment breaks a rule of Deliver to Post Office. Nothing was sent.")
    REFUSED = "refused", _("Canada Post refused the shipment. Correct what it names.")
    THROTTLED = "throttled", _("Canada Post asked us to slow down. It is tried again by itself.")
    UNAVAILABLE = "unavailable", _("Canada Post could not be reached. It is tried again by itself.")
    UNKNOWN = (
        "unknown",
        _("Canada Post's answer never came. The shipment is looked up before anything is sent again."),
    )
    UNREADABLE = "unreadable", _("Canada Post's answer could not be read. It is tried again by itself.")
    MISMATCH = (
        "mismatch",
        _("Canada Post holds a different shipment under this request ID. Compare the two and decide."),
    )
    GAVE_UP = "gave_up", _("The outcome stayed unknown for too long. Look the shipment up at Canada Post and decide.")
    SUSPENDED = "suspended", _("Canada Post suspended the shipment; its label is not valid. Call Canada Post.")
    LABEL_NOT_READY = "label_not_ready", _("Canada Post is still making the label. It is fetched by itself.")
    LABEL_UNREADABLE = "label_unreadable", _("What Canada Post sent is not a label. It is fetched again by itself.")
    CRASHED = "crashed", _("Something went wrong on our side; the log says more. It is tried again by itself.")
    NO_PARCELS = "no_parcels", _("The shop names no parcels for this order. Correct the adapter, then hand off again.")
    TEST_ONLY = "test_only", _("This is a test delivery; it is never handed off while LIVE is on.")
    LIVE_OFF = "live_off", _("This delivery is real, but LIVE is off. Turn LIVE on to hand it off.")
    PAUSED = "paused", _("Deliver to Post Office is paused. It is handed off by itself when the pause is over.")


class HandoffStep(TextChoices):
    """What was tried with the shipping system."""

    CHECK = "check", _("check of the post office")
    CREATE = "create", _("create shipment")
    LOOK_UP = "look_up", _("look up by request ID")
    LABEL = "label", _("fetch label")
    VOID = "void", _("void shipment")
    INTERNAL = "internal", _("error on our side")
