"""The errors that a shop sees, each with a message for the person who caused it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar
from urllib.parse import urlencode

from django import urls
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost.letter_case import as_people_read


class DeliverToPoError(Exception):
    """Whatever this app refuses. ``str(error)`` is translated and says what to do."""

    message: Promise | str = _("This cannot be done.")
    code = "refused"
    #: The page of the step on which the buyer can mend it, or ``""`` for the shop's own page.
    page: ClassVar[str] = "choose"

    def __init__(self, message: Promise | str | None = None):
        super().__init__()
        if message is not None:
            self.message = message

    def __str__(self) -> str:
        return str(self.message)

    @property
    def url(self) -> str:
        """Return where to send the buyer, a page that says what was wrong, or ``""`` for the shop's own page.

        It is the shop's own too where the step's pages have no address.
        """
        with suppress(urls.NoReverseMatch):
            if self.page:
                return f"{urls.reverse(f'deliver_to_po:{self.page}')}?{urlencode({'problem': self.code})}"
        return ""


class DraftUnknown(DeliverToPoError):
    """No draft has that id."""

    message = _("We no longer have your post office choice. Choose your post office again.")
    code = "draft_unknown"


class WrongSecret(DraftUnknown):
    """The id is a choice's, but the secret that came with it is not."""

    message = _("We cannot open this post office choice from here. Choose your post office again.")
    code = "wrong_secret"


class DraftExpired(DeliverToPoError):
    """The draft is older than DRAFT_LIFETIME."""

    message = _("Your post office choice has expired. Choose your post office again.")
    code = "draft_expired"


class DraftIncomplete(DeliverToPoError):
    """Office or recipient are missing."""

    message = _("Choose a post office and say who will pick up the parcel.")
    code = "draft_incomplete"
    page = "recipient"


class DraftTaken(DeliverToPoError):
    """The draft belongs to an order already."""

    message = _("This post office choice belongs to an order already. Choose your post office again.")
    code = "draft_taken"


class ChoiceReserved(DeliverToPoError):
    """The choice waits for a payment and is changed where nothing can take its place: ``unreserve`` it first."""

    message = _(
        "Your payment has begun, so your post office choice cannot be changed now. Cancel the payment first, or wait "
        "for it to end."
    )
    code = "choice_reserved"
    page = ""


class OrderHasDelivery(DraftTaken):
    """The order has another current delivery, with a post office of its own; the draft stays as it is."""

    message = _("A post office is chosen for this order already, and that choice is kept.")
    code = "order_has_delivery"
    page = ""


class DraftChanged(DeliverToPoError):
    """Office or recipient differ from those that the buyer saw on the review page."""

    message = _("The post office or the recipient has changed in another window. Check them again.")
    code = "draft_changed"
    page = ""


class PriceChanged(DraftChanged):
    """Service or price differ from what the buyer saw, or from what the shop was about to charge.

    ``price`` is what the delivery costs in CAD before tax, None if the price alone is not what differs.
    """

    message = _("The price of your delivery has changed. Check it again.")
    code = "price_changed"

    def __init__(self, message: Promise | str | None = None, price: Decimal | None = None):
        super().__init__(message)
        self.price = price


class CartUnknown(DeliverToPoError):
    """The shop keeps prices with drafts, and its adapter finds no cart in a request of the API."""

    message = _("We no longer know this cart. Open your cart, then go on.")
    code = "cart_unknown"
    page = ""


class PriceUnknown(DeliverToPoError):
    """The shop keeps prices with drafts, and cannot say what this delivery costs."""

    message = _(
        "We cannot say yet what your delivery costs. Choose your post office again in a minute, or choose home "
        "delivery."
    )
    code = "price_unknown"


class NotForPostOffice(DeliverToPoError):
    """The order is to be delivered elsewhere than to a post office."""

    message = _("This order is not for a post office.")
    code = "not_for_post_office"
    page = ""


class NotMailable(DeliverToPoError):
    """What is ordered can never be delivered to a post office: its size, its weight or what it is shipped with."""

    message = _(
        "Your order cannot be delivered to a post office: it is too heavy or too large, or needs a service that "
        "post offices do not offer. Choose home delivery, or order fewer items at a time."
    )
    code = "not_mailable"


