"""What happened to a delivery and its shipments, as their history says it."""

from django.utils.translation import gettext_lazy as _

from deliver_to_po.core.choices.vocabulary import Vocabulary


class Change(Vocabulary):
    """What happened to a delivery or to one of its shipments, as a line of its history says it."""

    RESERVE = "reserve", _("reserved for a payment")
    UNRESERVE = "unreserve", _("payment failed: reservation lifted")
    PLACE = "place", _("placed with its order")
    PLACE_HELD = "place_held", _("placed with its order, on hold")
    PLACE_UNCHOSEN = "place_unchosen", _("placed with its order, no post office yet")
    ADD_UNCHOSEN = "add_unchosen", _("order came without a post office")
    ASK_RELEASE = "ask_release", _("release asked for")
    RELEASE = "release", _("released; labels can be requested")
    HOLD = "hold", _("put on hold")
    ASK_HOLD = "ask_hold", _("hold asked for")
    UNASK_HOLD = "unask_hold", _("hold no longer asked for")
    RESUME = "resume", _("resumed")
    NEED_CHOICE = "need_choice", _("another post office needed")
    CHOOSE_AGAIN = "choose_again", _("another post office chosen")
    REOPEN = "reopen", _("its post office accepts parcels again")
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
    DROP = "drop", _("parcel dropped, label never requested")
    FOUND = "found", _("parcel found by a person")
    NOT_MADE = "not_made", _("a person confirmed that the parcel was never made")
    VOID = "void", _("voiding asked for")
    REFUND = "refund", _("refund asked for")
    TRANSMIT = "transmit", _("transmitted with a manifest")
    LABEL_DESTROYED = "label_destroyed", _("a person says that the old label is destroyed")
    FETCH_AGAIN = "fetch_again", _("the label is fetched again")
    OPEN_LABEL = "open_label", _("shipping label opened")
    SAVE_DETAILS = "save_details", _("recipient’s details saved or printed")
    BUYER_ASKS = "buyer_asks", _("request of the buyer")
    REPORT = "report", _("a report came about the parcel")
    SETTLE_PARCEL = "settle_parcel", _("a person said where the parcel is")
    UNSETTLE_PARCEL = "unsettle_parcel", _("what a person said of the parcel was a mistake")


class PrivacyStep(Vocabulary):
    """What was done for somebody who asked what is held about them."""

    LOOKED = "looked", _("looked for")
    EXPORTED = "exported", _("exported")
    ERASED = "erased", _("erased")


class HandoffStep(Vocabulary):
    """What was tried with the shipping system."""

    CHECK = "check", _("post office check")
    CREATE = "create", _("create shipment")
    LOOK_UP = "look_up", _("look up by request ID")
    REPORT = "report", _("report of the shipping system")
    LABEL = "label", _("fetch label")
    VOID = "void", _("void shipment")
    REFUND = "refund", _("ask for refund")
    INTERNAL = "internal", _("error in the shop’s program")


class Outcome(Vocabulary):
    """How an attempt ended."""

    TAKES_PARCELS = "takes_parcels", _("accepts parcels")
    NO_LONGER = "no_longer", _("no longer accepts parcels")
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
    VOIDED = "voided", _("label voided")
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
    NOT_TAKEN = "not_taken", _("not accepted")
    CRASHED = "crashed", _("unexpected error")
