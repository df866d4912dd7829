"""Erasing recipients and labels on somebody's wish, deleting what was tried out, and what is said afterwards."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from deliver_to_po.admin.changes.confirm_page import DeskChange, Told
from deliver_to_po.admin.permissions import DELETE, ERASE
from deliver_to_po.admin.privacy.request_words import ERASED, FAILED
from deliver_to_po.errors import StillLive
from deliver_to_po.handoff.changing.cancelling import forget
from deliver_to_po.models import Delivery
from deliver_to_po.privacy.erasing import Erasure, erase_delivery

OUTCOMES: Mapping[Erasure, Told] = {
    Erasure.ERASED: Told(messages.SUCCESS, ERASED),
    Erasure.LATER: Told(
        messages.WARNING,
        ngettext_lazy(
            "%(count)d delivery has a parcel that is being made. Erase it again when the parcel has its label.",
            "%(count)d deliveries have a parcel that is being made. Erase them again when those have their labels.",
            "count",
        ),
    ),
    Erasure.FAILED: Told(messages.ERROR, FAILED),
}


ERASE_RECIPIENTS = DeskChange[Delivery](
    name="erase_recipients",
    label=_("Erase recipients and labels"),
    permission=ERASE,
    does=_(
        "Names, addresses, e-mail addresses, phone numbers and labels of these deliveries will be erased for good. "
        "No more labels will be requested."
    ),
    refusal=_("The recipients of these are erased already."),
    form=forms.Form,
    applies=lambda delivery: delivery.erased_at is None,
    make=lambda delivery, user, values: OUTCOMES[erase_delivery(delivery, user=user)],
    for_many=True,
    is_final=True,
)


_DELETED = ngettext_lazy("%(count)d test delivery is deleted.", "%(count)d test deliveries are deleted.", "count")


_BUSY = ngettext_lazy(
    "The label of %(count)d test delivery is being requested right now. Try again in a minute.",
    "The labels of %(count)d test deliveries are being requested right now. Try again in a minute.",
    "count",
)


def _delete(delivery: Delivery, user: Any, values: Mapping[str, Any]) -> Told:
    try:
        forget(delivery.order)
    except StillLive:
        return Told(messages.WARNING, _BUSY)
    return Told(messages.SUCCESS, _DELETED)


DELETE_TESTS = DeskChange[Delivery](
    name="delete_tests",
    label=_("Delete test deliveries"),
    permission=DELETE,
    does=_(
        "These deliveries are deleted with their parcels, labels and history, and with every other test delivery of "
        "the same orders. Real deliveries are left as they are. The orders can be deleted afterwards."
    ),
    refusal=_("There is no test delivery among these."),
    form=forms.Form,
    # An order that has a real delivery, too, keeps all of its deliveries.
    applies=lambda delivery: not Delivery.objects.filter(order=delivery.order_id, live=True).exists(),
    make=_delete,
    for_many=True,
    is_final=True,
)
