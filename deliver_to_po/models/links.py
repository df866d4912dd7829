"""Signed, expiring links with which a buyer chooses a post office again; there are no others.

A link holds the delivery's id and how often its post office was chosen: choosing makes every former link useless.
"""

import uuid

from django.core import signing
from django.urls import reverse

from deliver_to_po.core.choices.states import WITHOUT_OFFICE
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import language_of
from deliver_to_po.errors import LinkExpired, LinkUnknown, LinkUsed
from deliver_to_po.models import Delivery

SALT = "deliver_to_po.choose_again"
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
    pk, choice = _read(token)
    delivery = Delivery.objects.filter(pk=pk, order__isnull=False).first()
    if delivery is None:
        raise LinkUnknown
    if delivery.choice != choice:
        raise used(delivery)
    if delivery.current_order_id is None:
        for current in Delivery.objects.filter(current_order=delivery.order_id):
            raise used(current)
    return delivery


def used(delivery: Delivery) -> LinkUsed:
    """Return the error of a link that choosing made useless: it names the office, unless that must be chosen again."""
    return LinkUsed.named("" if delivery.state in WITHOUT_OFFICE else delivery.office_name)


def path_for(delivery: Delivery) -> str:
    """Return the path of the page on which the buyer chooses again, in the delivery's language."""
    return reverse("deliver_to_po:again", args=[language_of(delivery.language), token_for(delivery)])


def url_for(delivery: Delivery) -> str:
    """Return the whole address of that page, for an e-mail; ``""`` while SITE_URL is not set."""
    site = app_settings.site_url
    return f"{site}{path_for(delivery)}" if site else ""


def _read(token: str) -> tuple[uuid.UUID, int]:
    if len(token) > LONGEST_TOKEN:
        raise LinkUnknown
    try:
        text = signing.TimestampSigner(salt=SALT).unsign(token, max_age=app_settings.choose_again_link_lifetime)
    except signing.SignatureExpired:
        raise LinkExpired from None
    except signing.BadSignature:
        raise LinkUnknown from None
    pk, choice = text.split("-")
    return uuid.UUID(pk), int(choice)
