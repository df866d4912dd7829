"""Signed, expiring links: one with which a buyer chooses a post office again, one from the page of an order.

The first, for an e-mail, holds the delivery's id and how often its post office was chosen: choosing makes every former
link useless. The second is made each time that the page of the order is shown.
"""

import uuid
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

from django.core import signing
from django.urls import NoReverseMatch, get_script_prefix, reverse

from deliver_to_po.core.choices.states import WITHOUT_OFFICE
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import language_of, speaking
from deliver_to_po.errors import LinkExpired, LinkUnknown, LinkUsed, OrderPageLinkExpired
from deliver_to_po.models import Delivery
from deliver_to_po.models.only import only

SALT = "deliver_to_po.choose_again"
ORDER_PAGE_SALT = "deliver_to_po.order_page"
# Whoever has the order's page open may finish the day on it.
ORDER_PAGE_LIFETIME = timedelta(days=1)
# Longer than any that was made here.
LONGEST_TOKEN = 200


def token_for(delivery: Delivery) -> str:
    """Return what a link to choose again holds: it proves nothing but itself, and says nothing of a person."""
    return signing.TimestampSigner(salt=SALT).sign(f"{delivery.pk.hex}-{delivery.choice}")


def delivery_for(token: str) -> Delivery:
    """Return the delivery that a link is about. Nothing is used up by asking.

    Raises LinkUnknown for what was not made here, LinkExpired after CHOOSE_AGAIN_LINK_LIFETIME, and LinkUsed when the
    post office was chosen since, or another delivery of the order has taken this one's place.
    """
    pk, choice = _read(token, SALT, app_settings.choose_again_link_lifetime).split("-")
    delivery = only(Delivery.objects.filter(pk=uuid.UUID(pk), order__isnull=False))
    if delivery is None:
        raise LinkUnknown
    if delivery.choice != int(choice):
        raise used(delivery)
    if delivery.current_order_id is None:
        for current in Delivery.objects.filter(current_order=delivery.order_id):
            raise used(current)
    return delivery


def chosen_with(token: str) -> Delivery | None:
    """Return the delivery whose post office was chosen with this link and not since, None for none."""
    with suppress(LinkExpired, LinkUnknown):
        pk, choice = _read(token, SALT, app_settings.choose_again_link_lifetime).split("-")
        return only(Delivery.objects.filter(pk=uuid.UUID(pk), choice=int(choice) + 1, current_order__isnull=False))
    return None


def used(delivery: Delivery) -> LinkUsed:
    """Return the error of a link that choosing made useless: it names the office, unless that must be chosen again."""
    return LinkUsed.named("" if delivery.state in WITHOUT_OFFICE else delivery.office_name)


def path_for(delivery: Delivery) -> str:
    """Return the path of the page on which the buyer chooses again, in the delivery's language."""
    with speaking(delivery.language):
        return reverse("deliver_to_po:again", args=[language_of(delivery.language), token_for(delivery)])


def url_for(delivery: Delivery) -> str:
    """Return the whole address of that page, for an e-mail; ``""`` while SITE_URL is not set, or it has no address."""
    with suppress(NoReverseMatch):
        return address_of(path_for(delivery))
    return ""


def address_of(path: str) -> str:
    """Return the whole address of a page at ``path``, for an e-mail; ``""`` while SITE_URL is not set.

    The folder that the shop lives in stands there once: SITE_URL may name it, and a path begins with it where Django
    knows it.
    """
    site, folder = app_settings.site_url, get_script_prefix().rstrip("/")
    if folder and urlsplit(site).path.endswith(folder):
        path = path.removeprefix(folder)
    return f"{site}{path}" if site else ""


def order_page_token(delivery: Delivery) -> str:
    """Return what the links on the page of an order hold: whoever may see that page may follow them."""
    return signing.TimestampSigner(salt=ORDER_PAGE_SALT).sign(delivery.pk.hex)


def delivery_of_page(token: str) -> Delivery:
    """Return the delivery that a link on the page of an order is about.

    Raises LinkUnknown for what was not made here, and OrderPageLinkExpired after ORDER_PAGE_LIFETIME, or when another
    delivery of the order has taken this one's place.
    """
    try:
        pk = _read(token, ORDER_PAGE_SALT, ORDER_PAGE_LIFETIME)
    except LinkExpired:
        raise OrderPageLinkExpired from None
    delivery = only(Delivery.objects.filter(pk=uuid.UUID(pk), current_order__isnull=False))
    if delivery is None:
        raise OrderPageLinkExpired
    return delivery


def _read(token: str, salt: str, lifetime: timedelta) -> str:
    if len(token) > LONGEST_TOKEN:
        raise LinkUnknown
    try:
        return signing.TimestampSigner(salt=salt).unsign(token, max_age=lifetime)
    except signing.SignatureExpired:
        raise LinkExpired from None
    except signing.BadSignature:
        raise LinkUnknown from None
