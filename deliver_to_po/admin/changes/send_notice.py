""" "Send the e-mail again": the newest one that told where a parcel is, while that is still so."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliver_to_po.admin.changes.confirm_page import DeskChange, Told, said
from deliver_to_po.admin.permissions import HAND_OFF
from deliver_to_po.core.choices import NoticeKind, NoticeOutcome
from deliver_to_po.core.conf import app_settings
from deliver_to_po.models import Delivery, Notice
from deliver_to_po.notices.kinds import KINDS
from deliver_to_po.notices.occasions import is_still_so, send_again


def _newest(delivery: Delivery) -> Notice | None:
    """Return the newest e-mail about a parcel that was written and is still so."""
    if not app_settings.notices:
        return None
    written = [
        notice
        for notice in delivery.notices.all()
        if KINDS[notice.kind].of_parcel and notice.outcome not in (NoticeOutcome.TO_SEND, NoticeOutcome.NOT_NEEDED)
    ]
    return next(filter(is_still_so, reversed(written)), None)


def was_written_to(delivery: Delivery) -> bool:
    """Say whether the buyer got an e-mail about a parcel. Asks the database nothing where notices were read."""
    sent = (KINDS[one.kind] for one in delivery.notices.all() if one.outcome == NoticeOutcome.SENT)
    written_about = app_settings.notices and (app_settings.canada_post.live or not delivery.live)
    return written_about and any(kind.of_parcel and kind.is_on for kind in sent)


def _for_a_reminder(delivery: Delivery) -> Promise | None:
    """Return what it is called while a parcel waits at a post office."""
    kinds = {one.kind for one in delivery.notices.all() if one.outcome == NoticeOutcome.SENT}
    if NoticeKind.ELSEWHERE in kinds:
        return _("Tell the buyer again")
    return _("Remind the buyer") if any(KINDS[kind].picks_up for kind in kinds) else None


def _foretold(delivery: Delivery) -> list[str]:
    notice = _newest(delivery)
    return [str(_("The e-mail that %(what)s.") % {"what": notice.get_kind_display()})] if notice else []


def _send(delivery: Delivery, user: Any, values: Mapping[str, Any]) -> Told | None:
    notice = _newest(delivery)
    sent = notice is not None and send_again(notice)
    return said(messages.SUCCESS, _("The e-mail is sent in a moment.")) if sent else None


SEND_NOTICE = DeskChange[Delivery](
    name="send_notice",
    label=_("Send the e-mail again"),
    permission=HAND_OFF,
    does=_("It goes to the same person again, in their language, and says how things are now."),
    refusal=_("There is no e-mail to send again: none was sent, or what it said is no longer true."),
    form=forms.Form,
    applies=lambda delivery: _newest(delivery) is not None,
    make=_send,
    foretold=_foretold,
    named=_for_a_reminder,
)
