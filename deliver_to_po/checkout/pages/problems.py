"""What a page tells the buyer that is wrong or unclear, where on the page, and with which status."""

from contextlib import suppress
from typing import NamedTuple

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from deliver_to_po import errors
from deliver_to_po.checkout.choosing import chosen_office_id
from deliver_to_po.checkout.pages.search_request import SearchRequest, SecondPlaceNotUnderstood
from deliver_to_po.core.wording import with_colon
from deliver_to_po.host.answered import ShopError
from deliver_to_po.host.asking import cart_of, next_url_of
from deliver_to_po.models import Delivery
from deliver_to_po.offer.mailable import mailing_of

TOO_MANY = 429
# The status of a page that says what is wrong, where it is not 200. Never 500 or more: Django then saves no session, so
# the choice would be lost.
STATUS: dict[type[errors.DeliverToPoError], int] = {errors.TooManySearches: TOO_MANY}
# What nothing that is entered on the page can mend.
UNRECOVERABLE = (errors.NotMailable, errors.OptionPaused, errors.NextPageUnknown)

# Ids in the templates: what a message is about.
SEARCH_FIELD, SECOND_FIELD = "d2po-q", "d2po-via"
OFFICES = "d2po-offices"
FIELD_NAMES = {SEARCH_FIELD: "q", SECOND_FIELD: "via", OFFICES: "office_id"}

# Why a buyer was sent back to choose. The URL holds the code, never the person's data.
# The first are over once there is a choice: whoever goes back comes to the same address.
UNTIL_CHOSEN = (
    errors.DraftUnknown,
    errors.WrongSecret,
    errors.DraftExpired,
    errors.DraftTaken,
    errors.OfficeNoLongerTakesParcels,
    errors.ChoiceRequired,
)
ALWAYS = (
    errors.DraftIncomplete,
    errors.ChoiceReserved,
    errors.OfficeNotOffered,
    errors.OfficesUnavailable,
    errors.NotMailable,
    errors.PriceChanged,
    errors.PriceUnknown,
    errors.RecipientKept,
    errors.TooManySearches,
    errors.NextPageUnknown,
)
SENT_BACK = {error.code: error for error in (*UNTIL_CHOSEN, *ALWAYS)}
# The page does not say these: its link or button no longer works, and whoever made it answers.
OVER = (errors.LinkUnknown, errors.LinkUsed, errors.ChoiceClosed)


class Problem(NamedTuple):
    """What to tell the buyer, the id of the field it is about (``""`` for none), and whether to offer home delivery.

    ``choices`` are texts that the buyer may have meant, each with the URL that searches for it. ``asks`` says that
    nothing is wrong: it is a question, and is not shown as an error. ``no_offices`` says that none can be shown now.
    ``code`` is for programs, ``recoverable`` says that the buyer can mend it here.
    """

    message: str | Promise
    field: str = ""
    offers_home: bool = False
    status: int = 200
    choices: tuple[tuple[str, str], ...] = ()
    asks: bool = False
    no_offices: bool = False
    code: str = errors.ChoiceRequired.code
    recoverable: bool = True

    @property
    def about(self) -> str:
        """Return the name of that field in a form, ``""`` for none."""
        return FIELD_NAMES.get(self.field, "")

    @classmethod
    def of(cls, error: errors.DeliverToPoError, field: str = "") -> "Problem":
        """Return what to say of an error about a field, which is none where nothing that is entered can mend it."""
        no_offices = isinstance(error, errors.OfficesUnavailable)
        recoverable = not isinstance(error, UNRECOVERABLE)
        offers_home = no_offices or isinstance(error, errors.NotMailable | errors.PriceUnknown)
        return cls(
            error.message,
            field if recoverable else "",
            offers_home,
            STATUS.get(type(error), 200),
            no_offices=no_offices,
            code=error.code,
            recoverable=recoverable,
        )


def not_understood(error: errors.QueryNotUnderstood, search_request: SearchRequest, typed: SearchRequest) -> Problem:
    """Return what to say of a search that is unclear as ``typed``, with links to what may have been meant.

    What ``search_request`` says of the other place stands in the links.
    """
    second = isinstance(error, SecondPlaceNotUnderstood)
    choices = tuple(
        (choice, (search_request._replace(via=choice) if second else search_request._replace(text=choice)).url())
        for choice in error.choices
    )
    problem = Problem.of(error, SECOND_FIELD if second else SEARCH_FIELD)._replace(choices=choices, asks=error.asks)
    # The message says which of the two places it is about.
    named = second and not error.asks
    return problem._replace(message=with_colon(typed.via, str(error.message))) if named else problem


def sent_back(code: str, draft: Delivery | None, request: HttpRequest | None = None) -> Problem | None:
    """Return why the buyer was sent back to choose, by the URL's ``code``; None for any other code.

    What stands in the way of the cart of ``request`` is said in its own words: the code names the usual reasons only.
    """
    if draft and chosen_office_id(draft) and SENT_BACK.get(code) in UNTIL_CHOSEN:
        return None
    if draft and code == errors.OfficeNoLongerTakesParcels.code:
        return Problem.of(errors.OfficeNoLongerTakesParcels.named(draft.office_name))
    if request and code == errors.NotMailable.code and (reason := _why_not_mailable(request)):
        return Problem.of(errors.NotMailable(reason))
    # Whoever types the code into a URL raises no alarm.
    return Problem.of(SENT_BACK[code]())._replace(status=200) if code in SENT_BACK else None


def placed_already(request: HttpRequest) -> Problem:
    """Return what to ask a buyer whose choice was placed; the shop's next page leads to that order."""
    says = _("Your order is already placed. Are you choosing a post office for another one?")
    choices: tuple[tuple[str, str], ...] = ()
    with suppress(ShopError):
        choices = ((_("No, go to my order"), next_url_of(request)),)
    return Problem(says, choices=choices, asks=True, code="placed")


def _why_not_mailable(request: HttpRequest) -> str:
    cart = cart_of(request)
    return "" if cart is None else mailing_of(cart).reason
