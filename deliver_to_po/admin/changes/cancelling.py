""" "Cancel the delivery" and "Ship to the buyer's home instead": what each does, and what is said afterwards."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from deliver_to_po.admin.changes.confirm_page import DeskChange, Told, said
from deliver_to_po.admin.changes.consequences import when_cancelled
from deliver_to_po.admin.permissions import CANCEL as MAY_CANCEL
from deliver_to_po.core.choices import Reason
from deliver_to_po.core.choices.states import EXISTING
from deliver_to_po.handoff.changing.as_asked import newest
from deliver_to_po.handoff.changing.cancelling import Cancelled, can_be_cancelled, cancel_delivery
from deliver_to_po.handoff.changing.ship_again import is_shipped_anew
from deliver_to_po.models import Delivery

OUTCOMES: Mapping[Cancelled, Told] = {
    Cancelled.CANCELLED: Told(
        messages.SUCCESS,
        ngettext_lazy("%(count)d delivery is cancelled.", "%(count)d deliveries are cancelled.", "count"),
    ),
    Cancelled.ASKED: Told(
        messages.SUCCESS,
        ngettext_lazy(
            "%(count)d delivery will be cancelled automatically: labels already made are being voided first, or an "
            "answer is still awaited. Destroy any printed labels.",
            "%(count)d deliveries will be cancelled automatically: labels already made are being voided first, or an "
            "answer is still awaited. Destroy any printed labels.",
            "count",
        ),
    ),
    Cancelled.NEEDS_PERSON: Told(
        messages.WARNING,
        ngettext_lazy(
            "%(count)d delivery will be cancelled once somebody has dealt with one of its parcels: see what to do "
            "beside that parcel. Destroy any printed labels.",
            "%(count)d deliveries will be cancelled once somebody has dealt with a parcel of each: see what to do "
            "beside that parcel. Destroy any printed labels.",
            "count",
        ),
    ),
}
TO_HOME_OUTCOMES: Mapping[Cancelled, Told] = {
    Cancelled.CANCELLED: said(
        messages.SUCCESS,
        _("The delivery to the post office is cancelled. Ship the order as the shop ships to a home."),
    ),
    Cancelled.ASKED: said(
        messages.WARNING,
        _(
            "The delivery to the post office will be cancelled automatically. Ship the order to the home only when "
            "it is: labels already made are being voided first, or an answer is still awaited."
        ),
    ),
    Cancelled.NEEDS_PERSON: said(
        messages.WARNING,
        _(
            "The delivery to the post office will be cancelled once somebody has dealt with one of its parcels: see "
            "what to do beside that parcel. Ship the order to the home only after that."
        ),
    ),
}


def _to_home(delivery: Delivery, user: Any, values: Mapping[str, Any]) -> Told | None:
    return TO_HOME_OUTCOMES.get(cancel_delivery(delivery, values["note"], reason=Reason.TO_HOME, user=user))


def _what_cancelling_does(delivery: Delivery) -> Promise | None:
    """Return what a clerk looks for: the order of what came back is refunded, and what was charged at once is."""
    if is_shipped_anew(delivery):
        return _("Cancel, and refund the buyer")
    charged = any(row.by_card and row.transmitted_at for row in newest(delivery).filter(state__in=EXISTING))
    return _("Ask for the refund") if charged else None


CANCEL = DeskChange[Delivery](
    name="cancel",
    label=_("Cancel the delivery"),
    permission=MAY_CANCEL,
    does=_("No more labels will be requested, and those already made will be voided, or their refund requested."),
    refusal=_(
        "There is nothing to cancel: it is cancelled already or will be automatically, or all of it is picked up."
    ),
    applies=can_be_cancelled,
    make=lambda delivery, user, values: OUTCOMES.get(cancel_delivery(delivery, values["note"], user=user)),
    foretold=when_cancelled,
    for_many=True,
    is_final=True,
    named=_what_cancelling_does,
)
TO_HOME = DeskChange[Delivery](
    name="to_home",
    label=_("Ship to the buyer’s home instead"),
    permission=MAY_CANCEL,
    does=_(
        "The delivery to the post office will be cancelled, with this reason; the shop then ships the order to the "
        "buyer’s home as usual."
    ),
    refusal=_(
        "The delivery to the post office is cancelled already or will be automatically, or all of it is picked up."
    ),
    applies=lambda delivery: can_be_cancelled(delivery) and delivery.stop_asked_at is None,
    make=_to_home,
    foretold=when_cancelled,
    is_final=True,
)
