"""The page that asks before a clerk changes deliveries or one shipment, by a button or by an action of the list.

Nothing is done before the page's form is sent. ``buttons`` lists what there is.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any, Generic, NamedTuple, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from deliver_to_po.admin.lists.selected_rows import CHOSEN, joined
from deliver_to_po.admin.show import described, desk_page
from deliver_to_po.core.database_errors import described as kind_of
from deliver_to_po.core.database_errors import is_busy, patiently
from deliver_to_po.core.wording import with_colon
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.changing.change import Changed
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.history import NOTE_LENGTH

log = logging.getLogger(__name__)

CONFIRMED = "change_confirmed"
SEEN = "seen"
BUSY = _("The shop’s database was busy: try again.")
# How long a clerk waits for a page: web servers commonly end a request after 30 seconds.
BUDGET_SECONDS = 20.0
# More rows of a selection that a clerk has to look at are not named: the list shows them.
NAMED = 10
Row = TypeVar("Row", Delivery, Shipment)
STAY = ngettext_lazy(
    "%(count)d selected delivery stays as it is.", "%(count)d selected deliveries stay as they are.", "count"
)
NOT_REACHED = ngettext_lazy(
    "%(count)d delivery was not reached in time. Press the button again.",
    "%(count)d deliveries were not reached in time. Press the button again.",
    "count",
)


def _note(label: Any, *, required: bool) -> forms.CharField:
    """Return the field for why a clerk does it."""
    return forms.CharField(
        label=label,
        max_length=NOTE_LENGTH,
        required=required,
        help_text=_("It is saved with your name: write nothing personal."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class ReasonForm(forms.Form):
    note = _note(_("Reason"), required=True)


class OptionalReasonForm(forms.Form):
    note = _note(_("Reason (optional)"), required=False)


class Told(NamedTuple):
    """The result for one row: the level of the message, and its words for so many rows.

    ``words`` is a plural by ``count``, or ``""``; ``more`` follows it. Equal outcomes are told once. ``of`` names the
    row of a selection that a clerk has to look at.
    """

    level: int
    # What Django's stubs have for a plural is not there at run time.
    words: Any
    more: str | Promise = ""
    of: str = ""


def said(level: int, text: str | Promise) -> Told:
    """Return an outcome that is told without a number of rows."""
    return Told(level, "", text)


@dataclass(frozen=True)
class DeskChange(Generic[Row]):
    """One thing that a clerk can do to deliveries, or to a shipment.

    ``name`` is the list's action, and what the page's address ends with. ``permission`` is one with its app, as
    ``user.has_perm`` wants it. ``does`` says on the page what will happen, ``foretold`` what of it to each parcel of a
    row, and ``refusal`` why nothing would. ``applies`` says whether something would. ``make`` does it for one row, with
    the user and the form's values, and returns the result; None if somebody else was faster and nothing is left
    to do. Its MoveRefused is told. ``known`` is what the form is filled with. ``for_many`` says that it is an action of
    the list too, ``is_final`` that no button undoes it. ``named`` returns what the button is called for a row, None
    if that is the label. ``seen`` returns a mark of what the page shows of its rows; the form brings it back, and
    ``make`` finds it among the values as SEEN.
    """

    name: str
    # A translated text; the types that Django's stubs have for one are not there at run time.
    label: Any
    permission: str
    does: Promise
    refusal: Promise
    applies: Callable[[Row], bool]
    make: Callable[[Row, Any, Mapping[str, Any]], Told | None]
    form: type[forms.Form] = ReasonForm
    foretold: Callable[[Row], Sequence[str]] = lambda row: ()
    known: Callable[[Row], Mapping[str, Any]] = lambda row: {}
    for_many: bool = False
    is_final: bool = False
    named: Callable[[Row], Any] | None = None
    seen: Callable[[Sequence[Row]], object] | None = None

    def label_for(self, row: Row) -> str:
        return str((self.named and self.named(row)) or self.label)

    def allowed(self, user: Any) -> bool:
        return bool(user.has_perm(self.permission))


def ask_and_make(
    request: HttpRequest, change: DeskChange[Row], chosen: Collection[Row], *, back: str, site: AdminSite
) -> HttpResponse | None:
    """Show what would be done and the form; once that is sent, do it, report the result and return None.

    ``back`` is where the clerk goes who changes their mind. Where there is nothing to do, that is said instead. What is
    refused for a single row is said beside what was typed.
    """
    rows, left = _parted(change, chosen)
    if not rows:
        messages.error(request, str(change.refusal))
        return None
    form = change.form(request.POST if CONFIRMED in request.POST else None, initial=dict(change.known(rows[0])))
    if form.is_valid():
        try:
            values = {**form.cleaned_data, SEEN: request.POST.get(SEEN)}
            outcomes = _made(change, rows, left, request.user, values)
        except MoveRefused as error:
            rows = [type(rows[0]).objects.get(pk=rows[0].pk)]
            if not change.applies(rows[0]):
                messages.error(request, str(error))
                return None
            form.add_error(None, str(error))
        else:
            tell(request, outcomes)
            return None
    context = {
        "title": change.label_for(rows[0]) if len(chosen) == 1 else change.label,
        "change": change,
        "form": form,
        "rows": [{"described": described(row), "foretold": change.foretold(row)} for row in rows],
        "left": _worded([Told(messages.ERROR, STAY, of=str(row)) for row in left]) if left else "",
        "back": back,
        "chosen_name": CHOSEN,
        "chosen": joined(rows),
        "seen_name": SEEN,
        "seen": str(change.seen(rows)) if change.seen else "",
        "confirmed": CONFIRMED,
    }
    return desk_page(request, site, "change", context)


def _parted(change: DeskChange[Row], chosen: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Return the rows for which it would do something, and the others."""
    parts: tuple[list[Row], list[Row]] = [], []
    for row in chosen:
        parts[not change.applies(row)].append(row)
    return parts


