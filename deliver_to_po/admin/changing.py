"""What a clerk can do to deliveries: a button on a delivery's page and an action of the list, with one page that asks.

Nothing is done before the page's form is sent. ``deliveries.CHANGES`` lists what there is.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliver_to_po.models import Delivery
from deliver_to_po.models.history import NOTE_LENGTH

CONFIRMED = "change_confirmed"


class ReasonForm(forms.Form):
    """Why a clerk does it."""

    note = forms.CharField(
        label=_("Reason"),
        max_length=NOTE_LENGTH,
        help_text=_("It stays in the delivery's history: write nothing personal."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class OptionalReasonForm(ReasonForm):
    """Why a clerk does it, if there is anything to say."""

    note = forms.CharField(
        label=_("Reason (optional)"),
        max_length=NOTE_LENGTH,
        required=False,
        help_text=_("It stays in the delivery's history: write nothing personal."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class Outcome(NamedTuple):
    """What came of it for one delivery: the level of the message, and its words for so many deliveries.

    ``words`` may hold ``%(count)d``; ``more`` follows them. Equal outcomes are told once.
    """

    level: int
    words: Callable[[int], str]
    more: str = ""


@dataclass(frozen=True, slots=True)
class DeskChange:
    """One thing that a clerk can do to deliveries.

    ``name`` is the list's action, and what the page's address ends with. ``permission`` is one with its app, as
    ``user.has_perm`` wants it. ``does`` says on the page what will happen, and ``refusal`` why nothing would.
    ``applies`` says whether something would. ``make`` does it for one delivery, with the user and the form's values,
    and returns what came of it; None where somebody else was faster and nothing is left to do.
    """

    name: str
    # A translated text; the types that Django's stubs have for one are not there at run time.
    label: Any
    permission: str
    does: Promise
    refusal: Promise
    form: type[forms.Form]
    applies: Callable[[Delivery], bool]
    make: Callable[[Delivery, Any, Mapping[str, Any]], Outcome | None]

    @property
    def url_name(self) -> str:
        """Return the name of the page's URL, without the admin's namespace."""
        return f"deliver_to_po_{self.name}"

    def allowed(self, user: Any) -> bool:
        """Say whether a user may do it."""
        return bool(user.has_perm(self.permission))


def ask_and_make(
    request: HttpRequest, change: DeskChange, chosen: Collection[Delivery], *, back: str, site: Mapping[str, Any]
) -> HttpResponse | None:
    """Show what would be done and the form; once that is sent, do it, say what came of it and return None.

    ``back`` is where the clerk goes who changes their mind. Where there is nothing to do, that is said instead.
    """
    deliveries = [delivery for delivery in chosen if change.applies(delivery)]
    if not deliveries:
        messages.error(request, str(change.refusal))
        return None
    form = change.form(request.POST if CONFIRMED in request.POST else None)
    if not form.is_valid():
        context = {
            **site,
            "title": change.label,
            "change": change,
            "form": form,
            "deliveries": deliveries,
            "left": len(chosen) - len(deliveries),
            "back": back,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            "confirmed": CONFIRMED,
        }
        return render(request, "admin/deliver_to_po/change.html", context)
    refused = Outcome(messages.ERROR, lambda count: str(change.refusal))
    outcomes = Counter(change.make(delivery, request.user, form.cleaned_data) or refused for delivery in deliveries)
    for outcome, count in outcomes.items():
        text = outcome.words(count) % {"count": count}
        messages.add_message(request, outcome.level, f"{text} {outcome.more}".strip())
    return None
