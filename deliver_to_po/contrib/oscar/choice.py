"""Which way of delivery a visitor's checkout is for, and what Oscar's session knows of the buyer."""

from contextlib import suppress
from copy import deepcopy
from decimal import Decimal
from time import time
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.crypto import get_random_string
from django.utils.translation import get_language
from oscar.core.loading import get_class, get_model

from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.checkout.draft import editable
from deliver_to_po.checkout.session import remember_draft
from deliver_to_po.core.shared_cache import with_cache
from deliver_to_po.errors import DraftUnknown
from deliver_to_po.shop import draft_id_of, draft_of, reserved

#: What Oscar keeps as ``order.shipping_code``.
CODE = "deliver-to-post-office"
# Where a session keeps what each payment that has begun is for, by the key of its frozen basket.
BEGUN = "deliver_to_po.oscar"
# So many of the last ones are kept: nobody hears again of a payment that is given up on its page.
MOST = 5
# And by the shared cache for so long, for an answer that comes in another browser or without one.
KEPT_SECONDS = 3 * 24 * 3600


class BeingPaid(NamedTuple):
    """What a payment for a basket is for since it began, whatever has become of the choice; ``choice`` is its id.

    ``price`` is in CAD before tax what the delivery costs, and ``province`` the one whose taxes are charged. Home
    delivery has none of them. ``prices`` are those of one piece before tax, and its tax, by the key of the basket's
    line. ``offers`` are the keys of Oscar's offers that were applied, each with its voucher's, and how often.
    ``charge`` is the delivery's after offers, before tax, and its tax; None where Oscar has not said it.
    ``language`` is the buyer's. ``attempt`` is another one whenever a payment for the basket begins.
    """

    choice: str
    seen: str
    price: Decimal
    province: str
    prices: dict[str, tuple[str, str]]
    offers: list[tuple[int, int | None, int]]
    charge: tuple[str, str] | None
    given_back: bool
    language: str | None
    attempt: str


def checkout_session(request: HttpRequest) -> Any:
    """Return Oscar's session of a checkout, None where the visitor is in none: to ask does not begin one."""
    data = get_class("checkout.utils", "CheckoutSessionData")
    return data(request) if data.SESSION_KEY in getattr(request, "session", {}) else None


def chose_post_office(request: HttpRequest) -> bool:
    """Say whether the visitor has chosen this method in their checkout."""
    session = checkout_session(request)
    return session is not None and session.shipping_method_code(None) == CODE


def being_paid(request: HttpRequest, basket_id: object) -> BeingPaid | None:
    """Return what the payment for a basket is for, None where none has begun, or its order is placed."""
    kept = _payment_for(request, basket_id)
    if not kept:
        return None
    price, province = kept["terms"]
    return BeingPaid(
        choice=kept["choice"],
        seen=kept["seen"],
        price=Decimal(price),
        province=province,
        prices=kept["prices"],
        offers=kept["offers"],
        charge=kept["charge"],
        given_back="given_back" in kept,
        language=kept["language"],
        attempt=kept["attempt"],
    )


def begin_payment(request: HttpRequest, basket: Any, choice: str, charge: Any) -> None:
    """Keep what the payment for a basket is for, and Oscar's session, which another tab may overwrite."""
    session = checkout_session(request)
    session.set_submitted_basket(basket)
    seen, checkout = request.POST.get("seen", ""), deepcopy(request.session[session.SESSION_KEY])
    if fields := _fields_of_account(request, session):
        checkout["shipping"]["new_address_fields"] = fields
    post_office = reserved(choice)
    terms = (str(post_office.price), post_office.province) if post_office else ("0", "")
    prices = {
        str(line.pk): (str(line.unit_price_excl_tax), str(line.unit_price_incl_tax - line.unit_price_excl_tax))
        for line in basket.all_lines()
        if line.is_tax_known
    }
    offers = [(one["offer"].pk, one["voucher"] and one["voucher"].pk, one["freq"]) for one in basket.offer_applications]
    kept = {"choice": choice, "seen": seen, "checkout": checkout, "terms": terms, "prices": prices, "offers": offers}
    charged = (str(charge.excl_tax), str(charge.tax)) if charge else None
    _keep(request, basket, {**kept, "charge": charged, "language": get_language(), "attempt": get_random_string(8)})


