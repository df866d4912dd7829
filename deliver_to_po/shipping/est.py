"""Files of orders for Canada Post's own software: EST 2.0 and EST Desktop. Unverified: nobody has imported one yet.

The columns are those of one published export, in which Deliver to Post Office was not filled in.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from deliver_to_po.canadapost.types import Service
from deliver_to_po.core.conf import SETTING
from deliver_to_po.shipping.answers import ExportFile, Refused, ShipmentRequest
from deliver_to_po.shipping.by_hand import COLUMN_OPTIONS, ByHand
from deliver_to_po.shipping.files.parcel_fields import FIELDS, fields_of, formula_in
from deliver_to_po.shipping.manual import WRITTEN, encoding_of, letter_refused
from deliver_to_po.shipping.objections import OwnRule, breaks

# What stands in each column of a record of type 3, counted from 1; "" if nothing does.
COLUMNS = (
    *("record_type", "parcel_reference", "", "", "recipient_first_name", "recipient_last_name", "", "", ""),  # 1 to 9
    *("recipient_address_line_1", "recipient_address_line_2", "recipient_city", "recipient_province"),  # 10 to 13
    *("recipient_postal_code", "country", "recipient_phone", "", "recipient_email"),  # 14 to 18
    *("weight", "article", "length_cm", "width_cm", "height_cm", "", "", ""),  # 19 to 26
    *("signature", "", "", "", "pa18", "pa19", "", "", "", ""),  # 27 to 36
    *("deliver_to_post_office", "office_id", "", "", "notify_recipient", "coverage", "", ""),  # 37 to 44
)
ARTICLES: Mapping[str, str] = {service.value: service.est_article for service in Service}
UNITS: Mapping[str, str] = {"g": "weight_g", "kg": "weight_kg"}
OWN = (
    "",
    "record_type",
    "weight",
    "article",
    "signature",
    "pa18",
    "pa19",
    "deliver_to_post_office",
    "notify_recipient",
)
# Which column says what of an option; one without a column cannot be asked for.
OPTION_COLUMNS: Mapping[str, str] = {"SO": "signature", "PA18": "pa18", "PA19": "pa19", "COV": "coverage"}


@dataclass(frozen=True)
class Profile:
    """How the file is written: everything of it that somebody must compare with Canada Post's own specification."""

    columns: tuple[str, ...] = COLUMNS
    encoding: str = "utf-8"
    weight_unit: str = "g"
    yes: str = "1"
    no: str = "0"
    articles: Mapping[str, str] = field(default_factory=lambda: ARTICLES)


class Est2File(ByHand):
    """Collects parcels until a clerk exports them into a file, which EST 2.0 imports as orders."""

    name: str | Promise = gettext_lazy("EST 2.0")
    gives_to = ""
    supports_d2po = True
    exports: ClassVar[bool] = True
    option_names: ClassVar[Mapping[str, str]] = {
        "COLUMNS": "what stands in each column, in their order",
        "ENCODING": "how the file is written; utf-8 by default",
        "WEIGHT_UNIT": "“g” or “kg”",
        "YES": "what a flag says that is set",
        "NO": "what a flag says that is not",
        "ARTICLES": "the article number of each service",
        "VERIFIED": "True once somebody has compared the file with Canada Post's Import File Specifications",
        **COLUMN_OPTIONS,
    }

    def __init__(self, alias: str, options: Mapping[str, Any]):
        super().__init__(alias, options)
        self._profile = _profile(alias, options)
        if options.get("VERIFIED") is not True:
            self.unverified = gettext_lazy(
                "The format of the file for EST 2.0 is unverified: compare it with Canada Post’s Import File "
                "Specifications, and the first label with the order, before the first real parcel."
            )

    def objection(self, request: ShipmentRequest) -> Refused | None:
        """Return the rule that ``request`` breaks, or what of it the file cannot hold."""
        return super().objection(request) or self._cannot_be_written(request)

    def export(self, requests: Sequence[ShipmentRequest]) -> ExportFile:
        """Return the file: a line for each parcel and no heading."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        for request in requests:
            values = self._values(request)
            writer.writerow([values[name] for name in self._profile.columns])
        # Nobody asks about the letters of a post office, say: they must not stop the file.
        return ExportFile(text.getvalue().encode(self._profile.encoding, errors="replace"))

    def _values(self, request: ShipmentRequest) -> dict[str, str]:
        profile, codes = self._profile, {option.code for option in request.options}
        said = fields_of(request)
        flags = {name: profile.yes if code in codes else profile.no for code, name in OPTION_COLUMNS.items()}
        return {
            **flags,
            **said,
            "": "",
            "record_type": "3",
            "weight": said[UNITS[profile.weight_unit]],
            "article": profile.articles[request.service],
            "deliver_to_post_office": profile.yes,
            "notify_recipient": profile.yes,
        }

    def _cannot_be_written(self, request: ShipmentRequest) -> Refused | None:
        for option in request.options:
            if OPTION_COLUMNS.get(option.code) not in self._profile.columns:
                return breaks("options", OwnRule.NO_COLUMN, code=option.code)
        if request.service not in self._profile.articles:
            return breaks("service", OwnRule.NO_ARTICLE, code=request.service)
        values = self._values(request)
        for name, field_name in WRITTEN.items():
            if sign := formula_in(values[name]):
                return breaks(field_name, OwnRule.FORMULA, sign=sign)
        return letter_refused(values, self._profile.encoding)


def _profile(alias: str, options: Mapping[str, Any]) -> Profile:
    """Return the profile with what OPTIONS changes of it; raises ImproperlyConfigured for what cannot be."""
    names = {each.name.upper(): each.name for each in fields(Profile)}
    profile: Any = Profile(**{names[key]: value for key, value in options.items() if key in names})
    encoding_of(alias, profile.encoding)
    setting = f'{SETTING}["SHIPPING_SYSTEMS"]["{alias}"]["OPTIONS"]'
    if isinstance(profile.columns, str) or not isinstance(profile.columns, Sequence):
        raise ImproperlyConfigured(f'{setting}["COLUMNS"] must be a tuple of names, in the order of the columns.')
    known = {*OWN, *FIELDS}
    if unknown := sorted({str(name) for name in profile.columns if name not in known}):
        raise ImproperlyConfigured(
            f'{setting}["COLUMNS"] names {", ".join(unknown)}. There is: {", ".join(sorted(known))}.'
        )
    if profile.weight_unit not in UNITS:
        raise ImproperlyConfigured(f'{setting}["WEIGHT_UNIT"] is {profile.weight_unit!r}: write “g” or “kg”.')
    if not all(isinstance(flag, str) for flag in (profile.yes, profile.no)):
        raise ImproperlyConfigured(f"{setting}: YES and NO must be texts, such as “1” and “0”.")
    articles = profile.articles
    if not isinstance(articles, Mapping) or not all(isinstance(number, str) for number in articles.values()):
        raise ImproperlyConfigured(f'{setting}["ARTICLES"] must be a dict such as {{"DOM.EP": "967"}}.')
    made: Profile = profile
    return made
