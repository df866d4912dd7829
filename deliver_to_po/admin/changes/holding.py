""" "Put on hold" and "Resume": what each does, and what is said afterwards."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from deliver_to_po.admin.changes.confirm_page import SEEN, DeskChange, OptionalReasonForm, Told
from deliver_to_po.admin.permissions import HOLD as MAY_HOLD
from deliver_to_po.admin.show import note_of_hold, why_of
from deliver_to_po.core.choices import DeliveryState, Reason
from deliver_to_po.core.conf import app_settings
from deliver_to_po.handoff.releasing.release import (
    can_be_held,
    can_go_on,
    hold_delivery,
    last_stop,
    resume_delivery,
    something_may_leave,
)
from deliver_to_po.host import asking
from deliver_to_po.models import Delivery

_HELD = ngettext_lazy(
    "%(count)d delivery is on hold: nothing of it is sent, printed or transmitted until you resume it.",
    "%(count)d deliveries are on hold: nothing of them is sent, printed or transmitted until you resume them.",
    "count",
)
_TOO_LATE_FOR_SOME = ngettext_lazy(
    "%(count)d delivery is on hold. Some of its parcels are printed, transmitted or labelled elsewhere already: if "
    "they are still here, keep them in the shop.",
    "%(count)d deliveries are on hold. Some of their parcels are printed, transmitted or labelled elsewhere "
    "already: if they are still here, keep them in the shop.",
    "count",
)
_TO_BE_HELD = ngettext_lazy(
    "%(count)d delivery needs a post office first: once that is chosen, it is put on hold.",
    "%(count)d deliveries need a post office first: once those are chosen, they are put on hold.",
    "count",
)


def _hold(delivery: Delivery, user: Any, values: Mapping[str, Any]) -> Told | None:
    if not hold_delivery(delivery, note=values["note"], user=user):
        return None
    if delivery.state == DeliveryState.NEEDS_CHOICE:
        return Told(messages.SUCCESS, _TO_BE_HELD)
    if something_may_leave(delivery):
        return Told(messages.WARNING, _TOO_LATE_FOR_SOME)
    return Told(messages.SUCCESS, _HELD)


_RELEASED = ngettext_lazy(
    "%(count)d delivery is resumed: labels that it lacks are requested automatically.",
    "%(count)d deliveries are resumed: labels that they lack are requested automatically.",
    "count",
)
_NOT_PAID = ngettext_lazy(
    "%(count)d delivery is released, but the shop still says that it is not paid, so it will be put on hold "
    "again. Mark the order as paid.",
    "%(count)d deliveries are released, but the shop still says that they are not paid, so they will be put on "
    "hold again. Mark the orders as paid.",
    "count",
)
_WAITS_FOR_PAYMENT = ngettext_lazy(
    "%(count)d delivery is off hold and waits for its payment.",
    "%(count)d deliveries are off hold and wait for their payments.",
    "count",
)
_WAITS_FOR_A_CLERK = ngettext_lazy(
    "%(count)d delivery is off hold. To request its label, press “Request the label”.",
    "%(count)d deliveries are off hold. To request their labels, press “Request the label”.",
    "count",
)
_HELD_AGAIN = ngettext_lazy("%(count)d delivery is on hold again.", "%(count)d deliveries are on hold again.", "count")
_NO_LONGER_TO_BE_HELD = ngettext_lazy(
    "%(count)d delivery still needs a post office; it will no longer be put on hold once one is chosen.",
    "%(count)d deliveries still need a post office; they will no longer be put on hold once one is chosen.",
    "count",
)
# What one that is placed waits for, by the setting RELEASE.
WAITS: Mapping[str, Promise] = {
    "when_paid": _WAITS_FOR_PAYMENT,
    "by_merchant": _WAITS_FOR_A_CLERK,
    "on_placing": _WAITS_FOR_A_CLERK,
}


def _let_go_on(delivery: Delivery, user: Any, values: Mapping[str, Any]) -> Told | None:
    if not resume_delivery(delivery, note=values["note"], user=user, seen=_seen(values.get(SEEN))):
        return None
    if delivery.state == DeliveryState.HELD:
        return Told(messages.WARNING, _HELD_AGAIN, why_of(delivery))
    if delivery.state == DeliveryState.NEEDS_CHOICE:
        return Told(messages.SUCCESS, _NO_LONGER_TO_BE_HELD)
    if delivery.state == DeliveryState.PLACED:
        return Told(messages.SUCCESS, WAITS[app_settings.release])
    if app_settings.release == "when_paid" and asking.is_surely_unpaid(delivery.order):
        return Told(messages.WARNING, _NOT_PAID)
    return Told(messages.SUCCESS, _RELEASED)


def _seen(seen: str | None) -> int | None:
    """Return what the page brings back; 0, which is older than every hold, for what it never sent."""
    return None if seen is None else int(seen) if re.fullmatch("[0-9]{1,18}", seen) else 0


def _why_it_waits(delivery: Delivery) -> Sequence[str]:
    reasons = dict.fromkeys([Reason(delivery.reason).why(), Reason(delivery.wished).why()])
    return list(filter(None, [*reasons, note_of_hold(delivery)]))


HOLD = DeskChange[Delivery](
    name="hold",
    label=_("Put on hold"),
    permission=MAY_HOLD,
    does=_(
        "Nothing of it will be sent, printed or transmitted until somebody presses “Resume”. Labels that were "
        "made stay valid."
    ),
    refusal=_("There is nothing to put on hold: it is on hold already, cancelled, or all of it has left the shop."),
    applies=can_be_held,
    make=_hold,
    for_many=True,
)
LET_GO_ON = DeskChange[Delivery](
    name="let_go_on",
    label=_("Resume"),
    permission=MAY_HOLD,
    does=_("Whatever is ready will be released at once, and its labels will be requested."),
    refusal=_("There is nothing to resume: the delivery is not on hold."),
    form=OptionalReasonForm,
    applies=can_go_on,
    make=_let_go_on,
    foretold=_why_it_waits,
    for_many=True,
    seen=last_stop,
)
