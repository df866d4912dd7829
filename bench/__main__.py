"""Holds every contest, or those whose names contain an argument; prints a table and writes ``bench/results.json``."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import call_overhead, parse_offices
from bench.contest import Contest, Row, hold

RESULTS = Path(__file__).with_name("results.json")
NO_KARRIO = "karrio-canadapost is not installed here, so its row is left out; `make bench` installs it beside us."


def contests() -> Iterator[Contest]:
    """Yield every contest; the emulator runs only while its own are held."""
    yield parse_offices.contest()
    with call_overhead.slow_emulator() as server:
        yield call_overhead.portal_contest(server)
        yield call_overhead.webservices_contest(server)


def results(wanted: Sequence[str]) -> list[Row]:
    """Return the rows of every contest of which one is wanted; all where nothing is named."""
    return [
        row
        for contest in contests()
        if not wanted or any(word in rival.name for word in wanted for rival in contest.rivals)
        for row in hold(contest)
    ]


def keep(rows: Sequence[Row]) -> None:
    """Write what was measured, over what was measured before."""
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for row in rows:
        measured = {"value": round(row.value, 3), "unit": row.unit, "ratio": round(row.ratio, 3)}
        known[row.name] = {**measured, "against": row.against}
    RESULTS.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def main(wanted: Sequence[str]) -> int:
    """Return 1 when a goal is missed."""
    rows = results(wanted)
    print(f"{'':<22}{'ours':>10}{'ratio':>9}{'goal':>8}   against")
    for row in rows:
        goal = f"{row.goal:g}" if row.met else f"{row.goal:g}!"
        print(f"{row.name:<22}{row.value:>7.2f} {row.unit}{row.ratio:>9.3f}{goal:>8}   {row.against}")
    if not parse_offices.has_karrio():
        print(NO_KARRIO)
    keep(rows)
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