def _made(
    change: DeskChange[Row], rows: Sequence[Row], left: Sequence[Row], user: Any, values: Mapping[str, Any]
) -> Sequence[Told]:
    """Do it for each row, and return the result of each, also of what is ``left`` out.

    Raises MoveRefused where there is one row.
    """
    many = len(rows) + len(left) > 1
    nothing = Told(messages.ERROR, STAY if many else "", str(change.refusal))
    outcomes = [nothing] * len(left)
    deadline = monotonic() + BUDGET_SECONDS
    for number, row in enumerate(rows):
        if number and monotonic() > deadline:
            outcomes += [Told(messages.WARNING, NOT_REACHED)] * (len(rows) - number)
            break
        try:
            outcomes.append(patiently(partial(change.make, row, user, values)) or nothing)
        except MoveRefused as error:
            if not many:
                raise
            outcomes.append(Told(messages.ERROR, STAY, str(error)))
        except OperationalError as error:
            if not is_busy(error):
                raise
            log.error("%s of %s: %s", change.name, row.pk, kind_of(error))
            if not many:
                raise MoveRefused(BUSY) from None
            # Each of the others would wait as long.
            outcomes += [Told(messages.ERROR, STAY, str(BUSY))] * (len(rows) - number)
            break
    if not many:
        return outcomes
    return [
        outcome._replace(of=str(row)) if outcome.level > messages.SUCCESS else outcome
        for row, outcome in zip([*left, *rows], outcomes, strict=True)
    ]


def tell(request: HttpRequest, outcomes: Iterable[Told]) -> None:
    """Tell equal outcomes once, with how many they are, and whose those are that a clerk has to look at."""
    alike: dict[tuple[int, str], list[Told]] = defaultdict(list)
    for outcome in outcomes:
        # To Python all plurals are equal; what they say of one tells them apart.
        alike[outcome.level, f"{outcome.words % {'count': 1}} {outcome.more}"].append(outcome)
    for (level, _of_one), found in alike.items():
        messages.add_message(request, level, _worded(found))


def _worded(alike: Sequence[Told]) -> str:
    """Return equal outcomes in words."""
    text = f"{alike[0].words % {'count': len(alike)}} {alike[0].more}".strip()
    names = [outcome.of for outcome in alike if outcome.of]
    return with_colon(", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else ""), text) if names else text


WORDS: Mapping[Changed, Promise] = {
    Changed.CHANGED: _("Done: labels not requested yet will be requested with these changes."),
    Changed.WILL_BE_MADE_AGAIN: _(
        "Saved: the old label is being voided, and a new one is made after that. Destroy the old label if it has been "
        "printed."
    ),
    Changed.KEPT_UNTIL_ANSWER: _(
        "Saved: the answer about a parcel is still to come. If the parcel was made, it is voided or refunded "
        "then, and a new one is made after that."
    ),
    Changed.NEEDS_DESTROYED_LABEL: _(
        "Saved: a parcel can no longer be voided, so its refund is asked for. Destroy its label; when the "
        "refund has been asked for, press “The old label is destroyed” beside the parcel, and a new one is made."
    ),
    Changed.NEEDS_PERSON: _(
        "Saved, but a parcel needs attention first: see what to do beside it. A new one is made after that."
    ),
    Changed.NOTHING: _("Nothing to change: it is already so."),
}
TO_DO = (Changed.NEEDS_DESTROYED_LABEL, Changed.NEEDS_PERSON, Changed.NOTHING)


def told_of(changed: Changed) -> Told:
    return said(messages.WARNING if changed in TO_DO else messages.SUCCESS, WORDS[changed])
