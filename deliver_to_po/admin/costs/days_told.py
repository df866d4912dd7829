"""How long parcels took and what became of them, in words and as a plot, for the page of figures."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.admin.costs.days import Days, Ways
from deliver_to_po.admin.costs.plot import Plot, plot_of
from deliver_to_po.offer.own_days import NINE_OF_TEN, share_done

HALF = 0.5
# Fewer months differ from the rest than are named one by one.
NAMED_AT_MOST = 4


class DaysRow(NamedTuple):
    name: str
    parcels: str
    kept: str
    days: str
    pick_up: str
    returned: str
    uncollected: str
    late: bool


class Tile(NamedTuple):
    title: str
    number: str
    says: str


def told(found: Days, shown: Sequence[date], all_months: str) -> Mapping[str, Any] | None:
    """Return what the page says of parcels on their way, with a plot of the months ``shown``; None without any."""
    if not found.total.parcels:
        return None
    months = dict(sorted(found.months.items(), reverse=True))
    few = ngettext(
        "%(count)d post office with too few parcels to say anything is left out.",
        "%(count)d post offices with too few parcels to say anything are left out.",
        found.few,
    )
    return {
        "tiles": list(_tiles(found.total)),
        "finding": finding(found.months),
        "plot": _plot(found.months, shown),
        "total": line(all_months, found.total),
        "months": [line(date_format(month, "YEAR_MONTH_FORMAT"), ways) for month, ways in months.items()],
        "offices": [line(name, ways) for name, ways in found.offices],
        "few": few % {"count": found.few} if found.few else "",
    }


def line(name: str, ways: Ways) -> DaysRow:
    promised, kept = _within(ways.to_promise, HALF), _within(ways.to_ready, NINE_OF_TEN)
    return DaysRow(
        name,
        localize(ways.parcels),
        _percent(ways.kept, ways.promised),
        f"{promised} / {kept}",
        _within(ways.to_pick_up, HALF),
        localize(ways.returned),
        localize(ways.uncollected),
        is_late(ways),
    )


def is_late(ways: Ways) -> bool:
    """Say whether fewer than nine of ten were ready when they were promised."""
    return ways.kept < NINE_OF_TEN * ways.promised


def _within(days: Mapping[int, int], share: float) -> str:
    return localize(share_done(days, share)) if days else "–"


def _percent(part: int, whole: int) -> str:
    return _("%(share)s%%") % {"share": localize(round(100 * part / whole))} if whole else "–"


def _tiles(total: Ways) -> Iterator[Tile]:
    yield Tile(
        _("Ready on the promised day"),
        _percent(total.kept, total.promised),
        _("9 of 10 were ready after days: %(kept)s; promised: %(promised)s")
        % {"kept": _within(total.to_ready, NINE_OF_TEN), "promised": _within(total.to_promise, HALF)},
    )
    yield Tile(
        _("Days to pick up"),
        _within(total.to_pick_up, HALF),
        _("for half of them; for 9 of 10: %(days)s") % {"days": _within(total.to_pick_up, NINE_OF_TEN)},
    )
    yield Tile(
        _("Returned"),
        _percent(total.returned, total.parcels),
        _("%(returned)s of %(parcels)s parcels; not picked up: %(uncollected)s")
        % {
            "returned": localize(total.returned),
            "parcels": localize(total.parcels),
            "uncollected": localize(total.uncollected),
        },
    )


def finding(months: Mapping[date, Ways]) -> str:
    counted = {month: is_late(ways) for month, ways in sorted(months.items()) if ways.promised}
    late = [month for month, is_so in counted.items() if is_so]
    if not counted:
        return _("How long parcels took: no day was promised for any of them")
    if not late:
        return _("In every month, 9 of 10 parcels were ready on the promised day")
    if len(late) == len(counted):
        return _("In every month, fewer than 9 of 10 parcels were ready on the promised day")
    words = {
        "months": ", ".join(date_format(month, "YEAR_MONTH_FORMAT") for month in late),
        "count": len(late),
        "all": len(counted),
    }
    if len(late) > NAMED_AT_MOST:
        return _("In %(count)d of %(all)d months, fewer than 9 of 10 parcels were ready on the promised day") % words
    return _("9 of 10 parcels were ready on the promised day, except in %(months)s") % words


def _plot(months: Mapping[date, Ways], shown: Sequence[date]) -> Plot | None:
    """Return the plot of days promised, as half of them were, beside those within which nine of ten were ready."""
    bars = [(date_format(month, "N"), months.get(month, Ways())) for month in shown]
    return plot_of(
        [(name, _days(ways.to_promise, HALF), _days(ways.to_ready, NINE_OF_TEN)) for name, ways in bars], in_days=True
    )


def _days(days: Mapping[int, int], share: float) -> Decimal:
    return Decimal(share_done(days, share)) if days else Decimal(0)
