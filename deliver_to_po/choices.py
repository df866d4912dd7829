"""The states of things, why they are in them and what happened to them, each with words that people read."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Language(TextChoices):
    """The languages a person is written to in."""

    ENGLISH = "en", _("English")
    FRENCH = "fr", _("French")


class DeliveryState(TextChoices):
    """Where a delivery stands; ``models/moves.py`` has the moves between these."""

    DRAFT = "draft", pgettext_lazy("state of a delivery", "draft")
    RESERVED = "reserved", pgettext_lazy("state of a delivery", "reserved for a payment")
    PLACED = "placed", pgettext_lazy("state of a delivery", "placed")
    RELEASED = "released", pgettext_lazy("state of a delivery", "released")
    HELD = "held", pgettext_lazy("state of a delivery", "on hold")
    NEEDS_CHOICE = "needs_choice", pgettext_lazy("state of a delivery", "needs another post office")
    CANCELLED = "cancelled", pgettext_lazy("state of a delivery", "cancelled")


class OfficeCheck(TextChoices):
    """What Canada Post answered when asked whether a post office takes parcels."""

    NOT_ASKED = "not_asked", _("not checked yet")
    TAKES_PARCELS = "takes_parcels", _("takes parcels")
    NO_LONGER = "no_longer", _("no longer takes parcels")
    GONE = "gone", _("no longer exists")
    COULD_NOT_ASK = "could_not_ask", _("Canada Post could not be reached")


class Rung(TextChoices):
    """What answered a buyer's search, best first; below the last one the option is withdrawn."""

    FRESH = "fresh", _("Canada Post’s list, up to date")
    STALE = "stale", _("Canada Post’s list, out of date")
    DIRECTORY = "directory", _("our own list, straight-line distances")


class ShipmentState(TextChoices):
    """Where a shipment stands with its shipping system; ``models/moves.py`` has the moves between these."""

    WAITING = "waiting", pgettext_lazy("state of a shipment", "waiting to be sent")
    REQUESTED = "requested", pgettext_lazy("state of a shipment", "sent, answer awaited")
    UNKNOWN = "unknown", pgettext_lazy("state of a shipment", "sent, outcome unknown")
    HANDED = "handed", pgettext_lazy("state of a shipment", "handed to the shipping system")
    MADE = "made", pgettext_lazy("state of a shipment", "made, label to be fetched")
    LABELLED = "labelled", pgettext_lazy("state of a shipment", "label ready")
    DONE = "done", pgettext_lazy("state of a shipment", "done")
    ATTENTION = "attention", pgettext_lazy("state of a shipment", "needs a person")
    SUSPENDED = "suspended", pgettext_lazy("state of a shipment", "suspended")
    REFUSED = "refused", pgettext_lazy("state of a shipment", "refused")
    DROPPED = "dropped", pgettext_lazy("state of a shipment", "dropped, never sent")
    VOIDING = "voiding", pgettext_lazy("state of a shipment", "being voided")
    VOIDED = "voided", pgettext_lazy("state of a shipment", "voided")
    REFUNDING = "refunding", pgettext_lazy("state of a shipment", "refund being asked for")
    REFUND_ASKED = "refund_asked", pgettext_lazy("state of a shipment", "refund asked for")


class ManifestState(TextChoices):
    """Where a manifest stands; ``models/manifest_moves.py`` has the moves between these."""

    CLAIMED = "claimed", pgettext_lazy("state of a manifest", "to be transmitted")
    ASKED = "asked", pgettext_lazy("state of a manifest", "sent, answer awaited")
    UNKNOWN = "unknown", pgettext_lazy("state of a manifest", "sent, outcome unknown")
    TRANSMITTED = "transmitted", pgettext_lazy("state of a manifest", "transmitted, manifest to be fetched")
    FETCHED = "fetched", pgettext_lazy("state of a manifest", "manifest ready")
    ATTENTION = "attention", pgettext_lazy("state of a manifest", "needs a person")
    REFUSED = "refused", pgettext_lazy("state of a manifest", "not transmitted")


