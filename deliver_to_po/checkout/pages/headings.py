"""Path, heading and lead of the pages on which an office is chosen: in a checkout, or again for an order."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost.letter_case import as_people_read
from deliver_to_po.core.choices import CLOSED_OFFICE, DeliveryState
from deliver_to_po.models import Delivery


class Pages(NamedTuple):
    """The path of the list of offices, below which each office has a page ``office/…/``, and its words.

    ``home_delivery`` is where the buyer chooses another way of delivery, or ``""`` if there is no such way. The pages
    extend ``base_template``, and ``in_checkout`` tells a shop's own base template whether a checkout is around them.
    """

    base_template: str
    choose: str = ""
    heading: str | Promise = ""
    lead: str | Promise = ""
    home_delivery: str = ""
    in_checkout: bool = False


def pages_of_step(home_delivery: str, base_template: str) -> Pages:
    return Pages(
        choose=reverse("deliver_to_po:choose"),
        heading=_("Choose your post office"),
        lead=_(
            "Canada Post will deliver your parcel to the post office you choose. Whoever picks it up must show "
            "government-issued photo ID."
        ),
        home_delivery=home_delivery,
        base_template=base_template,
        in_checkout=True,
    )


def pages_of_link(delivery: Delivery, choose: str, base_template: str) -> Pages:
    """Return the pages at the path ``choose`` on which the post office of a placed delivery is chosen again."""
    return Pages(
        choose=choose,
        heading=_("Choose another post office") if delivery.office_id else _("Choose your post office"),
        lead=_lead(delivery),
        base_template=base_template,
    )


def _lead(delivery: Delivery) -> str:
    if delivery.state != DeliveryState.NEEDS_CHOICE:
        told = gettext("Your parcel is going to %(office)s. You can choose another post office here.")
    elif delivery.reason in CLOSED_OFFICE.values() and delivery.office_name:
        told = gettext(
            "%(office)s no longer accepts parcels. Your order is still valid: choose another post office, and we "
            "will ship it there."
        )
    else:
        told = gettext("Your order is still valid: choose the post office where we should ship it.")
    return told % {"office": as_people_read(delivery.office_name)}
