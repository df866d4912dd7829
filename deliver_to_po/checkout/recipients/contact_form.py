"""How Canada Post can reach who picks up: the fields, within the recipient's form or by themselves."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost import identifiers as ids
from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.types import Recipient
from deliver_to_po.checkout.recipients.doubts import doubt_about_email, doubt_about_phone, is_phone
from deliver_to_po.checkout.recipients.fields import LabelField, PhoneField, TickBox
from deliver_to_po.checkout.recipients.inputs import Line
from deliver_to_po.core.carrier import canada_post

# The code of an error that is a question.
QUESTION = "question"


class ContactForm(forms.Form):
    """Where Canada Post sends its notices.

    What is unusual but not wrong is an error with the code ``question`` on an extra checkbox ``confirm_…``. Once it is
    ticked the form is valid.
    """

    QUESTIONS: ClassVar[tuple[str, ...]] = ("confirm_email", "confirm_phone")

    email = LabelField(
        label=_("E-mail"),
        help_text=_("Canada Post sends a notice here when the parcel is ready"),
        noun=_("E-mail"),
        longest=lengths.RECIPIENT_EMAIL,
        required_message=_("Enter an e-mail address: Canada Post sends a notice there when the parcel is ready."),
        # Nobody can shorten an address.
        too_long_message=_(
            "Canada Post accepts e-mail addresses of at most %(longest)d characters, and this one has %(length)d. "
            "Enter another address."
        ),
        widget=Line({"autocomplete": "email", "type": "email"}),
    )
    phone = PhoneField(
        label=_("Phone"),
        help_text=_("Canada Post may call this number with an automated reminder after 5 days"),
        noun=_("Phone"),
        longest=lengths.RECIPIENT_PHONE,
        required_message=_("Enter a phone number with its area code, such as 613-555-0123."),
        widget=Line({"autocomplete": "tel", "type": "tel"}),
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if not email.isascii():
            raise ValidationError(
                _("Canada Post can only write to e-mail addresses without accents or other special letters."),
                code="not_ascii",
            )
        if not ids.EMAIL.fullmatch(email):
            raise ValidationError(_("Enter an e-mail address such as name@example.com."), code="invalid")
        longest = canada_post().longest_top_level_domain
        if len(email.rpartition(".")[2]) > longest:
            message = _(
                "For this shop’s parcels Canada Post accepts e-mail addresses with at most %(most)s letters after the "
                "last dot. Enter another address."
            )
            raise ValidationError(message, code="long_ending", params={"most": longest})
        return email

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if not is_phone(phone):
            message = _(
                "Enter a phone number with its area code, using digits, such as 613-555-0123. A number outside Canada "
                "and the United States begins with + and its country code."
            )
            raise ValidationError(message, code="invalid")
        return phone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("email"):
            self.ask("confirm_email", doubt_about_email(data["email"]), gettext("Yes, this e-mail address is right"))
        if data.get("phone"):
            self.ask("confirm_phone", doubt_about_phone(data["phone"]), gettext("Yes, this phone number is right"))
        return data

    def ask(self, name: str, question: str, answer: str) -> None:
        """Let the form have a checkbox for ``question``, and be refused until it is ticked."""
        if not question:
            return
        self.fields[name] = forms.BooleanField(label=answer, required=False, widget=TickBox)
        if not self[name].data:
            self.add_error(name, ValidationError(question, code=QUESTION))

    @property
    def only_asks(self) -> bool:
        """Say whether the form has questions, and nothing wrong."""
        codes = {error.code for errors in self.errors.as_data().values() for error in errors}
        return codes == {QUESTION}


class CorrectionForm(ContactForm):
    """The same for somebody known already: what is left empty stays, and only a part of what stands is shown."""

    def __init__(self, *args: Any, known: Recipient, **kwargs: Any):
        super().__init__(*args, **kwargs)
        name, _at, host = known.email.rpartition("@")
        for field, shown in (("email", f"{name[:1]}…@{host}"), ("phone", f"… {ids.phone_digits(known.phone)[-4:]}")):
            self.fields[field].required = False
            self.fields[field].help_text = gettext("Now %(shown)s. Leave this empty to keep it.") % {"shown": shown}

    def clean_email(self) -> str:
        return super().clean_email() if self.cleaned_data["email"] else ""

    def clean_phone(self) -> str:
        return super().clean_phone() if self.cleaned_data["phone"] else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and not (data["email"] or data["phone"]):
            self.add_error("email", _("Enter a new e-mail address, a new phone number, or both."))
        return data
