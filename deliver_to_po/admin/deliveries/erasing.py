"""Erasing recipients and labels on somebody's wish, and what is said afterwards."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from deliver_to_po.admin.changes.confirm_page import DeskChange, Told
from deliver_to_po.admin.permissions import ERASE
from deliver_to_po.models import Delivery
from deliver_to_po.privacy.erasing import Erasure, erase_delivery


def _erased(count: int) -> str:
    return ngettext("%(count)d delivery is erased.", "%(count)d deliveries are erased.", count)


def _later(count: int) -> str:
    return ngettext(
        "%(count)d delivery has a parcel that is being made. Erase it again when the parcel has its label.",
        "%(count)d deliveries have a parcel that is being made. Erase them again when those have their labels.",
        count,
    )


def _failed(count: int) -> str:
    return ngettext(
        "%(count)d delivery is not erased: its label could not be deleted. Ask technical support to check the log; "
        "then erase it again.",
        "%(count)d deliveries are not erased: their labels could not be deleted. Ask technical support to check "
        "the log; then erase them again.",
        count,
    )


OUTCOMES: Mapping[Erasure, tuple[int, Callable[[int], str]]] = {
    Erasure.ERASED: (messages.SUCCESS, _erased),
    Erasure.LATER: (messages.WARNING, _later),
    Erasure.FAILED: (messages.ERROR, _failed),
}


def _is_kept(delivery: Delivery) -> bool:
    return delivery.erased_at is None


def _erase(delivery: Delivery, user: Any, values: Mapping[str, Any]) -> Told:
    return Told(*OUTCOMES[erase_delivery(delivery, user=user)])


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
    applies=_is_kept,
    make=_erase,
    for_many=True,
)
