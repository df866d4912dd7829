"""What each payment that has begun is for: kept by the buyer's session, and by the shared cache for other browsers."""

from contextlib import suppress
from copy import deepcopy
from decimal import Decimal
from time import time
from typing import Any, NamedTuple

from django.core.serializers import serialize
from django.http import HttpRequest
from django.utils.crypto import get_random_string
from django.utils.translation import get_language
from oscar.core.loading import get_class, get_model

from deliver_to_po.checkout.draft import editable
from deliver_to_po.checkout.session import remember_draft
from deliver_to_po.contrib.oscar.choice import checkout_session, shipping_address
from deliver_to_po.core.keyed_hash import shops_keys
from deliver_to_po.core.shared_cache import own_key, with_cache
from deliver_to_po.errors import DraftUnknown
from deliver_to_po.shop import draft_id_of, draft_of, reserved, visitor_of

# Where a session keeps what each payment that has begun is for, by the key of its frozen basket.
BEGUN = "deliver_to_po.oscar"
# How many of the last ones are kept: nobody hears again of a payment that is given up on its page.
MOST = 5
# And by the shared cache for so long, for an answer that comes in another browser or without one.
KEPT_SECONDS = 3 * 24 * 3600
# How long a request may take a payment: after that it was cut off, such as by a worker that was killed.
TAKEN_SECONDS = 600


class BeingPaid(NamedTuple):
    """What a payment for a basket is for since it began, whatever has become of it. Amounts are texts, as kept."""

    #: The choice's id and what the buyer saw of it, ``""`` for home delivery.
    choice: str
    seen: str
    #: In CAD before tax what the delivery costs, and the province whose taxes are charged; of a choice alone.
    cost: str
    province: str
    #: What the delivery is charged for after Oscar's offers, before tax, and its tax; None if nobody has said it.
    charge: tuple[str, str] | None
    #: The name and code of each of Oscar's surcharges, its amount before tax, and its tax.
    surcharges: list[tuple[str, str, str, str]]
    #: The price of one piece before tax, its tax, and what offers count on, by the key of the basket's line.
    prices: dict[str, tuple[str, str, str]]
    #: How many pieces of each line, by its key: a basket that is given back may be changed.
    quantities: dict[str, int]
    #: The keys of Oscar's offers that were applied, each with its voucher's, how often, what it takes off, and the keys
    #: of the products in its benefit's range and its condition's.
    offers: list[tuple[int, int | None, int, str, list[list[int]]]]
    #: What Oscar's session held: address, method, order number.
    checkout: dict[str, Any]
    language: str | None
    #: Another one whenever a payment for the basket begins.
    attempt: str
    #: Whether its buyer was sent to another page: until then a request is taking it.
    left: bool = False
    given_back: bool = False
    #: When it was last written, in seconds since 1970.
    at: float = 0

    @property
    def price(self) -> Decimal:
        """Return what the delivery costs, as ``Reserved`` does."""
        return Decimal(self.cost)


def being_paid(request: HttpRequest, basket_id: object) -> BeingPaid | None:
    """Return what the payment for a basket is for, None if none has begun, or its order is placed."""
    kept = _payment_for(request, basket_id)
    return BeingPaid(**kept) if kept else None


def began_here(request: HttpRequest, basket_id: object) -> bool:
    """Say whether the payment for a basket has begun in this session."""
    return str(basket_id) in _begun(request)


def begin_payment(request: HttpRequest, basket: Any, choice: str, submission: dict[str, Any]) -> None:
    """Keep what the payment for a basket is for, and Oscar's session, which another tab may overwrite."""
    charge, surcharges = submission.get("shipping_charge"), submission.get("surcharges") or ()
    session = checkout_session(request)
    session.set_submitted_basket(basket)
    checkout = deepcopy(request.session[session.SESSION_KEY])
    if fields := _fields_of_account(request, session):
        checkout["shipping"]["new_address_fields"] = fields
    post_office = reserved(choice)
    offers = [
        (one["offer"].pk, one["voucher"] and one["voucher"].pk, one["freq"], *_gives(one["offer"], basket))
        for one in basket.offer_applications
    ]
    lines = [line for line in basket.all_lines() if line.is_tax_known]
    begun = BeingPaid(
        choice=choice,
        seen=request.POST.get("seen", ""),
        cost=str(post_office.price) if post_office else "0",
        province=post_office.province if post_office else "",
        charge=_amounts(charge.excl_tax, charge.incl_tax) if charge else None,
        surcharges=[
            (str(one.surcharge.name), one.surcharge.code, *_amounts(one.price.excl_tax, one.price.incl_tax))
            for one in surcharges
        ],
        prices={
            str(line.pk): (
                *_amounts(line.unit_price_excl_tax, line.unit_price_incl_tax),
                str(line.unit_effective_price),
            )
            for line in lines
        },
        quantities={str(line.pk): line.quantity for line in basket.all_lines()},
        offers=offers,
        checkout=checkout,
        language=get_language(),
        attempt=get_random_string(8),
    )
    _keep(request, basket, begun._asdict())
    # A request that is cut off while it takes the payment saves nothing any longer.
    request.session.save()


