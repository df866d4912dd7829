"""What a clerk can do to one shipment: have its label made again, and say what a person has found out about it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.admin.changes.confirm_page import DeskChange, ReasonForm, Told, said, told_of
from deliver_to_po.admin.changes.consequences import when_made_again
from deliver_to_po.admin.permissions import MAKE_AGAIN as MAY_MAKE_AGAIN
from deliver_to_po.admin.permissions import SETTLE
from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.identifiers import is_tracking_number
from deliver_to_po.core.choices import DeliveryState, ShipmentState
from deliver_to_po.core.choices.states import UP_TO_A_PERSON
from deliver_to_po.handoff.by_hand.report import report_lost
from deliver_to_po.handoff.changing.change import Changed
from deliver_to_po.handoff.changing.found_by_clerk import label_destroyed, nothing_exists, parcel_exists
from deliver_to_po.handoff.changing.make_again import can_be_made_again, make_again
from deliver_to_po.models import Shipment
from deliver_to_po.shipping.files.table_file import written_number
from deliver_to_po.shipping.registry import is_by_hand


class FoundForm(ReasonForm):
    """The numbers under which a person has found a shipment."""

    shipment_id = forms.CharField(
        label=gettext_lazy("Shipment ID"),
        max_length=lengths.SHIPMENT_ID,
        help_text=gettext_lazy("As the shipping system shows it"),
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )
    tracking_number = forms.CharField(
        label=gettext_lazy("Tracking number, if there is one"),
        max_length=lengths.TRACKING_NUMBER,
        required=False,
        help_text=gettext_lazy("The label is fetched by these numbers"),
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )
    field_order = ("shipment_id", "tracking_number", "note")

    def clean_shipment_id(self) -> str:
        return "".join(self.cleaned_data["shipment_id"].split())

    def clean_tracking_number(self) -> str:
        number = written_number(self.cleaned_data["tracking_number"])
        # Only Canada Post's numbers of 16 and 13 characters have a check digit.
        if len(number) in (16, 13) and not is_tracking_number(number):
            raise forms.ValidationError(_("This is not a Canada Post tracking number."))
        return number


def _is_up_to_a_person(shipment: Shipment) -> bool:
    return shipment.state in UP_TO_A_PERSON


def _may_be_missing(shipment: Shipment) -> bool:
    """Say whether a person can know that nothing was made: also of what they ship by hand themselves."""
    by_hand = shipment.state == ShipmentState.HANDED and is_by_hand(shipment.system)
    return by_hand or _is_up_to_a_person(shipment)


def _make_again(shipment: Shipment, user: Any, values: Mapping[str, Any]) -> Told | None:
    changed = make_again(shipment, user=user, note=values["note"])
    return None if changed == Changed.NOTHING else told_of(changed)


def _destroyed(shipment: Shipment, user: Any, values: Mapping[str, Any]) -> Told:
    changed = label_destroyed(shipment, user=user, note=values["note"])
    kept = _("Recorded: the old label has been destroyed.")
    if shipment.delivery.state == DeliveryState.CANCELLED or shipment.delivery.stop_asked_at is not None:
        return said(messages.SUCCESS, kept)
    if changed == Changed.CHANGED:
        return said(messages.SUCCESS, f"{kept} {_('A new one is made automatically.')}")
    more = _("Nobody has asked for a new one. If you need one, press “Make the label again”.")
    return said(messages.SUCCESS, f"{kept} {more}")


def _nothing_made(shipment: Shipment, user: Any, values: Mapping[str, Any]) -> Told:
    if shipment.state == ShipmentState.HANDED:
        report_lost(shipment.pk, user=user)
        shipment.refresh_from_db()
    changed = nothing_exists(shipment, user=user, note=values["note"])
    kept = _("Recorded: nothing was made.")
    shipment.delivery.refresh_from_db()
    if shipment.delivery.state == DeliveryState.CANCELLED:
        more = _("The delivery is cancelled.")
    elif shipment.delivery.stop_asked_at is not None:
        more = _("The delivery is cancelled when its other parcels are settled.")
    elif changed == Changed.CHANGED:
        more = _("The parcel is made again automatically.")
    else:
        more = _("To have the parcel made, press “Make the label again”.")
    return said(messages.SUCCESS, f"{kept} {more}")


def _exists(shipment: Shipment, user: Any, values: Mapping[str, Any]) -> Told:
    parcel_exists(shipment, values["shipment_id"], values["tracking_number"], user=user, note=values["note"])
    if shipment.state == ShipmentState.MADE:
        words = _(
            "The parcel has been saved with these numbers, and its label is fetched. If none comes, compare the "
            "numbers."
        )
        return said(messages.SUCCESS, words)
    words = _(
        "The parcel has been saved with these numbers. It is being voided, since its delivery has changed meanwhile."
    )
    return said(messages.WARNING, words)


EXISTS = DeskChange[Shipment](
    name="exists",
    label=gettext_lazy("The parcel exists"),
    permission=SETTLE,
    does=gettext_lazy(
        "Say this only if you have seen the parcel in the shipping system, with this recipient and this post "
        "office, and it is valid there. Its label will then be fetched, and the parcel can be shipped."
    ),
    refusal=gettext_lazy("This parcel no longer needs attention. See where it is now."),
    form=FoundForm,
    applies=_is_up_to_a_person,
    make=_exists,
    known=lambda shipment: {"shipment_id": shipment.shipment_id, "tracking_number": shipment.tracking_pin},
)
NOTHING_MADE = DeskChange[Shipment](
    name="nothing_made",
    label=gettext_lazy("Nothing was made"),
    permission=SETTLE,
    does=gettext_lazy(
        "Use this only if you have checked in the shipping system: this parcel is not there, or it was voided or "
        "refunded there. If it does exist, its label is paid for and nobody will cancel it."
    ),
    refusal=gettext_lazy("This parcel no longer needs attention. See where it is now."),
    applies=_may_be_missing,
    make=_nothing_made,
    is_final=True,
)
DESTROYED = DeskChange[Shipment](
    name="label_destroyed",
    label=gettext_lazy("The old label is destroyed"),
    permission=MAY_MAKE_AGAIN,
    does=gettext_lazy(
        "Say this only if the label is destroyed, or was never printed: a parcel with it would be paid for and sent "
        "twice."
    ),
    refusal=gettext_lazy("Somebody has said so already, or no refund was asked for."),
    applies=lambda shipment: shipment.state == ShipmentState.REFUND_ASKED and shipment.open_parcel is not None,
    make=_destroyed,
    is_final=True,
)
MAKE_AGAIN = DeskChange[Shipment](
    name="make_again",
    label=gettext_lazy("Make the label again"),
    permission=MAY_MAKE_AGAIN,
    does=gettext_lazy(
        "The parcel will get another label, with another tracking number, for the delivery as it is now."
    ),
    refusal=gettext_lazy(
        "This parcel cannot be made again now: it is in progress, has already been made again, or is cancelled."
    ),
    applies=can_be_made_again,
    make=_make_again,
    foretold=lambda shipment: when_made_again([shipment]),
)
