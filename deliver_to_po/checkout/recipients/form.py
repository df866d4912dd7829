"""The recipient's form: refused unless it holds exactly what a label needs, each field with its own message."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from deliver_to_po.adapter import RecipientSuggestion
from deliver_to_po.canadapost import identifiers as ids
from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.types import Address, PostOffice, Recipient
from deliver_to_po.checkout.recipients.contact_form import ContactForm
from deliver_to_po.checkout.recipients.doubts import doubt_about_postal_code
from deliver_to_po.checkout.recipients.fields import BoundedChoiceField, BoundedTextField, LabelField
from deliver_to_po.checkout.recipients.inputs import DropDown, Line
from deliver_to_po.checkout.recipients.office_address import is_office_address
from deliver_to_po.core.provinces import PROVINCE_NAMES
from deliver_to_po.models.parts import recipient_fields
from deliver_to_po.offices.typed.places import fold
from deliver_to_po.offices.typed.postal_codes import NOT_A_POSTAL_CODE, corrected_postal_code, postal_code_within

NOT_A_PROVINCE = _("Choose a Canadian province or territory.")


def provinces_by_name() -> Sequence[tuple[str, Any]]:
    """Return the provinces and territories to choose from, by their names in the active language."""
    return _in_order(get_language())


@lru_cache
def _in_order(_language: str | None) -> Sequence[tuple[str, Any]]:
    return [("", _("Choose…")), *sorted(PROVINCE_NAMES.items(), key=lambda item: fold(str(item[1])))]


class RecipientForm(ContactForm):
    """The recipient: name and address as on the photo ID, and where Canada Post sends its notices.

    ``office`` is the chosen one, or None: then the form cannot refuse its address as the recipient's.
    """

    QUESTIONS: ClassVar = ("confirm_postal_code", *ContactForm.QUESTIONS)
    # Whom and where comes before how to reach them.
    field_order = ("name", "address_line_1", "address_line_2", "city", "province", "postal_code")

    name = LabelField(
        label=_("Full name, as on the government-issued photo ID"),
        noun=_("Name"),
        longest=lengths.RECIPIENT_NAME,
        required_message=_("Enter the full name of the person who will pick up the parcel."),
        widget=Line({"autocomplete": "name"}),
    )
    address_line_1 = LabelField(
        label=_("Address"),
        help_text=_("The address on that ID, not the post office’s"),
        noun=_("Address"),
        longest=lengths.RECIPIENT_ADDRESS_LINE,
        required_message=_("Enter this person’s address: street, PO box, rural route or general delivery."),
        widget=Line({"autocomplete": "address-line1"}),
    )
    address_line_2 = LabelField(
        label=_("Apartment, suite, unit (optional)"),
        noun=_("Second address line"),
        longest=lengths.RECIPIENT_ADDRESS_LINE,
        required=False,
        widget=Line({"autocomplete": "address-line2"}),
    )
    city = LabelField(
        label=_("City"),
        noun=_("City"),
        longest=lengths.RECIPIENT_CITY,
        required_message=_("Enter the city."),
        widget=Line({"autocomplete": "address-level2"}),
    )
    province = BoundedChoiceField(
        label=_("Province or territory"),
        noun=_("Province or territory"),
        longest=2,
        choices=provinces_by_name,
        error_messages={
            "required": _("Choose the province or territory."),
            "invalid_choice": NOT_A_PROVINCE,
            "max_length": NOT_A_PROVINCE,
        },
        widget=DropDown({"autocomplete": "address-level1"}),
    )
    postal_code = BoundedTextField(
        label=_("Postal code"),
        noun=_("Postal code"),
        longest=10,
        error_messages={
            "required": _("Enter the postal code, such as K1A 0B1."),
            "max_length": NOT_A_POSTAL_CODE,
        },
        widget=Line({"autocomplete": "postal-code", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, office: PostOffice | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.office = office

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if ids.EMAIL.fullmatch(name) or not any(map(str.isalpha, name)):
            raise ValidationError(self.fields["name"].error_messages["required"], code="invalid")
        return name

    def clean_postal_code(self) -> str:
        typed: str = self.cleaned_data["postal_code"]
        postal_code = ids.normalize_postal_code(typed) or postal_code_within(typed)
        if not postal_code:
            raise ValidationError(_why_no_postal_code(typed), code="invalid")
        return postal_code

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        lines = data.get("address_line_1", ""), data.get("address_line_2", "")
        if self.office and is_office_address(*lines, data.get("postal_code", ""), self.office):
            message = _("This is the post office’s address. Enter the address on this person’s ID.")
            self.add_error("address_line_1", ValidationError(message, code="office"))
        if data.get("postal_code") and data.get("province"):
            doubt = doubt_about_postal_code(data["postal_code"], data["province"])
            self.ask("confirm_postal_code", doubt, gettext("Yes, the postal code and the province are right"))
        return super().clean()

    def so_far(self) -> Recipient:
        """Return the recipient of a form that somebody leaves: what is missing, wrong or in question is ``""``."""
        for name in self.errors:
            self.cleaned_data[name.removeprefix("confirm_")] = ""
        return self.recipient()

    def recipient(self) -> Recipient:
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
        texts = asdict(known)
    else:
        texts = {name.removeprefix("recipient_"): text for name, text in recipient_fields(known).items()}
    code = texts["postal_code"]
    shown = ids.display_postal_code(ids.normalize_postal_code(code) or code)
    return texts | {"province": texts["province"].upper(), "postal_code": shown}


def _why_no_postal_code(typed: str) -> str:
    """Return the message. O and 0 look alike, so it writes out the postal code that is probably meant."""
    if meant := corrected_postal_code(typed):
        message = gettext(
            "This postal code seems to have a letter in place of a digit, or the reverse (O and 0, for example). "
            "Enter it like this: {code}"
        )
        return message.format(code=meant)
    return str(NOT_A_POSTAL_CODE)
