"""Parcels that a clerk ships with whatever software the shop has: a card for each, a file, and numbers typed back."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from deliver_to_po.core.conf import SETTING
from deliver_to_po.shipping.answers import ExportFile, Refused, ShipmentRequest
from deliver_to_po.shipping.by_hand import COLUMN_OPTIONS, ByHand
from deliver_to_po.shipping.files.parcel_fields import FIELDS, fields_of, without_formula
from deliver_to_po.shipping.objections import OwnRule, breaks
from deliver_to_po.shipping.promised_labels import OPTION_NAMES, has_shown_a_label

# The columns of the file unless the shop names others.
COLUMNS: Mapping[str, str] = {name: name for name in FIELDS if name not in ("weight_g", "country")}
# What a recipient wrote, by the name of its field.
WRITTEN: Mapping[str, str] = {
    "recipient_name": "recipient.name",
    "recipient_first_name": "recipient.name",
    "recipient_last_name": "recipient.name",
    "recipient_address_line_1": "recipient.address.line_1",
    "recipient_address_line_2": "recipient.address.line_2",
    "recipient_city": "recipient.address.city",
    "recipient_email": "recipient.email",
}


class Manual(ByHand):
    """Ships nothing by itself.

    That the shop's software offers Deliver to Post Office only the shop can say: see HAS_SHOWN_A_LABEL.
    """

    name: str | Promise = gettext_lazy("Shipping desk")
    option_names: ClassVar[Mapping[str, str]] = {
        "NAME": "how staff, and buyers, call the software with which the labels are made",
        **OPTION_NAMES,
        "COLUMNS": "the columns of the file, each with what it holds",
        "ENCODING": "how the file is written; utf-8 with its mark by default, as spreadsheets want it",
        **COLUMN_OPTIONS,
    }

    def __init__(self, alias: str, options: Mapping[str, Any]):
        super().__init__(alias, options)
        self.gives_to = options.get("NAME") or ""
        self.name = self.gives_to or type(self).name
        self.supports_d2po = has_shown_a_label(alias, options)
        self._columns = _columns(alias, options.get("COLUMNS", COLUMNS))
        self._encoding = encoding_of(alias, options.get("ENCODING", "utf-8-sig"))

    def objection(self, request: ShipmentRequest) -> Refused | None:
        """Return the rule that ``request`` breaks, or the letter that the file cannot hold."""
        fields = fields_of(request)
        in_the_file = {name: fields[name] for name in self._columns.values()}
        return super().objection(request) or letter_refused(in_the_file, self._encoding)

    def export(self, requests: Sequence[ShipmentRequest]) -> ExportFile:
        """Return a file with a line for each parcel; an apostrophe stands before what would be a formula."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(self._columns)
        for request in requests:
            fields = fields_of(request)
            writer.writerow([without_formula(fields[name]) for name in self._columns.values()])
        # What a clerk has got before the encoding was changed must not stop the file.
        return ExportFile(text.getvalue().encode(self._encoding, errors="replace"))


def _columns(alias: str, columns: Any) -> Mapping[str, str]:
    """Return a column map; raises ImproperlyConfigured for what is none, or names what there is not."""
    setting = f'{SETTING}["SHIPPING_SYSTEMS"]["{alias}"]["OPTIONS"]["COLUMNS"]'
    if not isinstance(columns, Mapping) or not columns or not all(isinstance(key, str) for key in columns):
        raise ImproperlyConfigured(f'{setting} must be a dict such as {{"Order": "parcel_reference"}}.')
    if unknown := sorted(str(name) for name in columns.values() if name not in FIELDS):
        raise ImproperlyConfigured(f"{setting} names {', '.join(unknown)}. There is: {', '.join(FIELDS)}.")
    return columns


def letter_refused(values: Mapping[str, str], encoding: str) -> Refused | None:
    """Return a refusal that names the first letter that a recipient wrote and a file cannot hold; None for none."""
    for name, field in WRITTEN.items():
        try:
            values.get(name, "").encode(encoding)
        except UnicodeEncodeError as error:
            return breaks(field, OwnRule.LETTER, sign=error.object[error.start])
    return None


def encoding_of(alias: str, encoding: Any) -> str:
    """Return the name of an encoding; raises ImproperlyConfigured when there is none of that name."""
    try:
        "é".encode(encoding)
    except (LookupError, TypeError, UnicodeError):
        setting = f'{SETTING}["SHIPPING_SYSTEMS"]["{alias}"]["OPTIONS"]["ENCODING"]'
        raise ImproperlyConfigured(f"{setting} is {encoding!r}: write “utf-8”, “utf-8-sig” or “cp1252”.") from None
    return str(encoding)