class ChoiceRequired(DeliverToPoError):
    """An order goes to a post office, but none is chosen for it."""

    message = _("Choose a post office for your order.")
    code = "choice_required"


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field of the recipient. ``asks`` says that it may be right, and is to be confirmed."""

    field: str
    code: str
    message: str
    asks: bool = False


class RecipientRefused(DeliverToPoError):
    """The recipient is not what a label needs; ``errors`` say for each field what is wrong, or what is asked."""

    message = _("Check what you entered about who will pick up the parcel.")
    code = "recipient_refused"
    page = "recipient"

    def __init__(self, errors: Sequence[FieldError] = ()):
        super().__init__()
        self.errors = tuple(errors)


class OfficeNotOffered(DeliverToPoError):
    """Canada Post never offered that office, or did so too long ago."""

    message = _("Canada Post does not offer this post office. Choose one from the list.")
    code = "office_not_offered"


class OfficeNoLongerTakesParcels(DeliverToPoError):
    """The chosen office no longer accepts parcels, or is gone."""

    message = _("This post office no longer accepts parcels. Choose another one. What you entered is kept.")
    code = "office_no_longer"

    @classmethod
    def named(cls, name: str) -> "OfficeNoLongerTakesParcels":
        """Return the error for one post office, whose ``name`` the buyer may no longer see."""
        told = _("{name} no longer accepts parcels. Choose another post office. What you entered is kept.")
        return cls(format_lazy(told, name=as_people_read(name)) if name else None)


class QueryNotUnderstood(DeliverToPoError):
    """What was typed is not exactly one place in Canada. ``choices`` are texts that are: one of them may be meant.

    ``asks`` says that nothing is wrong: the text can be a place, and more words tell which.
    """

    message = _(
        "We cannot find this place in Canada. Enter a postal code such as K1A 0B1, or a street, city and province."
    )
    code = "query_not_understood"

    def __init__(self, message: Promise | str | None = None, choices: Sequence[str] = (), *, asks: bool = False):
        super().__init__(message)
        self.choices = tuple(choices)
        self.asks = asks or bool(choices)


class OfficesUnavailable(DeliverToPoError):
    """Canada Post could not be asked for offices, and nothing else can answer."""

    message = _(
        "We cannot reach Canada Post right now, so we cannot show post offices. Try again in a few minutes, or "
        "choose home delivery."
    )
    code = "offices_unavailable"


class PlaceNotKnown(OfficesUnavailable):
    """Canada Post could not be asked, and our directory does not tell where the place is."""

    message = _(
        "Canada Post is not answering right now, and we cannot find this place in our own list. Enter a larger "
        "city near you or a postal code there, try again in a few minutes, or choose home delivery."
    )
    code = "place_not_known"


class OptionPaused(OfficesUnavailable):
    """The merchant has paused the option; the message of the one raised says why and until when."""

    message = _("Deliver to Post Office is paused right now. Choose home delivery.")
    code = "paused"


class TooManySearches(DeliverToPoError):
    """One visitor has made Canada Post be asked too often."""

    message = _(
        "Wait a minute, then try again (your choices are kept): too many requests came from your connection in a short "
        "time."
    )
    code = "too_many_searches"


class NextPageUnknown(DeliverToPoError):
    """The shop's ``next_url`` failed, so the step cannot send the buyer on; its log says why."""

    message = _(
        "Your choice is saved, but the next page of the checkout cannot be opened right now. Try again in a few "
        "minutes, or contact us."
    )
    code = "next_page_unknown"
    page = ""


class LinkUnknown(DeliverToPoError):
    """A link to choose again that was not made here, or not as it is now."""

    message = _(
        "This link is not valid. Please open the whole link from our message again, or contact us for a new one."
    )
    code = "link_unknown"
    page = ""


class LinkExpired(DeliverToPoError):
    """A link to choose again that is too old."""

    message = _("This link is too old. Please contact us, and we will send you a new one.")
    code = "link_expired"
    page = ""


class LinkUsed(DeliverToPoError):
    """A link to choose again after the post office was chosen once more."""

    message = _(
        "This link has been used, so it no longer works. To choose a post office, please contact us for a new link."
    )
    code = "link_used"
    page = ""

    @classmethod
    def named(cls, name: str) -> "LinkUsed":
        """Return the error for the post office that was chosen, and still is."""
        told = _(
            "{name} has been chosen since this link was made, and that choice is kept. To change it again, please "
            "contact us for a new link."
        )
        return cls(format_lazy(told, name=as_people_read(name)) if name else None)


