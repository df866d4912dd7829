"""The fields of a delivery that a clerk can edit: one page, filled with what is saved, that says what will happen."""

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any, Generic, NamedTuple, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from deliver_to_po.admin.changes.confirm_page import CONFIRMED, SEEN, ReasonForm, tell, told_of
from deliver_to_po.admin.changes.consequences import when_changed
from deliver_to_po.admin.show import described, desk_page
from deliver_to_po.errors import InThePost, MoveRefused
from deliver_to_po.handoff.changing.change import Changed, can_be_changed, can_still_change
from deliver_to_po.models import Delivery

AnyForm = TypeVar("AnyForm", bound=forms.Form)


class Part(NamedTuple, Generic[AnyForm]):
    """One form of the page: what it is about, how that stands now, and what may be written instead."""

    legend: str
    now: str
    form: AnyForm


class Edit(NamedTuple, Generic[AnyForm]):
    """One part of a delivery that a clerk can edit.

    ``name``, ``label``, ``permission`` and ``does`` are as those of a DeskChange. ``parts`` returns the page's forms,
    filled with what stands or with what was sent; what it raises, a MoveRefused, is told. ``make`` saves the valid
    forms, with the user and the reason, and returns the result; its MoveRefused is told beside what was typed.
    """

    name: str
    label: Any
    permission: str
    does: Promise
    parts: Callable[[Delivery, QueryDict | None], Sequence[Part[AnyForm]]]
    make: Callable[[Delivery, Sequence[Part[AnyForm]], Any, str], Changed]

    def label_for(self, delivery: Delivery) -> str:
        return str(self.label)

    def allowed(self, user: Any) -> bool:
        return bool(user.has_perm(self.permission))

    def applies(self, delivery: Delivery) -> bool:
        return can_be_changed(delivery) and can_still_change(delivery)


@sensitive_variables()
@sensitive_post_parameters()
def ask_and_save(
    request: HttpRequest, edit: Edit[Any], delivery: Delivery, *, back: str, site: AdminSite
) -> HttpResponse | None:
    """Show what stands and the forms; once valid ones are sent, save them, report the result and return None.

    If somebody has changed it since the page was opened, the clerk is told, and sees both.
    """
    if not edit.applies(delivery):
        over = _("This delivery is cancelled, or its recipient is erased: nothing can be changed.")
        messages.error(request, str(InThePost()) if can_be_changed(delivery) else over)
        return None
    sent = request.POST if CONFIRMED in request.POST else None
    try:
        parts = edit.parts(delivery, sent)
    except MoveRefused as error:
        messages.error(request, str(error))
        return None
    reason, seen, problem = ReasonForm(sent), _seen(parts), ""
    wrong = [form for form in (*(part.form for part in parts), reason) if not form.is_valid()]
    # Whoever presses twice finds what they typed saved already: nobody else has.
    if sent is not None and sent.get(SEEN) != seen and any(part.form.has_changed() for part in parts):
        problem = _(
            "Somebody else has changed this since you opened the page. Your entries are kept: compare them with "
            "the current values, then send them again."
        )
    elif not wrong:
        try:
            changed = edit.make(delivery, parts, request.user, reason.cleaned_data["note"])
        except MoveRefused as error:
            problem = str(error)
        else:
            tell(request, [told_of(changed)])
            return None
    context = {
        "title": edit.label,
        "edit": edit,
        "described": described(delivery),
        "foretold": when_changed(delivery),
        "parts": parts,
        "reason": reason,
        "problem": problem,
        "wrong": sent is not None and wrong,
        "seen_name": SEEN,
        "seen": seen,
        "back": back,
        "confirmed": CONFIRMED,
    }
    return desk_page(request, site, "edit", context)


def _seen(parts: Sequence[Part[Any]]) -> str:
    """Return a mark of what the forms are filled with: another one when somebody has changed that."""
    filled = json.dumps([part.form.initial for part in parts], sort_keys=True, default=str)
    return sha256(filled.encode()).hexdigest()