class Reason(TextChoices):
    """Why a delivery or shipment is where it is; ``advice`` says what a clerk can do about it.

    Some name the shipping system: ``why`` fills its name in.
    """

    NONE = "", ""

    # Of the post office.
    OFFICE_NO_LONGER = "office_no_longer", _("The post office no longer takes parcels.")
    OFFICE_GONE = "office_gone", _("The post office no longer exists.")
    OFFICE_NOT_CHECKED = (
        "office_not_checked",
        _("Canada Post could not be asked whether the post office takes parcels."),
    )
    NEVER_CHOSEN = "never_chosen", _("The order came without a post office.")
    CHOICE_ERASED = "choice_erased", _("The order came after the choice of post office and recipient had been erased.")

    # Of the shop.
    ON_HOLD = "on_hold", _("Somebody put the delivery on hold.")
    NO_PARCELS = "no_parcels", _("The shop names no parcels for this order.")
    SHOP_ERROR = "shop_error", _("The shop’s own code failed when it was asked about this order.")
    SHOP_HOLD = "shop_hold", _("The shop says that this order must not be shipped yet.")
    NOT_PAID = "not_paid", _("The shop says that this order is not paid any more.")
    CHANGED = "changed", _("The post office or the recipient changed after the buyer last saw them.")
    NOT_FOR_POST_OFFICE = "not_for_post_office", _("The shop says that this order does not go to a post office.")
    CANCELLED = "cancelled", _("Somebody cancelled the delivery.")
    TO_HOME = "to_home", _("The order is delivered to the buyer’s home instead.")
    EXPIRED = "expired", _("The delivery waited longer than recipients are kept.")
    ERASED = "erased", _("The recipient has been erased.")

    # Of what the option may do now.
    PAUSED = "paused", _("Deliver to Post Office is paused.")
    TEST_ONLY = "test_only", _("This is a test delivery, and the shop ships for real now.")
    LIVE_OFF = "live_off", _("This delivery is real, but the shop is in test mode.")
    WRONG_HOST = "wrong_host", _("The shop’s address of Canada Post is not one where this parcel may be made.")
    TO_EXPORT = "to_export", _("It waits until somebody exports it to %(system)s.")
    NO_D2PO = "no_d2po", _("%(system)s does not offer Deliver to Post Office.")
    NOT_CONFIGURED = "not_configured", _("The shipping system of this parcel is not set up in the shop.")

    # Of the shipping system's answers.
    CREDENTIALS = "credentials", _("%(system)s refused the shop’s credentials.")
    NOT_ENTITLED = "not_entitled", _("%(system)s says that the shop’s account may not do this.")
    INVALID = "invalid", _("The parcel breaks a rule of Deliver to Post Office, so it was not sent.")
    REFUSED = "refused", _("%(system)s refused the parcel.")
    RECEIVER_GONE = "receiver_gone", _("%(system)s says that nothing is taken under its address.")
    THROTTLED = "throttled", _("%(system)s asked us to slow down.")
    UNAVAILABLE = "unavailable", _("%(system)s could not be reached.")
    UNKNOWN = "unknown", _("%(system)s received the parcel’s data, but its answer never came.")
    UNREADABLE = "unreadable", _("%(system)s sent an answer that cannot be kept.")
    MISMATCH = "mismatch", _("%(system)s holds a different shipment under the same request ID.")
    GAVE_UP = "gave_up", _("%(system)s was asked for a day, and the outcome is still unknown.")
    NO_LOOK_UP = "no_look_up", _("%(system)s cannot be asked what became of the parcel.")
    REPORTED_LOST = "reported_lost", _("%(system)s reported that the parcel was not made.")
    UNFINISHED = "unfinished", _("The recipient was erased before %(system)s had finished the parcel.")
    SUSPENDED = "suspended", _("%(system)s suspended the shipment; its label is not valid.")
    LABEL_NOT_READY = "label_not_ready", _("%(system)s is still making the label.")
    LABEL_UNREADABLE = "label_unreadable", _("%(system)s sent something that is not a label.")
    LABEL_MISSING = "label_missing", _("The label’s file was missing, or could not be read.")

    NOT_REPORTED = "not_reported", _("%(system)s has had the parcel for a day, and nobody has said what became of it.")

    # Of taking back what was made.
    NOT_WANTED = "not_wanted", _("%(system)s has the parcel, but it is not wanted any more as it was handed over.")
    TAKE_BACK_UNKNOWN = (
        "take_back_unknown",
        _("%(system)s was asked to take the parcel back, but its answer never came."),
    )
    TRANSMITTED = "transmitted", _("%(system)s has taken the parcel over, so it can no longer be voided.")
    NOT_TRANSMITTED = "not_transmitted", _("%(system)s has not taken the parcel over, so there is nothing to refund.")
    NOT_HELD = "not_held", _("%(system)s says that it holds no such shipment.")
    NOT_TAKEN_BACK = "not_taken_back", _("%(system)s refused to take the parcel back.")
    CANNOT_TAKE_BACK = "cannot_take_back", _("The shop cannot take a parcel back from %(system)s by itself.")
    NO_REFUND_EMAIL = "no_refund_email", _("The shop has no e-mail address to which %(system)s could answer a refund.")

    # Of a transmission and its manifest.
    TRANSMIT_UNKNOWN = "transmit_unknown", _("%(system)s was asked to transmit the parcels, but its answer never came.")
    TRANSMIT_REFUSED = "transmit_refused", _("%(system)s refused to transmit the parcels.")
    MANIFEST_NOT_READY = "manifest_not_ready", _("%(system)s is still making the manifest.")
    MANIFEST_UNREADABLE = "manifest_unreadable", _("%(system)s sent something that is not a manifest.")
    MANIFEST_MISSING = "manifest_missing", _("The parcels are transmitted, but their manifest never came.")

    CRASHED = "crashed", _("Something went wrong in the shop’s program.")

    def why(self, system: object = "") -> str:
        """Return why, in the active language; ``system`` is the name of the shipping system that it is about."""
        return str(self.label) % {"system": system or _("The shipping system")} if self.value else ""

    @property
    def advice(self) -> str:
        """Return what a clerk can do, in the active language; ``""`` for no reason."""
        return str(ADVICE[self]) if self.value else ""


