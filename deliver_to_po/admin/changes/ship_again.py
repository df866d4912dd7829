""" "Ship it again": what a clerk does with an order whose parcels came back or are lost, if it is not refunded."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.utils.translation import gettext_lazy as _

from deliver_to_po.admin.changes.confirm_page import DeskChange, OptionalReasonForm, Told, said
from deliver_to_po.admin.permissions import MAKE_AGAIN
from deliver_to_po.handoff.changing.ship_again import can_be_shipped_again, ship_again
from deliver_to_po.models import Delivery


def _send(delivery: Delivery, user: Any, values: Mapping[str, Any]) -> Told:
    ship_again(delivery.order, user=user, note=values["note"])
    return said(
        messages.SUCCESS,
        _("The order has a new delivery, with the same recipient and post office, under the same reference."),
    )


SHIP_AGAIN = DeskChange[Delivery](
    name="ship_again",
    label=_("Ship it again"),
    permission=MAKE_AGAIN,
    does=_(
        "The order gets a new delivery and new labels, with the same recipient and post office. This one is cancelled. "
        "First ask the buyer why the parcel was not picked up, and whether the post office still suits them."
    ),
    refusal=_("This order cannot be shipped again: no parcel of it came back, another is under way, or it is erased."),
    form=OptionalReasonForm,
    applies=can_be_shipped_again,
    make=_send,
)
