""" "Ship it again": what a clerk does with parcels that came back or are lost, if they are not refunded."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.utils.translation import gettext_lazy as _

from deliver_to_po.admin.changes.confirm_page import DeskChange, Told, said
from deliver_to_po.admin.changes.consequences import when_shipped_again
from deliver_to_po.admin.permissions import MAKE_AGAIN
from deliver_to_po.admin.reason_form import OptionalReasonForm
from deliver_to_po.handoff.changing.ship_again import can_be_shipped_again, ship_again
from deliver_to_po.models import Delivery


def _send(delivery: Delivery, user: Any, values: Mapping[str, Any]) -> Told:
    if ship_again(delivery.order, user=user, note=values["note"]).pk == delivery.pk:
        return said(
            messages.SUCCESS, _("What came back or is lost will get a new label; the other parcels stay as they are.")
        )
    return said(
        messages.SUCCESS,
        _("The order has a new delivery, with the same recipient and post office, under the same reference."),
    )


SHIP_AGAIN = DeskChange[Delivery](
    name="ship_again",
    label=_("Ship it again"),
    permission=MAKE_AGAIN,
    does=_(
        "What came back or is lost will get new labels, for the recipient and the post office shown here. First "
        "ask the buyer why the parcel was not picked up, and whether the post office still suits them."
    ),
    refusal=_(
        "Nothing of this order can be shipped again: no parcel came back or is lost, or the recipient is erased."
    ),
    form=OptionalReasonForm,
    applies=can_be_shipped_again,
    make=_send,
    foretold=when_shipped_again,
)
