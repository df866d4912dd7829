"""The questions of the day's end in words, and of each parcel that stays why it does, and the button that cures it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.admin import AdminSite
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.admin import permissions
from deliver_to_po.admin.changes.ask_shop_again import FOLLOW
from deliver_to_po.admin.changes.buttons import PAGES, Page
from deliver_to_po.admin.changes.cancelling import CANCEL, TO_HOME
from deliver_to_po.admin.changes.confirm_page import DeskChange
from deliver_to_po.admin.changes.holding import LET_GO_ON
from deliver_to_po.admin.show import FOR_OTHERS, NOTHING_TO_DO, desk_url, note_of_hold
from deliver_to_po.core.choices import CLOSED_OFFICE, DeliveryState, Reason
from deliver_to_po.handoff.day_end.looking_over import LookedOver, Question, Staying
from deliver_to_po.models import Delivery

# More rows than a clerk settles before the parcels leave.
SHOWN = 100
QUESTIONS: Mapping[Question, Promise] = {
    Question.WANTED: gettext_lazy("Paid and still wanted"),
    Question.OFFICE: gettext_lazy("Office accepts parcels"),
    Question.NOT_HELD: gettext_lazy("Not on hold"),
    Question.WHOLE: gettext_lazy("Same parcels as ordered"),
    Question.PRINTED: gettext_lazy("Label printed"),
}


PRINT = PAGES["print"]
Cure = DeskChange[Delivery] | Page
CURES: Mapping[Reason, Cure] = {
    Reason.NOT_PAID: CANCEL,
    Reason.NOT_FOR_POST_OFFICE: TO_HOME,
    # What a delivery's page names first as well.
    Reason.BUYER_CANCELS: CANCEL,
    Reason.BUYER_TO_HOME: TO_HOME,
    Reason.OTHER_PARCELS: FOLLOW,
    Reason.NOT_PRINTED: PRINT,
    # Its label would stay in the group for ever.
    Reason.ERASED: CANCEL,
    **dict.fromkeys(CLOSED_OFFICE.values(), PAGES["choose"]),
}


def questions(looked: LookedOver) -> Sequence[Mapping[str, object]]:
    """Return each question with how many parcels failed it, in words; nothing if there is no parcel."""
    if not (looked.goes or looked.stays):
        return []
    return [_answer(words, looked.failed(question)) for question, words in QUESTIONS.items()]


def _answer(question: Promise, failed: int) -> Mapping[str, object]:
    told = _("%(question)s: all but %(count)d") if failed else _("%(question)s: all")
    return {"words": told % {"question": question, "count": failed}, "failed": bool(failed)}


def rows(looked: LookedOver, user: Any, site: AdminSite) -> Sequence[Mapping[str, object]]:
    """Return the first SHOWN that stay. What this user may not see is ``""``; without ``url`` nothing is pressed."""
    return [_row(one, user, site) for one in looked.stays[:SHOWN]]


def _row(one: Staying, user: Any, site: AdminSite) -> Mapping[str, object]:
    delivery, cure = one.shipment.delivery, _cure_of(one)
    may_look = user.has_perm(permissions.VIEW_DELIVERY)
    url, label = "", _advice(one.reason) if cure is None else str(FOR_OTHERS)
    if cure is not None and user.has_perm(cure.permission):
        pk = one.shipment.pk if cure is PRINT else delivery.pk
        url, label = desk_url(site, cure.name, pk), str(cure.label)
    return {
        "delivery_url": desk_url(site, "delivery_change", delivery.pk) if may_look else "",
        "order": delivery,
        "recipient": delivery.recipient_name if may_look else "",
        "parcel": one.shipment,
        "why": one.reason.why() or _("It is not to be sent."),
        "more": _("Note: %(note)s") % {"note": one.said} if one.said else note_of_hold(delivery),
        "cure": label,
        "url": url,
        "prints": cure is PRINT,
        "tone": "waits" if one.question == Question.PRINTED else "todo",
    }


def _advice(reason: Reason) -> str:
    """Return what to do about a parcel that has its label: its post office is asked about at the next day's end."""
    at_day_end = Reason.NOT_ASKED if reason == Reason.OFFICE_NOT_CHECKED else reason
    return at_day_end.advice or str(NOTHING_TO_DO)


def _cure_of(one: Staying) -> Cure | None:
    """Return the cure; what is to be cancelled has none, nor what is, and what could not be asked is asked again."""
    delivery = one.shipment.delivery
    if delivery.stop_asked_at:
        return None
    is_held = one.question == Question.NOT_HELD and delivery.state != DeliveryState.CANCELLED
    on_hold = LET_GO_ON if is_held else None
    return CURES.get(one.reason, on_hold)