_BY_ITSELF = _("You need not do anything: it is tried again by itself.")
_ASK_BUYER = _("Ask the buyer which other post office it should be, or ship the order another way.")
_LOOK_UP = _("Look the parcel up in the shipping system by its request ID before you ship it another way.")
_IF_NOT_THERE = _("Look the parcel up in the shipping system; if it is not there, say here that nothing of it exists.")
_TAKE_BACK = _(
    "Void or refund the parcel in the shipping system itself, or by its support, and destroy the label; then say here "
    "that nothing of it exists."
)

ADVICE: Mapping[Reason, Promise] = {
    Reason.OFFICE_NO_LONGER: _ASK_BUYER,
    Reason.OFFICE_GONE: _ASK_BUYER,
    Reason.OFFICE_NOT_CHECKED: _("You need not do anything: Canada Post is asked again before the label is made."),
    Reason.NEVER_CHOSEN: _("Ask the buyer which post office it should be, or ship the order another way."),
    Reason.CHOICE_ERASED: _("Ask the buyer for the post office and the recipient, or ship the order another way."),
    Reason.ON_HOLD: _("When what it waits for is settled, press “Let it go on”."),
    Reason.NO_PARCELS: _(
        "Ask whoever runs the shop to correct what the order is packed in; then press “Hand off now”."
    ),
    Reason.SHOP_ERROR: _("Ask whoever runs the shop to look into its log; then press “Hand off now”."),
    Reason.SHOP_HOLD: _("When what the shop names is settled, press “Let it go on”."),
    Reason.NOT_PAID: _("Look at the order’s payment: the delivery goes on by itself when the order is paid."),
    Reason.CHANGED: _(
        "Ask the buyer whether the post office and the recipient below are right; then press “Let it go on”."
    ),
    Reason.NOT_FOR_POST_OFFICE: _(
        "Look at the order: it may have changed to home delivery or pick-up at the shop. If it goes to a post office "
        "after all, correct it; then press “Let it go on”."
    ),
    Reason.CANCELLED: _("There is nothing left to do."),
    Reason.TO_HOME: _("Ship the order as the shop ships to a home; nothing is left to do here."),
    Reason.EXPIRED: _("There is nothing left to do. If the order is still wanted, it must be placed again."),
    Reason.ERASED: _("Nothing more of it is sent. Parcels that were made keep their tracking numbers."),
    Reason.PAUSED: _("You need not do anything: it goes on by itself when the pause is over."),
    Reason.TEST_ONLY: _("Nothing will be sent. If the order is real, it must be placed again."),
    Reason.LIVE_OFF: _("Ask whoever runs the shop to switch it to real shipments; it then goes on by itself."),
    Reason.WRONG_HOST: _(
        "Ask whoever runs the shop to look at BASE_URL and LIVE with “manage.py d2po_doctor”; it then goes on by "
        "itself."
    ),
    Reason.TO_EXPORT: _("Export it on the page “Parcels shipped by hand”."),
    Reason.NO_D2PO: _("Ask whoever runs the shop to choose another shipping system."),
    Reason.NOT_CONFIGURED: _("Ask whoever runs the shop to set it up again; it then goes on by itself."),
    Reason.CREDENTIALS: _("Ask whoever runs the shop to check them; it is then tried again by itself."),
    Reason.NOT_ENTITLED: _("Ask whoever runs the shop to check its agreement; it is then tried again by itself."),
    Reason.INVALID: _("Correct what is named here; then press “Hand off now”."),
    Reason.REFUSED: _("Correct what is named here; then press “Hand off now”."),
    Reason.RECEIVER_GONE: _("Ask whoever runs the shop to correct its address; it then goes on by itself."),
    Reason.THROTTLED: _BY_ITSELF,
    Reason.UNAVAILABLE: _BY_ITSELF,
    Reason.UNKNOWN: _("You need not do anything: the parcel is looked up before anything is sent again."),
    Reason.UNREADABLE: _LOOK_UP,
    Reason.MISMATCH: _("Compare the two in the shipping system, and decide which one is right."),
    Reason.GAVE_UP: _LOOK_UP,
    Reason.NO_LOOK_UP: _LOOK_UP,
    Reason.REPORTED_LOST: _IF_NOT_THERE,
    Reason.UNFINISHED: _("Look the parcel up in the shipping system by its request ID if you need to know."),
    Reason.NOT_REPORTED: _(
        "Look the parcel up there. If its label is made, enter its tracking number; if nothing was made, say so here."
    ),
    Reason.NOT_WANTED: _(
        "Delete its order there. If its label is made already, void it there and destroy the label. Then press "
        "“Nothing was made”. If the parcel is in the post, enter its tracking number."
    ),
    Reason.SUSPENDED: _("Call the shipping system’s support before you ship the parcel."),
    Reason.LABEL_NOT_READY: _("You need not do anything: the label is fetched by itself."),
    Reason.LABEL_UNREADABLE: _("You need not do anything: the label is fetched again by itself."),
    Reason.LABEL_MISSING: _("You need not do anything: the label is fetched again by itself."),
    Reason.TAKE_BACK_UNKNOWN: _BY_ITSELF,
    Reason.TRANSMITTED: _TAKE_BACK,
    Reason.NOT_TRANSMITTED: _TAKE_BACK,
    Reason.NOT_HELD: _IF_NOT_THERE,
    Reason.NOT_TAKEN_BACK: _TAKE_BACK,
    Reason.CANNOT_TAKE_BACK: _TAKE_BACK,
    Reason.NO_REFUND_EMAIL: _("Ask whoever runs the shop to set REFUND_EMAIL; then ask for the same change again."),
    Reason.TRANSMIT_UNKNOWN: _("You need not do anything: it is looked up before anything is asked again."),
    Reason.TRANSMIT_REFUSED: _("Correct what is named here; the parcels can then be transmitted again."),
    Reason.MANIFEST_NOT_READY: _("You need not do anything: the manifest is fetched by itself."),
    Reason.MANIFEST_UNREADABLE: _("You need not do anything: the manifest is fetched again by itself."),
    Reason.MANIFEST_MISSING: _(
        "Print the manifest at the shipping system’s own site, or press “Look again”. Nothing needs to be "
        "transmitted again."
    ),
    Reason.CRASHED: _("It is tried again by itself. If it stays so, ask whoever runs the shop to look into its log."),
}


