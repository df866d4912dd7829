""" "Fetch the label again": what it does, and what is said afterwards."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from deliver_to_po.admin.changes.confirm_page import DeskChange, OptionalReasonForm, Told
from deliver_to_po.admin.permissions import HAND_OFF
from deliver_to_po.handoff.sending.fetch_label_again import LabelAgain, fetch_label_again, labels_to_fetch_again
from deliver_to_po.models import Delivery

_ASKED = ngettext_lazy(
    "The labels of %(count)d delivery are being fetched again. Reload the page in a moment, or press “Request "
    "the label” to fetch them at once.",
    "The labels of %(count)d deliveries are being fetched again. Reload the page in a moment, or press “Request "
    "the label” to fetch them at once.",
    "count",
)


def _fetch(delivery: Delivery, user: Any, values: Mapping[str, Any]) -> Told | None:
    outcomes = [
        fetch_label_again(shipment, user=user, note=values["note"]) for shipment in labels_to_fetch_again(delivery)
    ]
    return Told(messages.SUCCESS, _ASKED) if LabelAgain.ASKED in outcomes else None


FETCH_LABEL_AGAIN = DeskChange[Delivery](
    name="fetch_label_again",
    label=_("Fetch the label again"),
    permission=HAND_OFF,
    does=_(
        "The shipping system will be asked once more for the labels of its parcels. No parcel will be made "
        "again, and each old label can be opened until the new one has come."
    ),
    refusal=_(
        "There is no label to fetch again: no parcel has one that is valid, it is being fetched already, or the "
        "recipient is erased or about to be."
    ),
    form=OptionalReasonForm,
    applies=lambda delivery: labels_to_fetch_again(delivery).exists(),
    make=_fetch,
    for_many=True,
)