def resume_payment(request: HttpRequest, basket: Any) -> None:
    """Let Oscar's session be again what it was when the payment for a basket began: address, method, order number."""
    if kept := _payment_for(request, basket.pk):
        key, then = get_class("checkout.utils", "CheckoutSessionData").SESSION_KEY, deepcopy(kept["checkout"])
        now = request.session.get(key, {})
        # What the payment's own code has noted since stays.
        for noted in ("payment", "submission"):
            then[noted] = {**now.get(noted, {}), **then.get(noted, {})}
        request.session[key] = {**now, **then}


def note_of_payment(request: HttpRequest, basket: Any, **became: bool) -> None:
    """Note what the payment for a basket ``became``."""
    if payment := _payment_for(request, basket.pk):
        _keep(request, basket, {**payment, **became})


def has_left(request: HttpRequest) -> bool:
    """Say whether the buyer was sent to a payment page, which has not answered yet, or the payment was cut off."""
    session = checkout_session(request)
    basket = session and session.get_submitted_basket_id()
    begun = being_paid(request, basket) if basket else None
    if begun is None or not (begun.left or time() - begun.at > TAKEN_SECONDS):
        return False
    baskets = get_model("basket", "Basket")
    return bool(baskets._default_manager.filter(pk=basket, status=baskets.FROZEN).exists())


def hold_own_choice(request: HttpRequest) -> None:
    """Let the session go on with a copy of a choice that a payment for another basket has begun for."""
    own = str(request.basket.pk)  # type: ignore[attr-defined]
    others = [begun for basket, begun in _begun(request).items() if basket != own and not begun["given_back"]]
    if draft_id_of(request) in {begun["choice"] for begun in others}:
        with suppress(DraftUnknown):
            if draft := draft_of(request):
                remember_draft(request, editable(draft, before_making=visitor_of(request).store))


def end_payment(request: HttpRequest, basket_id: object) -> str | None:
    """Forget the payment for a basket, whose order is placed; return its choice, None if not begun in this session."""
    begun = _begun(request)
    ended = begun.pop(str(basket_id), None)
    request.session[BEGUN] = begun
    with_cache(lambda cache: cache.delete_many(_keys(basket_id)), None)
    return ended and str(ended["choice"])


def _gives(offer: Any, basket: Any) -> tuple[str, list[list[int]]]:
    """Return what an offer takes off, and for which products, which staff may edit meanwhile."""
    parts, products = [offer.benefit, offer.condition], [line.product for line in basket.all_lines()]
    covered = [[one.pk for one in products if part.range and part.range.contains_product(one)] for part in parts]
    return str(serialize("json", parts)), covered


def _amounts(excl_tax: Decimal, incl_tax: Decimal) -> tuple[str, str]:
    return str(excl_tax), str(incl_tax - excl_tax)


def _begun(request: HttpRequest) -> dict[str, Any]:
    return dict(request.session.get(BEGUN, {}))


def _keep(request: HttpRequest, basket: Any, payment: dict[str, Any]) -> None:
    begun, payment = _begun(request), {**payment, "at": time()}
    begun.pop(str(basket.pk), None)
    request.session[BEGUN] = dict([*begun.items(), (str(basket.pk), payment)][-MOST:])
    with_cache(lambda cache: cache.set(_keys(basket.pk)[0], payment, KEPT_SECONDS), None)


def _payment_for(request: HttpRequest, basket_id: object) -> dict[str, Any]:
    """Return what is kept of the payment for a basket: by the shared cache, for every browser, or by this session.

    The newer counts: a cache that is full keeps what it held before.
    """
    kept: dict[str, Any] = with_cache(lambda cache: cache.get_many(_keys(basket_id)), {})
    every = [*kept.values(), _begun(request).get(str(basket_id), {})]
    return max(every, key=lambda payment: payment.get("at", 0.0))


def _keys(basket_id: object) -> list[str]:
    """Return where the cache keeps it, and where it did before the shop's key was changed."""
    return [own_key(BEGUN, str(basket_id), key=key) for key in shops_keys()]


def _fields_of_account(request: HttpRequest, session: Any) -> dict[str, Any]:
    """Return the address of the account that was chosen, as Oscar keeps one that is typed in; none for any other."""
    if session.new_shipping_address_fields() or not (address := shipping_address(request, session)):
        return {}
    address.populate_alternative_model(shipped := get_model("order", "ShippingAddress")())
    fields = {field.attname: getattr(shipped, field.attname) for field in shipped._meta.concrete_fields}
    # A phone number is an object.
    return {
        name: value if value is None or isinstance(value, str | int) else str(value) for name, value in fields.items()
    }