class Change(TextChoices):
    """What happened to a delivery or to one of its shipments, as a line of its history says it."""

    RESERVE = "reserve", _("reserved for a payment")
    UNRESERVE = "unreserve", _("payment failed: reserved no more")
    PLACE = "place", _("placed with its order")
    PLACE_HELD = "place_held", _("placed with its order, on hold")
    PLACE_UNCHOSEN = "place_unchosen", _("placed with its order, needs a post office")
    ADD_UNCHOSEN = "add_unchosen", _("order came without a post office")
    ASK_RELEASE = "ask_release", _("release asked for")
    RELEASE = "release", _("released for hand-off")
    HOLD = "hold", _("put on hold")
    ASK_HOLD = "ask_hold", _("hold asked for")
    UNASK_HOLD = "unask_hold", _("hold no longer asked for")
    RESUME = "resume", _("taken off hold")
    NEED_CHOICE = "need_choice", _("another post office needed")
    CHOOSE_AGAIN = "choose_again", _("another post office chosen")
    REOPEN = "reopen", _("its post office takes parcels again")
    ASK_STOP = "ask_stop", _("cancellation asked for")
    CANCEL = "cancel", _("cancelled")
    EXPIRE = "expire", _("cancelled: it waited too long")
    ERASE = "erase", _("recipient erased")
    CORRECT_RECIPIENT = "correct_recipient", _("recipient corrected")
    CHANGE_OFFICE = "change_office", _("post office changed")
    CHANGE_PARCEL = "change_parcel", _("weight, sides, service or options of a parcel changed")
    REPLAN = "replan", _("parcels made to follow the order")
    MAKE_AGAIN = "make_again", _("asked to make a parcel again")
    REVISE = "revise", _("parcel made again")
    DROP = "drop", _("parcel dropped before it was sent")
    FOUND = "found", _("parcel found by a person")
    NOT_MADE = "not_made", _("a person found that the parcel was never made")
    VOID = "void", _("voiding asked for")
    REFUND = "refund", _("refund asked for")
    TRANSMIT = "transmit", _("transmitted with a manifest")
    LABEL_DESTROYED = "label_destroyed", _("a person says that the old label is destroyed")
    FETCH_AGAIN = "fetch_again", _("the label is fetched again")
    REPORT = "report", _("it was reported what became of the parcel")


