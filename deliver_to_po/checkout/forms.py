"""The recipient's form: refused unless it holds exactly what a label needs, each field with its own message."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.canadapost import identifiers as ids
from deliver_to_po.canadapost.types import Address, PostOffice, Recipient
from deliver_to_po.choices import PROVINCE_NAMES

DASHES = re.compile(r"[‐-―−]")
EXTENSION = re.compile(r"(?<=\d)(\s?)[\s,;]*(?:extension|ext|poste|x|p)[\s.:]*(?=\d)", re.IGNORECASE)


class LabelField(forms.CharField):
    """Text for one line of a label. ``noun`` names it in messages.

    Never cut: the browser is told no maxlength, since that cuts what is pasted without a word.
    """

    def __init__(self, *, noun: Any, longest: int, required_message: Any = "", **kwargs: Any):
        super().__init__(error_messages={"required": required_message}, **kwargs)
        self.noun, self.longest = noun, longest
        # In place of Django's own null character check, whose message says less.
        self.validators = [self._refuse_control_characters, self._refuse_too_long]

    def _refuse_control_characters(self, text: str) -> None:
        if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text):
            message = _("%(noun)s: there is an invisible character that a label cannot print. Please type it again.")
            raise ValidationError(message, code="control", params={"noun": self.noun})

    def _refuse_too_long(self, text: str) -> None:
        if len(text) > self.longest:
            message = _("%(noun)s: %(length)d characters, but only %(longest)d fit on the label. Please shorten it.")
            params = {"noun": self.noun, "length": len(text), "longest": self.longest}
            raise ValidationError(message, code="max_length", params=params)


class PhoneField(LabelField):
    """A phone number in the characters that Canada Post takes; an extension becomes ``x12``."""

    def to_python(self, value: Any) -> str:
        """Return what was typed with plain dashes, spaces and extension."""
        text = super().to_python(value) or ""
        return EXTENSION.sub(r"\1x", DASHES.sub("-", unicodedata.normalize("NFKC", text)))


def _attributes(autocomplete: str, **more: str) -> dict[str, str]:
    return {"autocomplete": autocomplete, **more}


class RecipientForm(forms.Form):
    """Who picks the parcel up: name and address as on the photo ID, and where Canada Post sends its notices."""

    name = LabelField(
        label=_("Full name, as on your government-issued photo ID"),
        noun=_("Name"),
        longest=ids.NAME_LENGTH,
        required_message=_("Enter the full name of the person who will pick up the parcel."),
        widget=forms.TextInput(_attributes("name")),
    )
    address_line_1 = LabelField(
        label=_("Address"),
        help_text=_("Your own address, as on your ID, not the post office’s"),
        noun=_("Address"),
        longest=ids.ADDRESS_LINE_LENGTH,
        required_message=_("Enter your own address: street, PO box, rural route or general delivery."),
        widget=forms.TextInput(_attributes("address-line1")),
    )
    address_line_2 = LabelField(
        label=_("Apartment, suite, unit (optional)"),
        noun=_("Second address line"),
        longest=ids.ADDRESS_LINE_LENGTH,
        required=False,
        widget=forms.TextInput(_attributes("address-line2")),
    )
    city = LabelField(
        label=_("City"),
        noun=_("City"),
        longest=ids.CITY_LENGTH,
        required_message=_("Enter the city of your own address."),
        widget=forms.TextInput(_attributes("address-level2")),
    )
    province = forms.ChoiceField(
        label=_("Province or territory"),
        error_messages={
            "required": _("Choose the province or territory of your own address."),
            "invalid_choice": _("Choose a Canadian province or territory."),
        },
        widget=forms.Select(_attributes("address-level1")),
    )
    postal_code = forms.CharField(
        label=_("Postal code"),
        error_messages={"required": _("Enter the postal code of your own address, such as K1A 0B1.")},
        widget=forms.TextInput(_attributes("postal-code", autocapitalize="characters", spellcheck="false")),
    )
    email = LabelField(
        label=_("E-mail"),
        help_text=_("Canada Post writes here when your parcel is ready"),
        noun=_("E-mail"),
        longest=ids.EMAIL_LENGTH,
        required_message=_("Enter an e-mail address: Canada Post writes there when the parcel is ready."),
        widget=forms.EmailInput(_attributes("email")),
    )
    phone = PhoneField(
        label=_("Phone"),
        help_text=_("Canada Post may call with an automated reminder after 5 days"),
        noun=_("Phone"),
        longest=ids.PHONE_LENGTH,
        required_message=_("Enter a phone number with its area code, such as 613-555-0123."),
        widget=forms.TextInput(_attributes("tel", type="tel")),
    )

    def __init__(self, *args: Any, office: PostOffice, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.office = office
        names = sorted(PROVINCE_NAMES.items(), key=lambda item: _bare(str(item[1])))
        province = self.fields["province"]
        if isinstance(province, forms.ChoiceField):
            province.choices = [("", _("Choose…")), *names]

    def clean_postal_code(self) -> str:
        """Return the postal code as ``A9A9A9``, from any spelling."""
        postal_code = ids.normalize_postal_code(self.cleaned_data["postal_code"])
        if not postal_code:
            raise ValidationError(_("Enter a Canadian postal code, such as K1A 0B1."), code="invalid")
        return postal_code

    def clean_email(self) -> str:
        """Refuse what Canada Post's notices cannot be sent to."""
        email: str = self.cleaned_data["email"]
        if not email.isascii():
            raise ValidationError(
                _("Canada Post can only write to e-mail addresses without accents or other special letters."),
                code="not_ascii",
            )
        if not ids.EMAIL.fullmatch(email):
            raise ValidationError(_("Enter an e-mail address such as name@example.com."), code="invalid")
        return email

    def clean_phone(self) -> str:
        """Refuse what is no phone number with its area code."""
        phone: str = self.cleaned_data["phone"]
        if not ids.PHONE.fullmatch(phone) or len(ids.phone_digits(phone)) < ids.PHONE_DIGITS:
            raise ValidationError(
                _("Enter a phone number with its area code, in figures, such as 613-555-0123."), code="invalid"
            )
        return phone

    def clean(self) -> dict[str, Any]:
        """Refuse the post office's own address."""
        data = super().clean() or self.cleaned_data
        lines = {_bare(data.get(name) or "") for name in ("address_line_1", "address_line_2")} - {""}
        office = {_bare(line) for line in (self.office.street, self.office.name, self.office.location)}
        if lines and lines <= office and data.get("postal_code") == self.office.postal_code:
            self.add_error(
                "address_line_1",
                ValidationError(
                    _("This is the post office’s address. Enter your own address, as on your ID."), code="office"
                ),
            )
        return data

    def recipient(self) -> Recipient:
        """Return the valid form's recipient."""
        data = self.cleaned_data
        return Recipient(
            name=data["name"],
            phone=data["phone"],
            email=data["email"],
            address=Address(
                line_1=data["address_line_1"],
                line_2=data["address_line_2"],
                city=data["city"],
                province=data["province"],
                postal_code=data["postal_code"],
            ),
        )


def initial_recipient(known: Recipient | RecipientSuggestion) -> dict[str, str]:
    """Return what to fill the form with from a recipient entered before, or from what the shop suggests."""
    if isinstance(known, RecipientSuggestion):
        line_1, line_2 = known.address_line_1, known.address_line_2
        city, province, postal_code = known.city, known.province, known.postal_code
    else:
        address = known.address
        line_1, line_2 = address.line_1, address.line_2
        city, province, postal_code = address.city, address.province, address.postal_code
    return {
        "name": known.name,
        "address_line_1": line_1,
        "address_line_2": line_2,
        "city": city,
        "province": province.upper(),
        "postal_code": ids.display_postal_code(ids.normalize_postal_code(postal_code) or postal_code),
        "email": known.email,
        "phone": known.phone,
    }


def _bare(text: str) -> str:
    """Return ``text`` without what people write differently: case, accents, spaces, punctuation."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if c.isalnum())
