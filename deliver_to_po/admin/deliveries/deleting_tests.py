"""Deleting what was tried out: test deliveries, so that their orders can be deleted."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from deliver_to_po.admin.changes.confirm_page import DeskChange, Told
from deliver_to_po.admin.permissions import DELETE
from deliver_to_po.errors import StillLive
from deliver_to_po.handoff.changing.cancelling import forget
from deliver_to_po.models import Delivery


def _is_test(delivery: Delivery) -> bool:
    """Say whether it can be deleted: its order has no real delivery."""
    return not Delivery.objects.filter(order=delivery.order_id, live=True).exists()


def _deleted(count: int) -> str:
    return ngettext("%(count)d test delivery is deleted.", "%(count)d test deliveries are deleted.", count)


def _busy(count: int) -> str:
    return ngettext(
        "The label of %(count)d test delivery is being requested right now. Try again in a minute.",
        "The labels of %(count)d test deliveries are being requested right now. Try again in a minute.",
        count,
    )


def _delete(delivery: Delivery, user: Any, values: Mapping[str, Any]) -> Told:
    try:
        forget(delivery.order)
    except StillLive:
        return Told(messages.WARNING, _busy)
    return Told(messages.SUCCESS, _deleted)


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
    applies=_is_test,
    make=_delete,
    for_many=True,
)
