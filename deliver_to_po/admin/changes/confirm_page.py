"""The page that asks before a clerk changes deliveries or one shipment, by a button or by an action of the list.

Nothing is done before the page's form is sent. ``buttons`` lists what there is.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliver_to_po.admin.lists.selected_rows import CHOSEN, joined
from deliver_to_po.admin.show import described
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.changing.change import Changed
from deliver_to_po.models import Delivery, Shipment

CONFIRMED = "change_confirmed"
Row = TypeVar("Row", Delivery, Shipment)


class Told(NamedTuple):
    """What came of it for one row: the level of the message, and its words for so many rows.

    ``words`` may hold ``%(count)d``; ``more`` follows them. Equal outcomes are told once.
    """

    level: int
    words: Callable[[int], str]
    more: str = ""


def _no_count(count: int) -> str:
    return ""


def said(level: int, text: object) -> Told:
    """Return an outcome that is told without a number of rows."""
    return Told(level, _no_count, str(text))


def _nothing_foretold(row: Row) -> Sequence[str]:
    return ()


def _nothing_known(row: Row) -> Mapping[str, Any]:
    return {}


# Without slots: Python 3.11 could not say of what it is one.
@dataclass(frozen=True)
class DeskChange(Generic[Row]):
    """One thing that a clerk can do to deliveries, or to a shipment.

    ``name`` is the list's action, and what the page's address ends with. ``permission`` is one with its app, as
    ``user.has_perm`` wants it. ``does`` says on the page what will happen, ``foretold`` what of it to each parcel of a
    row, and ``refusal`` why nothing would. ``applies`` says whether something would. ``make`` does it for one row, with
    the user and the form's values, and returns what came of it; None where somebody else was faster and nothing is left
    to do. Its MoveRefused is told. ``known`` is what the form is filled with. ``for_many`` says that it is an action of
    the list too. ``named`` returns what the button is called for a row, None where that is the label.
    """

    name: str
    # A translated text; the types that Django's stubs have for one are not there at run time.
    label: Any
    permission: str
    does: Promise
    refusal: Promise
    form: type[forms.Form]
    applies: Callable[[Row], bool]
    make: Callable[[Row, Any, Mapping[str, Any]], Told | None]
    foretold: Callable[[Row], Sequence[str]] = _nothing_foretold
    known: Callable[[Row], Mapping[str, Any]] = _nothing_known
    for_many: bool = False
    named: Callable[[Row], Any] | None = None

    def label_for(self, row: Row) -> str:
        return str((self.named and self.named(row)) or self.label)

    def allowed(self, user: Any) -> bool:
        return bool(user.has_perm(self.permission))


def ask_and_make(
    request: HttpRequest, change: DeskChange[Row], chosen: Collection[Row], *, back: str, site: Mapping[str, Any]
) -> HttpResponse | None:
    """Show what would be done and the form; once that is sent, do it, say what came of it and return None.

    ``back`` is where the clerk goes who changes their mind. Where there is nothing to do, that is said instead. What is
    refused for a single row is said beside what was typed.
    """
    rows = [row for row in chosen if change.applies(row)]
    if not rows:
        messages.error(request, str(change.refusal))
        return None
    form = change.form(request.POST if CONFIRMED in request.POST else None, initial=dict(change.known(rows[0])))
    if form.is_valid():
        try:
            outcomes = _made(change, rows, request.user, form.cleaned_data)
        except MoveRefused as error:
            rows[0].refresh_from_db()
            if not change.applies(rows[0]):
                messages.error(request, str(error))
                return None
            form.add_error(None, str(error))
        else:
            _tell(request, outcomes)
            return None
    context = {
        **site,
        "title": change.label_for(rows[0]) if len(chosen) == 1 else change.label,
        "change": change,
        "form": form,
        "rows": [{"described": described(row), "foretold": change.foretold(row)} for row in rows],
        "left": len(chosen) - len(rows),
        "back": back,
        "chosen_name": CHOSEN,
        "chosen": joined(rows),
        "confirmed": CONFIRMED,
    }
    return render(request, "admin/deliver_to_po/change.html", context)


def _made(change: DeskChange[Row], rows: Sequence[Row], user: Any, values: Mapping[str, Any]) -> Mapping[Told, int]:
    """Do it for each row, and return how often each outcome came of it. Raises MoveRefused where there is one row."""
    outcomes: Counter[Told] = Counter()
    for row in rows:
        try:
            outcomes[change.make(row, user, values) or said(messages.ERROR, change.refusal)] += 1
        except MoveRefused as error:
            if len(rows) == 1:
                raise
            outcomes[said(messages.ERROR, error)] += 1
    return outcomes


def _tell(request: HttpRequest, outcomes: Mapping[Told, int]) -> None:
    for outcome, count in outcomes.items():
        text = outcome.words(count) % {"count": count}
        messages.add_message(request, outcome.level, f"{text} {outcome.more}".strip())


WORDS: Mapping[Changed, Promise] = {
    Changed.CHANGED: _("Done: labels not requested yet will be requested with these changes."),
    Changed.WILL_BE_MADE_AGAIN: _(
        "Done: the old label has been voided, and a new one is being made. Destroy the old label if it has been "
        "printed."
    ),
    Changed.KEPT_UNTIL_ANSWER: _(
        "This is kept: the answer about a parcel is still to come. If the parcel was made, it is voided or refunded "
        "then, and a new one is made after that."
    ),
    Changed.NEEDS_DESTROYED_LABEL: _(
        "This is kept: a parcel can no longer be voided, so its refund is asked for. Destroy its label; when the "
        "refund has been asked for, press “The old label is destroyed” beside the parcel, and a new one is made."
    ),
    Changed.NEEDS_PERSON: _(
        "This is kept, but a parcel needs attention first: what is to be done is said beside it, and a new one is made "
        "after that."
    ),
    Changed.NOTHING: _("Nothing to change: it is already so."),
}
TO_DO = (Changed.NEEDS_DESTROYED_LABEL, Changed.NEEDS_PERSON, Changed.NOTHING)


def told_of(changed: Changed) -> Told:
    return said(messages.WARNING if changed in TO_DO else messages.SUCCESS, WORDS[changed])
