"""The price of a draft: by which service, quoted when and of what, and whether it is another one by now.

A list *shows* prices (``offers``). The review *keeps* one in the draft (``keep_price``), and what is *reserved* goes on
with that. What the shop *charges* must be the same: it is refused before the payment, and put on hold after it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from deliver_to_po import signals
from deliver_to_po.adapter import Service
from deliver_to_po.checkout.draft import write_draft
from deliver_to_po.core.choices import DeliveryState
from deliver_to_po.core.wording import money, service_name
from deliver_to_po.errors import ChoiceReserved, NotMailable, PriceChanged
from deliver_to_po.host import asking
from deliver_to_po.host.answered import ShopError, failed, usable_amount
from deliver_to_po.host.once import asked_once
from deliver_to_po.models import Delivery
from deliver_to_po.offer.answers import PriceKind
from deliver_to_po.offer.kept_offer import KeptOffer, kept_offer
from deliver_to_po.offer.offers import Offer, offers_to_chosen, priced
from deliver_to_po.offer.question import fingerprint_of

# A price that the buyer has seen stands for a payment as long as cart and office stay the same, but not for ever.
STANDS_FOR = timedelta(hours=24)


@asked_once(bounded=False)
def keep_price(
    draft: Delivery, cart: Any, service: Service | None = None, *, tell: Callable[[Delivery], None] = lambda draft: None
) -> str:
    """Write into a draft what it costs now by ``service``, or else by the one that it has; makes no call.

    ``tell`` and the signal are called where service or price are others than before.

    Returns what to tell the buyer when the service is another one now, or a price that they may have seen, else ``""``:
    a review, which names no ``service``, shows them what is written. Raises NotMailable where ``cart`` does not go by
    any service, DraftUnknown, DraftTaken, and ChoiceReserved where a ``service`` is named.
    """
    if not asking.keeps_prices() or cart is None or draft.state != DeliveryState.DRAFT:
        return ""
    kept, was = kept_offer(draft), (draft.service, draft.price)
    now, seen = _now(draft, kept, cart, service, better=True), _seen(draft, kept)
    if now is None:
        return ""
    if not now.offer.available:
        raise NotMailable(now.offer.reason)
    try:
        _write(draft, kept, now, service)
    except ChoiceReserved:
        if service is not None:
            raise
        # What another tab has reserved just now keeps its price.
        draft.refresh_from_db()
        return ""
    if (draft.service, draft.price) != was:
        tell(draft)
        _signal(draft, *was)
    return _what_changed(draft, was[0], seen) if service is None else ""


def _write(draft: Delivery, kept: KeptOffer | None, now: KeptOffer, service: Service | None) -> None:
    """Write what a draft costs now, unless that is what it says, or another tab has changed it meanwhile."""
    was_told = kept is not None and kept.told and kept.about == now.about
    fields = now._replace(told=service is None or was_told).fields()
    # The time of a price that nobody told is that of its first writing.
    counted = [name for name in fields if name != "price_quoted_at" or now.offer.quoted_at]
    if any(getattr(draft, name) != fields[name] for name in counted):
        still = {"office_id": draft.office_id} | ({"service": draft.service} if service is None else {})
        write_draft(draft, fields, if_still=still)


def _signal(draft: Delivery, service: str, price: Decimal | None) -> None:
    signals.send_on_commit(
        signals.price_changed,
        Delivery,
        delivery_id=draft.pk,
        order_pk=None,
        service=draft.service,
        price=draft.price,
        former_service=service,
        former_price=price,
    )


def _seen(draft: Delivery, kept: KeptOffer | None) -> Decimal | None:
    """Return the draft's price if the buyer may have seen it, else None.

    A fallback price that no list and no review has shown only stands in for Canada Post's, which the buyer was going
    to see: that one becomes known for the first time, and nothing has changed.
    """
    return None if kept and kept.offer.price_kind == PriceKind.FALLBACK and not kept.told else draft.price


def _what_changed(draft: Delivery, service: str, seen: Decimal | None) -> str:
    """Return what a buyer is told of another service or price than before; a price of 0 is no sum but a word."""
    said, price = [], draft.price
    if service not in ("", draft.service):
        said.append(_("Your delivery now goes by %(service)s.") % {"service": service_name(draft.service)})
    if seen is not None and price is not None and seen != price:
        told = _("The price of your delivery has changed from %(former)s to %(price)s.")
        if not seen:
            told = _("Your delivery is no longer free: it now costs %(price)s.")
        elif not price:
            told = _("Your delivery is now free; it was %(former)s.")
        said.append(told % {"former": money(seen), "price": money(price)})
    return " ".join(said)


@asked_once(bounded=False)
def refuse_another_price(draft: Delivery, cart: Any) -> None:
    """Raise PriceChanged where what is being paid for has another price than the draft. Makes no call."""
    if draft.price is None or cart is None or not asking.keeps_prices():
        return
    kept = kept_offer(draft)
    now = _now(draft, kept, cart, None, better=False)
    # What cannot be told of it just now is the shop's mistake, which costs no payment.
    if now is None or not now.offer.available:
        return
    if now.offer.price is None and kept and kept.about == now.about and _stands(kept):
        return
    if now.offer.price != draft.price:
        raise _price_is(now.offer.price)
    if now.offer.service != draft.service:
        words = {"service": service_name(now.offer.service)}
        raise PriceChanged(_("Your delivery goes by %(service)s now. Check it again.") % words)


def refuse_another_charge(draft: Delivery, charge: Decimal | None) -> None:
    """Raise PriceChanged where the shop is about to charge something else for the delivery than it costs."""
    if charge is not None and draft.price not in (None, charge):
        raise _price_is(draft.price)


def _price_is(price: Decimal | None) -> PriceChanged:
    if price is None:
        return PriceChanged()
    if not price:
        return PriceChanged(_("Your delivery is free now. Check the total again."), price)
    return PriceChanged(_("Your delivery costs %(price)s now. Check it again.") % {"price": money(price)}, price)


def what_was_charged(call: str, amount: Decimal | None) -> Decimal | None:
    """Return what a shop charges for a delivery, in whole cents, None if it does not say; raises ValueError."""
    try:
        return None if amount is None else usable_amount(call, amount)
    except ShopError as error:
        raise ValueError(f"{error}; it must be an amount in CAD, as a Decimal") from None


def _now(
    draft: Delivery, kept: KeptOffer | None, cart: Any, service: Service | None, *, better: bool
) -> KeptOffer | None:
    """Return what a draft costs now, None if the shop cannot tell by which service it goes.

    What was quoted for the same cart and office stands, and the shop's own rule is asked again: a coupon changes it.
    Where ``better``, what Canada Post has told meanwhile takes its place, as it has on the list; so does the day.
    """
    try:
        wanted = _service(draft, cart, service)
    except ShopError:
        return None
    about = fingerprint_of(cart, draft)
    if kept and kept.about.startswith(about):
        # The same, or the shop cannot tell just now from where it ships.
        about = kept.about
    stands = kept and kept.about == about and kept.offer.service == wanted and _stands(kept)
    if kept and stands and not better:
        return KeptOffer(about, _priced_again(kept.offer, cart))
    offers = offers_to_chosen(cart, draft)
    known = next(offer for offer in offers if offer.service == wanted)
    if not known.available and wanted not in (service, draft.service):
        # Nobody asked for the wanted one: like the list, take the first service by which the cart goes.
        known = next((offer for offer in offers if offer.available), known)
    if kept and stands and not _takes_its_place(known, kept.offer):
        days = known if known.rate else kept.offer
        priced_again = _priced_again(kept.offer, cart)
        return KeptOffer(about, replace(priced_again, expected_from=days.expected_from, mailed_on=days.mailed_on))
    return KeptOffer(about, known)


def _service(draft: Delivery, cart: Any, service: Service | None) -> Service:
    """Return the service that a draft goes by: what the buyer wants, if the shop offers it, else what the shop says."""
    offered = asking.services_of(cart)
    for wanted in (service, draft.service):
        if wanted in offered:
            return Service(wanted)
    named = asking.service_of(cart)
    if named in offered:
        return named
    if not offered:
        raise failed("services", "returned none")
    return offered[0]


def _stands(kept: KeptOffer) -> bool:
    quoted_at: datetime | None = kept.offer.quoted_at
    return quoted_at is not None and timezone.now() - quoted_at <= STANDS_FOR


def _takes_its_place(known: Offer, kept: Offer) -> bool:
    """Say whether Canada Post has told another price than the kept one, or that the cart does not go by the service."""
    if known.price_kind in (PriceKind.FALLBACK, PriceKind.NONE):
        # It is not known any longer; or the shop's code fails over it: asked about the kept rate, it shows which.
        return not known.available
    newer = known.quoted_at is not None and kept.quoted_at is not None and known.quoted_at > kept.quoted_at
    return newer or kept.price_kind != PriceKind.FRESH


def _priced_again(offer: Offer, cart: Any) -> Offer:
    """Return a kept offer at the shop's price of now; as it is while the shop's code fails over its rate."""
    if offer.rate:
        try:
            asking.price_of(cart, offer.service, offer.rate)
        except ShopError:
            return offer
    price, kind = priced(cart, offer.service, offer.rate, offer.price_kind)
    return replace(offer, price=price, price_kind=kind)
