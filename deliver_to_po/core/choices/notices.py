"""What people are told by e-mail, and what became of it."""

from django.utils.translation import gettext_lazy as _

from deliver_to_po.core.choices.vocabulary import Vocabulary


class NoticeKind(Vocabulary):
    """What somebody is told by e-mail."""

    CHOOSE = "choose", _("request to choose a post office")
    REMIND = "remind", _("reminder to the buyer")
    CLERKS = "clerks", _("notice to the clerks")
    LABEL_MADE = "label_made", _("tells the tracking number")
    READY = "ready", _("tells that the parcel is ready")
    FIFTH_DAY = "fifth_day", _("tells that the parcel is still waiting")
    LAST_DAYS = "last_days", _("tells that the parcel goes back soon")
    ELSEWHERE = "elsewhere", _("tells that another post office has the parcel")
    RETURNING = "returning", _("tells that the parcel is on its way back")


class NoticeOutcome(Vocabulary):
    """What became of an e-mail."""

    TO_SEND = "", _("to be sent")
    SENT = "sent", _("sent")
    LEFT_TO_SHOP = "left_to_shop", _("left to the shop, which was told")
    NOT_NEEDED = "not_needed", _("no longer needed")
    FAILED = "failed", _("not sent")


class NoticeProblem(Vocabulary):
    """Why an e-mail was not sent, or not at once."""

    NONE = "", ""
    NO_ADDRESS = "no_address", _("No e-mail address is known.")
    NO_SITE_URL = "no_site_url", _("The shop has not said where its pages are (SITE_URL).")
    NOT_TAKEN = "not_taken", _("The mail server did not take it.")
    REFUSED = "refused", _("The mail server refused it for good, or that address accepts no e-mail.")
    INTERRUPTED = "interrupted", _("Sending began and nobody knows how it ended, so it may have arrived.")
    CRASHED = "crashed", _("Something went wrong in the shop’s program.")
