"""What is held about a person as a CSV file for them: in words, a line for each thing, safe in every spreadsheet."""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from deliver_to_po.admin.csv_files import csv_file
from deliver_to_po.admin.privacy.request_words import ROLES
from deliver_to_po.core.choices import DeliveryState, NoticeKind, ShipmentState
from deliver_to_po.core.wording import with_colon
from deliver_to_po.models import Delivery
from deliver_to_po.models.parts import OFFICE_FIELDS, RECIPIENT_FIELDS

FIELDS: Mapping[str, Any] = {field.name: field for field in Delivery._meta.concrete_fields}
WORDS: Mapping[str, str | Promise] = {
    **{one: FIELDS[one].verbose_name for one in (*RECIPIENT_FIELDS, *OFFICE_FIELDS, "reference", "state", "language")},
    "as": gettext_lazy("held"),
    "order": gettext_lazy("order"),
    "id": gettext_lazy("delivery ID"),
    "placed_at": gettext_lazy("date placed"),
    "shipments": gettext_lazy("parcel"),
    "shipping_system": gettext_lazy("shipping system"),
    "tracking_number": gettext_lazy("tracking number"),
    "events": gettext_lazy("events of parcels"),
    "at_local_time": gettext_lazy("local date and time"),
    "meaning": gettext_lazy("meaning"),
    "event": gettext_lazy("event of a parcel"),
    "post_office": gettext_lazy("post office"),
    "contents": gettext_lazy("contents"),
    "made_at": gettext_lazy("date made"),
    "label_kept": gettext_lazy("shipping label is kept"),
    "what_the_shipping_system_said": gettext_lazy("what the shipping system said"),
    "files_of_exports": gettext_lazy("file of an export, made"),
    "manifests": gettext_lazy("manifest"),
    "e_mails": gettext_lazy("e-mail sent"),
    "kind": gettext_lazy("kind"),
    "sent_at": gettext_lazy("sent"),
    "notes": gettext_lazy("note"),
    "note": gettext_lazy("note"),
    "at": gettext_lazy("date and time"),
    "notes_that_a_person_must_read_first": gettext_lazy("notes that a person must read first"),
}
VALUES: Mapping[str, str | Promise] = {
    **{str(role): words for role, words in ROLES.items()},
    **{str(state): state.label for choices in (DeliveryState, ShipmentState) for state in choices},
    **{str(kind): kind.label for kind in NoticeKind},
}
IN_WORDS = ("as", "state", "kind")


def file_about(told: Sequence[Mapping[str, Any]]) -> StreamingHttpResponse:
    """Return what is held about somebody as a file to save, in the active language."""
    return csv_file(pgettext("name of a file", "privacy"), [_("delivery"), _("what"), _("value")], _rows(told))


def _rows(told: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[object]]:
    for one in told:
        about = one["reference"] or one["id"]
        for path, value in _flat(one, ()):
            yield [about, capfirst(reduce(with_colon, path)), value]


def _flat(value: Any, path: tuple[str, ...], key: str = "") -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each thing that is known, with what it is called, from the outside in; what is empty is left out."""
    if isinstance(value, Mapping):
        for name, inside in value.items():
            yield from _flat(inside, (*path, str(WORDS.get(name, name))), name)
    elif isinstance(value, list):
        for number, inside in enumerate(value, start=1):
            yield from _flat(inside, (*path[:-1], f"{path[-1]} {number}"), key)
    elif value is not None and value != "":
        yield path, _in_words(value, key)


def _in_words(value: Any, key: str) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(VALUES.get(value, value) if key in IN_WORDS else value)
