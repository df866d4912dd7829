"""What the shop asks its buyers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from deliver_to_po.canadapost.identifiers import display_postal_code, normalize_postal_code
from example_shop.basket import MAX_QUANTITY
from example_shop.models import DeliveryMethod

PROVINCES = [
    ("", _("Choose…")),
    ("AB", _("Alberta")),
    ("BC", _("British Columbia")),
    ("MB", _("Manitoba")),
    ("NB", _("New Brunswick")),
    ("NL", _("Newfoundland and Labrador")),
    ("NS", _("Nova Scotia")),
    ("NT", _("Northwest Territories")),
    ("NU", _("Nunavut")),
    ("ON", _("Ontario")),
    ("PE", _("Prince Edward Island")),
    ("QC", _("Quebec")),
    ("SK", _("Saskatchewan")),
    ("YT", _("Yukon")),
]


class QuantityForm(forms.Form):
    """How many of a product."""

    quantity = forms.IntegerField(label=_("Quantity"), min_value=0, max_value=MAX_QUANTITY, initial=1)


class ContactForm(forms.Form):
    """Who buys, and where they live. Goes to the order as it is."""

    name = forms.CharField(label=_("Full name"), max_length=80)
    email = forms.EmailField(label=pgettext_lazy("field", "E-mail"), help_text=_("For the confirmation of your order."))
    phone = forms.RegexField(
        label=_("Phone"),
        regex=r"^\+?[0-9 ().\-x]{10,30}$",
        max_length=30,
        error_messages={"invalid": _("Enter a phone number with its area code, such as 613 555-0123.")},
    )
    address_line_1 = forms.CharField(label=_("Address"), max_length=80)
    address_line_2 = forms.CharField(label=_("Apartment, suite, unit (optional)"), max_length=80, required=False)
    city = forms.CharField(label=_("City"), max_length=60)
    province = forms.ChoiceField(label=_("Province or territory"), choices=PROVINCES)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20)

    autocomplete = {
        "name": "name",
        "email": "email",
        "phone": "tel",
        "address_line_1": "address-line1",
        "address_line_2": "address-line2",
        "city": "address-level2",
        "province": "address-level1",
        "postal_code": "postal-code",
    }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, purpose in self.autocomplete.items():
            self.fields[name].widget.attrs["autocomplete"] = purpose
        self.fields["phone"].widget.input_type = "tel"

    def clean_postal_code(self) -> str:
        """Return the postal code without a space."""
        postal_code = normalize_postal_code(self.cleaned_data["postal_code"])
        if not postal_code:
            raise forms.ValidationError(_("Enter a Canadian postal code, such as H2X 1Y4."))
        return postal_code


class DeliveryForm(forms.Form):
    """How the order reaches its buyer."""

    method = forms.ChoiceField(choices=DeliveryMethod.choices, error_messages={"required": _("Choose a delivery.")})

    def __init__(self, *args: Any, fits: bool, withdrawn: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.withdrawn = withdrawn
        self.post_office = fits and not withdrawn

    def clean_method(self) -> str:
        """Return the method; refuses the post office for what Canada Post does not take."""
        method: str = self.cleaned_data["method"]
        if method == DeliveryMethod.POST_OFFICE and self.withdrawn:
            raise forms.ValidationError(self.withdrawn)
        if method == DeliveryMethod.POST_OFFICE and not self.post_office:
            raise forms.ValidationError(_("Your basket is too big for a post office. Choose home delivery."))
        return method


def contact_as_typed(contact: dict[str, str]) -> dict[str, str]:
    """Return the kept contact as a person writes it, to fill the form with."""
    return {**contact, "postal_code": display_postal_code(contact.get("postal_code", ""))}
