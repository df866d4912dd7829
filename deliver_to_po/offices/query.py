"""Reading what a buyer types: a postal code in any spelling."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost.identifiers import normalize_postal_code
from deliver_to_po.canadapost.types import NearPostalCode, OfficeQuery
from deliver_to_po.errors import DeliverToPoError


class QueryNotUnderstood(DeliverToPoError):
    """What was typed is no Canadian postal code."""

    message: Promise | str = _("This is not a Canadian postal code. Please type one such as K1A 0B1.")
    code = "query_not_understood"


def parse(text: str) -> OfficeQuery:
    """Return what to ask Canada Post; raises QueryNotUnderstood. Makes no call."""
    postal_code = normalize_postal_code(text)
    if not postal_code:
        raise QueryNotUnderstood
    return NearPostalCode(postal_code)
