"""What an action of the list is done with: as many rows as one request can do. The clerk is told of the others."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.translation import ngettext

# A page that asks sends its rows in this one field: Django takes 1,000 fields, and each row of its own would be one.
CHOSEN = "chosen"
# These have bounds of their own and say so themselves; a file of rows needs none, since it is never kept whole.
BOUND_BY_THEMSELVES = ("print_labels", "packing_slips", "pick_list", "save_as_csv")


def joined(rows: Iterable[Model]) -> str:
    """Return rows as a page that asks names them."""
    return ",".join(str(row.pk) for row in rows)


def unfold(request: HttpRequest, most: int) -> None:
    """Let Django find the rows that a page has asked about, ``most`` of them, and never the whole list."""
    if CHOSEN not in request.POST:
        return
    posted = request.POST.copy()
    posted.setlist(ACTION_CHECKBOX_NAME, named(request, most))
    posted.pop("select_across", None)
    request.POST = posted  # type: ignore[assignment]


def named(request: HttpRequest, most: int) -> list[str]:
    """Return the rows that a page has asked about, ``most`` of them."""
    keys = request.POST.get(CHOSEN, "").split(",", most)[:most]
    return [key for key in keys if _is_key(key)]


def _is_key(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def first_of(request: HttpRequest, rows: QuerySet[Any], most: int) -> QuerySet[Any]:
    """Return the first ``most`` of the list's rows; of the others it is said how many they are and where they begin."""
    pks = list(rows.values_list("pk", flat=True)[: most + 1])
    if len(pks) <= most:
        return rows
    # A colleague may take rows out of the list meanwhile.
    left = max(rows.count() - most, 1)
    told = ngettext(
        "Only the first %(most)s of these deliveries are included. %(count)s more stays as it is: “%(reference)s”. "
        "Repeat once those have left the list, or narrow the list with a filter.",
        "Only the first %(most)s of these deliveries are included. %(count)s more stay as they are, from "
        "“%(reference)s” on. Repeat once those have left the list, or narrow the list with a filter.",
        left,
    )
    first_left = rows.model._base_manager.filter(pk=pks[most]).first()
    words = {"most": localize(most), "count": localize(left), "reference": str(first_left)}
    messages.warning(request, told % words)
    return rows.filter(pk__in=pks[:most])