class ChoiceClosed(DeliverToPoError):
    """The post office of a delivery can no longer be changed by its buyer."""

    message = _(
        "Your parcel is already being sent, so its post office can no longer be changed here. Please contact us: we "
        "will tell you what is still possible."
    )
    code = "choice_closed"
    page = ""


class RecipientKept(DeliverToPoError):
    """An order without a recipient has got one from another window meanwhile; that one stays."""

    message = _(
        "A recipient was already saved for this order, so what you just entered was not. You can still choose the post "
        "office. If the recipient is wrong, please contact us."
    )
    code = "recipient_kept"
    page = ""


class OrderPageLinkExpired(LinkExpired):
    """A link from the page of an order that is too old, or whose delivery another one has replaced."""

    message = _("This page was open for too long. Open the page of your order again, and go on from there.")
    code = "order_page_link_expired"


class TooLateForBuyer(DeliverToPoError):
    """What a buyer wishes can no longer be done by them: the label is made, or the parcel has left."""

    message = _("This can no longer be changed here. Please contact us: we will tell you what is still possible.")
    code = "too_late_for_buyer"
    page = ""


class MoveRefused(DeliverToPoError):
    """A state change that is not allowed from where the row is now."""

    message = _("This has changed in the meantime. Reload the page and try again.")
    code = "move_refused"
    page = ""


class TooLateToChange(MoveRefused):
    """The delivery is cancelled or will be, or its recipient is erased."""

    message = _(
        "This delivery is cancelled, or its recipient has been erased, so nothing of it can be changed. If the order "
        "is still wanted, it must be placed again."
    )
    code = "too_late_to_change"


class InThePost(TooLateToChange):
    """Canada Post has scanned the parcel: after that nothing of it changes."""

    message = _(
        "Canada Post has this parcel already, so nothing of it can be changed here. Ask Canada Post whether it can "
        "still be stopped. When it is back or lost, say so beside the parcel: then it can be shipped again."
    )
    code = "in_the_post"


class RecipientFirst(MoveRefused):
    """A post office is chosen for a delivery that has no recipient yet."""

    message = _("First say who will pick up the parcel; then choose the post office.")
    code = "recipient_first"


class NoSuchParcel(MoveRefused):
    """The delivery has no parcel of that number."""

    message = _("The shop names no such parcel for this order. Reload the page and try again.")
    code = "no_such_parcel"


class NothingToShip(MoveRefused):
    """The shop no longer names any parcels for the order."""

    message = _("The shop names no parcels for this order. If nothing of it is to be shipped, cancel the delivery.")
    code = "nothing_to_ship"


class ShopFailed(MoveRefused):
    """The shop's own code failed when it was asked about the order."""

    message = _(
        "The shop’s own code failed when asked about this order, so nothing was changed. Ask technical support to "
        "check the log."
    )
    code = "shop_failed"


class BreaksARule(MoveRefused):
    """What it is to be changed to breaks a rule of Deliver to Post Office; the message of the one raised says which."""

    message = _("This breaks a rule of Deliver to Post Office, so nothing was changed.")
    code = "breaks_a_rule"


class NumberRefused(MoveRefused):
    """A shipment ID or tracking number that a person typed cannot be kept."""

    message = _(
        "Enter the shipment ID as the shipping system shows it, and the tracking number if there is one: letters and "
        "digits, at most 40 of them."
    )
    code = "number_refused"


class NumberTaken(MoveRefused):
    """A person typed the shipment ID or tracking number of another parcel."""

    message = _(
        "Another parcel has this shipment ID or tracking number. Look the parcel up in the shipping system by its "
        "request ID once more."
    )
    code = "number_taken"


class StillLive(MoveRefused):
    """The order still has a delivery that is not cancelled, or a shipment that exists."""

    message = _(
        "This order still has a delivery to a post office. Cancel it first, and wait until nothing of it is under way."
    )
    code = "still_live"


class TransmissionRefused(DeliverToPoError):
    """A group or a parcel was named that does not wait to be transmitted; nothing was done."""

    message = _("This is not waiting to be transmitted. Go to “Day’s end” and try again.")
    code = "transmission_refused"
    page = ""
