"""How an order gets another delivery: "Ship it again", what came back or is lost, and "Ship it for real", a test."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from deliver_to_po.admin.changes.confirm_page import DeskChange, OptionalReasonForm, Told, said
from deliver_to_po.admin.changes.consequences import when_shipped_again
from deliver_to_po.admin.permissions import MAKE_AGAIN
from deliver_to_po.handoff.changing.make_real import left_as_tests, make_real
from deliver_to_po.handoff.changing.ship_again import can_be_shipped_again, ship_again
from deliver_to_po.models import Delivery


def _ship_again(delivery: Delivery, user: Any, values: Mapping[str, Any]) -> Told:
    if ship_again(delivery.order, user=user, note=values["note"]).pk == delivery.pk:
        return said(
            messages.SUCCESS, _("What came back or is lost will get a new label; the other parcels stay as they are.")
        )
    return said(
        messages.SUCCESS,
        _("The order has a new delivery, with the same recipient and post office, under the same reference."),
    )


def _make_real(delivery: Delivery, user: Any, values: Mapping[str, Any]) -> Told:
    make_real(delivery, user=user, note=values["note"])
    words = ngettext_lazy(
        "%(count)d order has a real delivery now, with the same recipient and post office.",
        "%(count)d orders have real deliveries now, with the same recipients and post offices.",
        "count",
    )
    return Told(messages.SUCCESS, words)


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
    make=_ship_again,
    foretold=when_shipped_again,
)
MAKE_REAL = DeskChange[Delivery](
    name="make_real",
    label=_("Ship it for real"),
    permission=MAKE_AGAIN,
    does=_(
        "Press this only if a buyer waits for the order: it was placed while the shop was in test mode. A real "
        "delivery will take the place of the test, and its label costs money. A label that was made before is worth "
        "nothing: destroy it."
    ),
    refusal=_("None of these is a test that waits in a shop that ships for real."),
    form=OptionalReasonForm,
    applies=lambda delivery: left_as_tests().filter(pk=delivery.pk).exists(),
    make=_make_real,
    for_many=True,
)
