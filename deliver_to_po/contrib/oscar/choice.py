"""Which way of delivery a visitor's checkout is for, and what Oscar's session knows of the buyer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from oscar.core.loading import get_class, get_model

from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.shop import Review, review

#: What Oscar keeps as ``order.shipping_code``.
CODE = "deliver-to-post-office"
# Where a request keeps what its visitor was told.
TOLD = "_deliver_to_po_told"


def checkout_session(request: HttpRequest) -> Any:
    """Return Oscar's session of a checkout, None if the visitor is in none: to ask does not begin one."""
    data = get_class("checkout.utils", "CheckoutSessionData")
    return data(request) if data.SESSION_KEY in getattr(request, "session", {}) else None


def chose_post_office(request: HttpRequest) -> bool:
    """Say whether the visitor has chosen this method in their checkout."""
    session = checkout_session(request)
    return session is not None and session.shipping_method_code(None) == CODE


def reviewed(request: HttpRequest) -> Review:
    """Return the review of the visitor's choice, and tell them what has changed: whichever page asks first hears it."""
    chosen = review(request)
    # While one request is answered the review stays the same.
    if chosen.notice and request.__dict__.get(TOLD) != chosen.notice:
        request.__dict__[TOLD] = chosen.notice
        messages.info(request, chosen.notice, fail_silently=True)
    return chosen


def suggestion(request: HttpRequest) -> RecipientSuggestion:
    """Return who probably picks up: the name and address that the buyer has given for this checkout."""
    session = checkout_session(request)
    if session is None:
        return RecipientSuggestion()
    user = request.user
    email = (user.email if user.is_authenticated else session.get_guest_email()) or ""
    address = shipping_address(request, session)
    if address is None:
        return RecipientSuggestion(email=email)
    return RecipientSuggestion(
        name=f"{address.first_name} {address.last_name}".strip(),
        address_line_1=address.line1 or "",
        address_line_2=" ".join(filter(None, (address.line2, address.line3))),
        city=address.line4 or "",
        # "NT" is in Australia, too.
        province=(address.state or "") if address.country_id in ("CA", "", None) else "",
        postal_code=address.postcode or "",
        email=email,
        phone=str(getattr(address, "phone_number", "") or ""),
    )


def shipping_address(request: HttpRequest, session: Any) -> Any:
    """Return the address of the buyer's checkout, typed in or the account's; None if there is none."""
    if fields := session.new_shipping_address_fields():
        return get_model("order", "ShippingAddress")(**fields)
    if not (key := session.shipping_user_address_id()):
        return None
    user: Any = request.user
    return user.addresses.filter(pk=key).first() if user.is_authenticated else None
