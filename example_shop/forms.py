"""What the shop asks its buyers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from deliver_to_po.canadapost.identifiers import display_postal_code, normalize_postal_code
from example_shop.basket import MAX_QUANTITY
from example_shop.models import DeliveryMethod
from example_shop.prices import COUPONS

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
    """The buyer and their address, which the order takes over unchanged."""

    name = forms.CharField(label=_("Full name"), max_length=80)
    email = forms.EmailField(label=pgettext_lazy("field", "E-mail"), help_text=_("For the confirmation of your order."))
    phone = forms.RegexField(
        label=_("Phone"),
        # However it is written or pasted: the label's own rules come where somebody picks up.
        regex=r"^(?=(?:\D*\d){10,20}\D*$)",
        max_length=30,
        error_messages={"invalid": _("Enter a phone number with its area code, such as 613-555-0123.")},
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
            # A browser would cut without a word what is pasted.
            self.fields[name].widget.attrs.pop("maxlength", None)
        self.fields["phone"].widget.input_type = "tel"

    def clean_postal_code(self) -> str:
        """Return the postal code without a space."""
        postal_code = normalize_postal_code(self.cleaned_data["postal_code"])
        if not postal_code:
            raise forms.ValidationError(_("Enter a Canadian postal code, such as H2X 1Y4."))
        return postal_code


class CouponForm(forms.Form):
    """A coupon's code, however it is written; an empty one takes the coupon out."""

    coupon = forms.CharField(label=_("Coupon"), max_length=20, required=False)

    def clean_coupon(self) -> str:
        """Return the code as it is printed on the coupon."""
        code = "".join(self.cleaned_data["coupon"].upper().split())
        if code and code not in COUPONS:
            raise forms.ValidationError(_("We do not know this coupon. Check the code, or go on without it."))
        return code


class DeliveryForm(forms.Form):
    """How the order reaches its buyer: home or to a post office, unless that is ``withdrawn``, for the reason given."""

    method = forms.ChoiceField(
        choices=DeliveryMethod.choices, error_messages={"required": _("Choose how to get your order.")}
    )

    def __init__(self, *args: Any, withdrawn: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._withdrawn = withdrawn

    def clean_method(self) -> str:
        """Return what was chosen; refuses the post office while it is withdrawn, and says why."""
        method: str = self.cleaned_data["method"]
        if self._withdrawn and method == DeliveryMethod.POST_OFFICE:
            raise forms.ValidationError(self._withdrawn)
        return method


def contact_as_typed(contact: dict[str, str]) -> dict[str, str]:
    """Return the kept contact as a person writes it, to fill the form with."""
    return {**contact, "postal_code": display_postal_code(contact.get("postal_code", ""))}
