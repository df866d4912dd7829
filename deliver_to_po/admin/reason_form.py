"""Why a clerk does it: the field of every page that asks before something is done."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deliver_to_po.models.history import NOTE_LENGTH


def _note(label: Any, *, required: bool) -> forms.CharField:
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