class HandoffStep(TextChoices):
    """What was tried with the shipping system."""

    CHECK = "check", _("post office check")
    CREATE = "create", _("create shipment")
    LOOK_UP = "look_up", _("look up by request ID")
    REPORT = "report", _("report of the shipping system")
    LABEL = "label", _("fetch label")
    VOID = "void", _("void shipment")
    REFUND = "refund", _("ask for refund")
    INTERNAL = "internal", _("error in the shop’s program")


class Outcome(TextChoices):
    """How an attempt ended."""

    TAKES_PARCELS = "takes_parcels", _("takes parcels")
    NO_LONGER = "no_longer", _("no longer takes parcels")
    GONE = "gone", _("no longer exists")
    COULD_NOT_ASK = "could_not_ask", _("could not be asked")
    MADE = "made", _("made")
    TRANSMITTED = "transmitted", _("made and transmitted")
    SUSPENDED = "suspended", _("suspended")
    HANDED = "handed", _("handed over")
    LOST = "lost", _("the answer never came")
    FOUND_NONE = "found_none", _("nothing found")
    FOUND_SAME = "found_same", _("found")
    FOUND_OTHER = "found_other", _("found, but different")
    LABEL_KEPT = "label_kept", _("label stored")
    VOIDED = "voided", _("voided")
    REFUND_ASKED = "refund_asked", _("refund asked for")
    INVALID = "invalid", _("breaks a rule, not sent")
    CREDENTIALS = "credentials", _("credentials refused")
    NOT_ENTITLED = "not_entitled", _("this account may not do this")
    REFUSED = "refused", _("refused")
    NOT_READY = "not_ready", _("not ready yet")
    THROTTLED = "throttled", _("asked us to slow down")
    UNAVAILABLE = "unavailable", _("could not be reached")
    UNKNOWN = "unknown", _("outcome unknown")
    UNREADABLE = "unreadable", _("unreadable answer")
    NOT_TAKEN = "not_taken", _("not taken")
    CRASHED = "crashed", _("an error that nobody foresaw")


class NoticeKind(TextChoices):
    """What somebody is told by e-mail."""

    CHOOSE = "choose", _("asks the buyer for a post office")
    REMIND = "remind", _("asks the buyer once more")
    CLERKS = "clerks", _("tells the clerks that the buyer has not chosen")


class NoticeOutcome(TextChoices):
    """What became of an e-mail."""

    TO_SEND = "", _("to be sent")
    SENT = "sent", _("sent")
    LEFT_TO_SHOP = "left_to_shop", _("left to the shop, which was told")
    NOT_NEEDED = "not_needed", _("not needed any more")
    FAILED = "failed", _("not sent")


class NoticeProblem(TextChoices):
    """Why an e-mail was not sent, or not at once."""

    NONE = "", ""
    NO_ADDRESS = "no_address", _("No e-mail address of the buyer is known.")
    NO_SITE_URL = "no_site_url", _("The shop has not said where its pages are (SITE_URL).")
    NOT_TAKEN = "not_taken", _("The mail server did not take it.")
    INTERRUPTED = "interrupted", _("The program was stopped while it was sent, so it may have arrived.")
    CRASHED = "crashed", _("Something went wrong in the shop’s program.")


class PrintForm(TextChoices):
    """On what labels are printed."""

    LABEL = "label", _("Label printer, 4 × 6 inches: one label a page, as it was made")
    TWO = "two", _("Letter paper, two labels a page, full size")
    FOUR = "four", _("Letter paper, four labels a page, at 87.5%")
    ZPL = "zpl", _("Label printer that takes ZPL: one file of commands")
