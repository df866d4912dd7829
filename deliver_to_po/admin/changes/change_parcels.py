""" "Change the parcels": how each was packed, its service and options, filled with what a clerk or the shop said."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliver_to_po.admin.changes.edit_page import Edit, Part
from deliver_to_po.admin.permissions import CHANGE_PARCELS
from deliver_to_po.admin.show import lines, measures_shown, options_text
from deliver_to_po.admin.weights_and_money import LONGEST, read_amount, read_size, read_weight
from deliver_to_po.canadapost.types import Parcel, Service, ShipmentOption
from deliver_to_po.core.wording import SERVICES, service_name
from deliver_to_po.handoff.changing.change import Changed, change_consignment, parcels_as_said
from deliver_to_po.handoff.frozen_request import MEASURES
from deliver_to_po.models import Delivery
from deliver_to_po.shipping.objections import objections_to_parcel

OPTIONS = ("signature", "coverage", "proof_of_age")
# Where an error stands; what is not here stands above the parcel.
FIELDS = {f"parcel.{name}": name for name in MEASURES} | {"service": "service", "options": "coverage"}


class NumberField(forms.DecimalField):
    """A number as people write it in either language; ``read`` returns it, or None for a text that is not one."""

    def __init__(self, read: Callable[[str], Decimal | None] = read_size, **kwargs: Any):
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "size": "8"})
        super().__init__(localize=True, widget=widget, **kwargs)
        self.read = read

    def to_python(self, value: Any) -> Any:
        """Return the number. Raises ValidationError for what is none, or far too long to be one."""
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        if (number := self.read(value)) is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what to show again, or the beginning of a text that is far too long."""
        shown = super().bound_data(data, initial)
        return shown[: LONGEST + 1] if isinstance(shown, str) else shown


def _kilograms(text: str) -> Decimal | None:
    weight = read_weight(text)
    return weight and weight.kilograms()


class ParcelForm(forms.Form):
    """How one parcel is packed and sent; refused when it breaks a rule of Deliver to Post Office."""

    weight_kg = NumberField(_kilograms, label=gettext_lazy("Weight (kg)"))
    length_cm = NumberField(label=gettext_lazy("Length (cm)"))
    width_cm = NumberField(label=gettext_lazy("Width (cm)"))
    height_cm = NumberField(label=gettext_lazy("Height (cm)"))
    service = forms.ChoiceField(label=gettext_lazy("Service"), choices=list(SERVICES.items()))
    signature = forms.BooleanField(label=gettext_lazy("Signature"), required=False)
    coverage = NumberField(read_amount, label=gettext_lazy("Coverage (CAD), if any"), required=False)
    proof_of_age = forms.ChoiceField(
        label=gettext_lazy("Proof of age required"),
        required=False,
        choices=[
            ("", gettext_lazy("none")),
            ("PA18", gettext_lazy("18 years")),
            ("PA19", gettext_lazy("19 years")),
            ("PA21", gettext_lazy("21 years")),
        ],
    )

    def clean(self) -> dict[str, Any]:
        """Refuse what no post office takes, each beside its field."""
        data = super().clean() or self.cleaned_data
        if all(name in data for name in (*MEASURES, "service", *OPTIONS)):
            for field, words in objections_to_parcel(self.parcel(), data["service"], self.options()):
                self.add_error(FIELDS.get(field), words)
        return data

    def parcel(self) -> Parcel:
        return Parcel(*(self.cleaned_data[name] for name in MEASURES))

    def options(self) -> list[ShipmentOption]:
        data = self.cleaned_data
        options = [ShipmentOption("SO")] if data["signature"] else []
        if data["coverage"] is not None:
            options.append(ShipmentOption("COV", data["coverage"]))
        return [*options, ShipmentOption(data["proof_of_age"])] if data["proof_of_age"] else options

    def said(self) -> dict[str, Any]:
        """Return what of the valid form differs from what it was filled with, as ``change_consignment`` takes it."""
        differs = set(self.changed_data)
        said: dict[str, Any] = {}
        if differs.intersection(MEASURES):
            said["parcel"] = self.parcel()
        if "service" in differs:
            said["service"] = Service(self.cleaned_data["service"])
        if differs.intersection(OPTIONS):
            said["options"] = self.options()
        return said


def _initial(fields: Mapping[str, Any]) -> dict[str, Any]:
    amounts = {option["code"]: option["amount"] for option in fields["options"]}
    coverage = amounts.get("COV")
    return {
        **{name: fields[name].normalize() for name in MEASURES},
        "service": str(fields["service"]),
        "signature": "SO" in amounts,
        "coverage": None if coverage is None else Decimal(coverage),
        "proof_of_age": next((code for code in amounts if code.startswith("PA")), ""),
    }


def _now(fields: Mapping[str, Any]) -> str:
    measures = measures_shown(*(fields[name] for name in MEASURES))
    return lines([measures, service_name(fields["service"]), options_text(fields["options"])])


def _parts(delivery: Delivery, sent: QueryDict | None) -> Sequence[Part[ParcelForm]]:
    return [
        Part(
            _("Parcel %(parcel)d") % {"parcel": number},
            _now(fields),
            ParcelForm(sent, prefix=f"parcel{number}", initial=_initial(fields)),
        )
        for number, fields in enumerate(parcels_as_said(delivery), 1)
    ]


@transaction.atomic
def _save(delivery: Delivery, parts: Sequence[Part[ParcelForm]], user: Any, note: str) -> Changed:
    """Save the parcels that differ, all or none; the result of the last one stands for all."""
    changed = Changed.NOTHING
    for number, part in enumerate(parts, 1):
        if said := part.form.said():
            changed = change_consignment(delivery, number, **said, user=user, note=note)
    return changed


PACK = Edit[ParcelForm](
    name="change_parcels",
    label=gettext_lazy("Change the parcels"),
    permission=CHANGE_PARCELS,
    does=gettext_lazy(
        "Say how each parcel was packed and should be shipped. Only parcels that you change get a new label."
    ),
    parts=_parts,
    make=_save,
)
