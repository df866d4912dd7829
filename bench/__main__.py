"""Holds every contest, or those whose names contain an argument; prints a table and writes ``bench/results.json``."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from bench import (
    backlog,
    call_overhead,
    desk,
    finding,
    following,
    handing_off,
    imposing,
    lighthouse,
    long_values,
    neighbours,
    offering,
    ordering,
    page_weight,
    parse_offices,
    starting,
    suggestions,
)
from bench.contest import Contest, Row, hold

# The rows that each measurement makes.
MEASUREMENTS: Mapping[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("backlog_rate", "backlog_chores"): backlog.beside_a_backlog,
    ("admin_list", "admin_filters", "admin_search", "admin_figures", "admin_queries", "tracking_pick", "erasure_sweep"):
        desk.lists,
    ("search_cached", "api_search", "search_uncached"): finding.searches,
    ("herd",): finding.herd,
    ("directory_sqlite", "directory_growth", "directory_postgresql"): finding.directory,
    ("tracking_rate", "tracking_beside"): following.rate,
    ("handoff_rate_1", "handoff_rate_2", "statements_per_label", "calls_per_label"): handing_off.rates,
    ("next_due",): handing_off.growth,
    ("labels_4up",): imposing.rates,
    ("labels_4up_memory",): imposing.growth,
    ("lighthouse_step",): partial(lighthouse.lighthouse, "step"),
    ("lighthouse_recipient",): partial(lighthouse.lighthouse, "recipient"),
    ("long_values",): long_values.long_values,
    ("sqlite_lost", "sqlite_crashed"): neighbours.neighbours,
    ("offers_kept",): offering.offers_kept,
    ("herd_rates",): offering.herd_rates,
    ("order_cost", "order_statements", "methods_listing"): ordering.order_cost,
    ("page_weight", "page_weight_map"): page_weight.page_weight,
    ("start_seconds", "start_memory"): starting.start_cost,
    ("suggestions",): suggestions.suggestions,
}  # fmt: skip
HELP = """python -m bench [WORD …]

Holds every contest, or those whose names contain one of the words; prints a table, writes bench/results.json, and ends
with status 1 when a goal is missed. Rows that need what is not here are left out, and say so: PostgreSQL is the one
that DATABASE_URL names; Chromium is on PATH or named in CHROMIUM; Lighthouse is the command that LIGHTHOUSE names, is
on PATH, or is fetched by npx (Node.js). These have rows of their own besides the contests:
"""
RESULTS = Path(__file__).with_name("results.json")
NO_KARRIO = "karrio-canadapost is not installed here, so its row is left out; `make bench` installs it beside us."
NO_CHROMIUM = "No Chromium or Chrome is found, so the row that it draws is left out."
NO_POSTGRESQL = "DATABASE_URL names no PostgreSQL, so its rows are left out."


def results(wanted: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of everything of which a name contains one of the ``wanted`` words; all where nothing is named."""
    for contest in _contests():
        if any(_is_wanted(rival.name, wanted) for rival in contest.rivals):
            yield from hold(contest)
    for names, measure in MEASUREMENTS.items():
        if any(_is_wanted(name, wanted) for name in names):
            yield from measure()


def _contests() -> Iterator[Contest]:
    """Yield every contest; the emulator runs only while its own are held."""
    yield parse_offices.contest()
    with call_overhead.slow_emulator() as server:
        yield call_overhead.portal_contest(server)
        yield call_overhead.webservices_contest(server)


def _is_wanted(name: str, wanted: Sequence[str]) -> bool:
    return not wanted or any(word in name for word in wanted)


def keep(rows: Sequence[Row]) -> None:
    """Write what was measured, over what was measured before."""
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for row in rows:
        measured = {"value": round(row.value, 3), "unit": row.unit, "ratio": round(row.ratio, 3)}
        known[row.name] = {**measured, "against": row.against}
    RESULTS.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def main(wanted: Sequence[str]) -> int:
    """Return 1 when a goal is missed."""
    if {"-h", "--help"} & set(wanted):
        print(HELP, *(f"  {' '.join(names)}" for names in MEASUREMENTS), sep="\n")
        return 0
    rows = []
    print(f"{'':<22}{'ours':>9} {'':<6}{'ratio':>8}{'goal':>9}   against")
    for row in results(wanted):
        goal = f"{'≥' if row.at_least else '≤'} {row.goal:g}{'' if row.met else ' !'}"
        print(f"{row.name:<22}{row.value:>9.2f} {row.unit:<6}{row.ratio:>8.3f}{goal:>9}   {row.against}", flush=True)
        rows.append(row)
    if not parse_offices.has_karrio():
        print(NO_KARRIO)
    if not finding.HAS_POSTGRESQL:
        print(NO_POSTGRESQL)
    if not suggestions.HAS_CHROMIUM:
        print(NO_CHROMIUM)
    keep(rows)
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