def resume_payment(request: HttpRequest, basket: Any) -> None:
    """Let Oscar's session be again what it was when the payment for a basket began: address, method, order number."""
    if kept := _payment_for(request, basket.pk):
        key, then = get_class("checkout.utils", "CheckoutSessionData").SESSION_KEY, deepcopy(kept["checkout"])
        now = request.session.get(key, {})
        # What a payment extension has noted since stays.
        then["submission"] = {**now.get("submission", {}), **then["submission"]}
        request.session[key] = {**now, **then}


def give_payment_back(request: HttpRequest, basket: Any) -> str:
    """Note that the payment for a basket was given up; return the id of its choice, ``""`` where nobody knows it."""
    payment = _payment_for(request, basket.pk)
    if payment:
        _keep(request, basket, {**payment, "given_back": True})
    return str(payment.get("choice", ""))


def hold_own_choice(request: HttpRequest) -> None:
    """Let the session go on with a copy of a choice that a payment for another basket has begun for."""
    own = str(request.basket.pk)  # type: ignore[attr-defined]
    others = [begun for basket, begun in _begun(request).items() if basket != own and "given_back" not in begun]
    if draft_id_of(request) in {begun["choice"] for begun in others}:
        with suppress(DraftUnknown):
            if draft := draft_of(request):
                remember_draft(request, editable(draft))


def end_payment(request: HttpRequest, basket_id: object) -> str | None:
    """Forget the payment for a basket, whose order is placed; return its choice, None if not begun in this session."""
    begun = _begun(request)
    ended = begun.pop(str(basket_id), None)
    request.session[BEGUN] = begun
    with_cache(lambda cache: cache.delete(_key(basket_id)), None)
    return ended and str(ended["choice"])


def _begun(request: HttpRequest) -> dict[str, Any]:
    return dict(request.session.get(BEGUN, {}))


def _keep(request: HttpRequest, basket: Any, payment: dict[str, Any]) -> None:
    begun, payment = _begun(request), {**payment, "at": time()}
    begun.pop(str(basket.pk), None)
    request.session[BEGUN] = dict([*begun.items(), (str(basket.pk), payment)][-MOST:])
    with_cache(lambda cache: cache.set(_key(basket.pk), payment, KEPT_SECONDS), None)


def _payment_for(request: HttpRequest, basket_id: object) -> dict[str, Any]:
    """Return what is kept of the payment for a basket: by the shared cache, for every browser, or by this session.

    The newer counts: a cache that is full keeps what it held before.
    """
    kept: dict[str, Any] = with_cache(lambda cache: cache.get(_key(basket_id), {}), {})
    return max(kept, _begun(request).get(str(basket_id), {}), key=lambda payment: payment.get("at", 0.0))


def _key(basket_id: object) -> str:
    return f"{BEGUN}.{basket_id}"


def suggestion(request: HttpRequest) -> RecipientSuggestion:
    """Return who probably picks up: the name and address that the buyer has given for this checkout."""
    session = checkout_session(request)
    if session is None:
        return RecipientSuggestion()
    user = request.user
    email = (user.email if user.is_authenticated else session.get_guest_email()) or ""
    address = _shipping_address(request, session)
    if address is None:
        return RecipientSuggestion(email=email)
    return RecipientSuggestion(
        name=f"{address.first_name} {address.last_name}".strip(),
        address_line_1=address.line1 or "",
        address_line_2=" ".join(filter(None, (address.line2, address.line3))),
        city=address.line4 or "",
        province=address.state or "",
        postal_code=address.postcode or "",
        email=email,
        phone=str(getattr(address, "phone_number", "") or ""),
    )


def _fields_of_account(request: HttpRequest, session: Any) -> dict[str, Any]:
    """Return the address of the account that was chosen, as Oscar keeps one that is typed in; none for any other."""
    if session.new_shipping_address_fields() or not (address := _shipping_address(request, session)):
        return {}
    address.populate_alternative_model(shipped := get_model("order", "ShippingAddress")())
    fields = {field.attname: getattr(shipped, field.attname) for field in shipped._meta.concrete_fields}
    # A phone number is an object.
    return {
        name: value if value is None or isinstance(value, str | int) else str(value) for name, value in fields.items()
    }


def _shipping_address(request: HttpRequest, session: Any) -> Any:
    if fields := session.new_shipping_address_fields():
        return get_model("order", "ShippingAddress")(**fields)
    if not (key := session.shipping_user_address_id()):
        return None
    user: Any = request.user
    return user.addresses.filter(pk=key).first() if user.is_authenticated else None
