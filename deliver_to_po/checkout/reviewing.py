"""What a shop's review page needs of the buyer's choice, right before the order is placed."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from deliver_to_po.canadapost.types import Language
from deliver_to_po.checkout.choice import Choice
from deliver_to_po.checkout.draft import editable, fingerprint
from deliver_to_po.checkout.kept_price import keep_price, refuse_another_price
from deliver_to_po.checkout.recipients.as_suggested import follow_shop
from deliver_to_po.checkout.reserving import serves_another_cart
from deliver_to_po.checkout.session import REVIEWED, SessionChoice, choice_of, forget_draft
from deliver_to_po.core.choices import CLOSED_OFFICE, DeliveryState
from deliver_to_po.core.language import current_language
from deliver_to_po.errors import (
    ChoiceRequired,
    DeliverToPoError,
    DraftExpired,
    DraftIncomplete,
    DraftUnknown,
    OfficeNoLongerTakesParcels,
    PriceChanged,
    PriceUnknown,
)
from deliver_to_po.host import asking
from deliver_to_po.host.once import asked_once
from deliver_to_po.models import Delivery
from deliver_to_po.models.pause_in_force import refuse_while_paused
from deliver_to_po.offer.kept_offer import kept_offer
from deliver_to_po.offer.mailable import refuse_unmailable
from deliver_to_po.offer.offers import Offer
from deliver_to_po.offer.summary import Summary, summarize


@dataclass(frozen=True)
class Review:
    """What the review page shows, and what it sends along when the buyer presses the button.

    ``seen`` goes into a hidden field and from there to ``reserve`` or ``place``. ``order`` is the shop's order when an
    earlier press or a payment's answer has placed it already, otherwise None: show that order then. It is returned
    once. ``offer`` is the service with its price and day if the draft keeps prices, otherwise None, and ``notice`` says
    that service or price have changed.
    """

    draft: Delivery
    seen: str
    order: Any = None
    offer: Offer | None = None
    notice: str = ""
    language: Language = field(default_factory=current_language, repr=False)

    @cached_property
    def summary(self) -> Summary:
        """Return where and when the parcel is picked up, in the language of the review."""
        return summarize(self.draft, self.language)


def review(request: HttpRequest) -> Review:
    """Return what to show of the buyer's choice, in the active language: call it first, before you count anything.

    It is the one call that settles price and ``seen``: whatever your page shows, charges or taxes comes from what it
    returns. Called again while the same request is answered it returns the same again, whatever has become known
    meanwhile, unless the buyer's choice was changed in between. Makes no call to Canada Post.

    If the adapter's ``keeps_prices`` is set, the draft gets a new price for its office and for what ``cart`` returns:
    ``draft.price`` is not None then. What is reserved keeps its price: where the cart costs another one by now, or has
    other parcels, the session goes on with a copy.

    A choice that is placed already is returned once with its ``order``. The session then forgets it, so that the
    buyer's next purchase begins without a choice.

    Raises ChoiceRequired, DraftUnknown, DraftExpired, DraftIncomplete, OfficeNoLongerTakesParcels, OptionPaused,
    NotMailable (what the adapter's ``cart`` returns goes to no post office), PriceUnknown (drafts keep prices, and
    there is none for this one) and TooManySearches (too many copies): send the buyer to the error's ``url``, where the
    step says what is wrong.
    """
    kept: Review | None = request.__dict__.get(REVIEWED)
    if kept is None:
        kept = request.__dict__[REVIEWED] = _review(request)
    return kept


def _review(request: HttpRequest) -> Review:
    draft: Delivery | None = None
    refused: DeliverToPoError = ChoiceRequired()
    try:
        draft = choice_of(request)
    except (DraftUnknown, DraftExpired) as error:
        refused = error
    choice = SessionChoice(request, draft)
    follow_shop(request, choice)
    try:
        found = review_choice(choice)
    except ChoiceRequired:
        raise refused from None
    if found.order is not None:
        # A payment in another session has no other way to tell this one that the choice is used up.
        forget_draft(request)
    return found


@asked_once()
def review_choice(choice: Choice) -> Review:
    """Return the same of a choice that no session holds. Raises what ``review`` does, and PriceChanged.

    That is where what is reserved costs another price by now: ``unreserve`` it, and review it again.
    """
    draft = choice.draft
    if draft is not None and draft.order_id is not None:
        return Review(draft, fingerprint(draft), draft.order)
    # A pause, and a cart that goes nowhere, are told before what is wrong with the choice.
    refuse_while_paused()
    refuse_unmailable(choice.cart)
    if draft is None:
        raise ChoiceRequired
    if not draft.complete:
        raise DraftIncomplete
    if draft.office_check in CLOSED_OFFICE:
        raise OfficeNoLongerTakesParcels.named(draft.office_name)
    if choice.may_be_another and serves_another_cart(draft, choice.cart):
        # Both payments may succeed, and each is for a delivery of its own.
        choice.hold(draft := editable(draft, before_making=choice.before_making))
    if draft.state == DeliveryState.RESERVED:
        try:
            refuse_another_price(draft, choice.cart)
        except PriceChanged:
            if not choice.may_be_another:
                raise
            choice.hold(draft := editable(draft, before_making=choice.before_making))
    notice = keep_price(draft, choice.cart, tell=choice.price_changed)
    if draft.price is None and asking.keeps_prices():
        raise PriceUnknown
    kept = kept_offer(draft)
    return Review(draft, fingerprint(draft), offer=kept.offer if kept else None, notice=notice)
