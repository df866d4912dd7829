"""Why a clerk does it: the field of every page that asks before something is done."""

from django import forms
from django.utils.translation import gettext_lazy as _

from deliver_to_po.models.history import NOTE_LENGTH


class ReasonForm(forms.Form):
    note = forms.CharField(
        label=_("Reason"),
        max_length=NOTE_LENGTH,
        help_text=_("It is kept with your name: write nothing personal."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class OptionalReasonForm(ReasonForm):
    note = forms.CharField(
        label=_("Reason (optional)"),
        max_length=NOTE_LENGTH,
        required=False,
        help_text=_("It is kept with your name: write nothing personal."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
