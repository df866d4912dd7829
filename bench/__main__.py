"""Holds every contest, or those whose names contain an argument; prints a table and writes ``bench/results.json``."""

import json
import sys
from collections.abc import Iterator, Sequence
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

ROOMS = (
    backlog, desk, finding, following, handing_off, imposing, lighthouse, long_values, neighbours, offering,
    ordering, page_weight, starting, suggestions,
)  # fmt: skip
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
    for names, measure in (one for room in ROOMS for one in room.MEASUREMENTS.items()):
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
        print(HELP, *(f"  {' '.join(names)}" for room in ROOMS for names in room.MEASUREMENTS), sep="\n")
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
