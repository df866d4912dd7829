""" "Ship it for real": what a clerk does with an order that somebody really placed while the shop was in test mode."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from deliver_to_po.admin.changes.confirm_page import DeskChange, Told
from deliver_to_po.admin.permissions import MAKE_AGAIN
from deliver_to_po.admin.reason_form import OptionalReasonForm
from deliver_to_po.handoff.changing.make_real import left_as_tests, make_real
from deliver_to_po.models import Delivery


def _made(count: int) -> str:
    return ngettext(
        "%(count)d order has a real delivery now, with the same recipient and post office.",
        "%(count)d orders have real deliveries now, with the same recipients and post offices.",
        count,
    )


def _make(delivery: Delivery, user: Any, values: Mapping[str, Any]) -> Told:
    make_real(delivery, user=user, note=values["note"])
    return Told(messages.SUCCESS, _made)


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
    make=_make,
    for_many=True,
)
