"""``python -m tests.crash``, or ``make crash``: hands off while everything breaks, and says what came of it."""

import argparse
import random
import signal
import sys
import time
from collections.abc import Mapping, Sequence

import django
from django.core.management import call_command

from tests.crash.surroundings import CannotRun, Surroundings, surroundings
from tests.crash.workers import PLACES

# The share of the time of trouble in which orders arrive: its first part, so that the last ones are broken too.
ARRIVAL_SHARE = 0.7
CALM_SECONDS = 180.0
LOG_LINES = 40


def main(arguments: Sequence[str] | None = None) -> int:
    """Run once; return 0 when everything holds, 1 when something does not, 2 when it cannot run."""
    options = _parser().parse_args(arguments)
    # As Ctrl-C does: workers, emulator and database go with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    try:
        celery, without_contract = options.engine == "celery", options.without_contract
        with surroundings(latency_seconds=options.latency, celery=celery, without_contract=without_contract) as around:
            django.setup()
            call_command("migrate", verbosity=0)
            return _run(around, options)
    except CannotRun as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.crash", description=__doc__)
    add = parser.add_argument
    add("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="what everything is drawn from")
    add("--deliveries", type=int, default=500, help="how many orders arrive (default: %(default)s)")
    add("--minutes", type=float, default=8.0, help="how long everything breaks (default: %(default)g)")
    add("--latency", type=float, default=0.25, metavar="SECONDS", help="of the labels' storage (default: %(default)g)")
    add("--engine", choices=PLACES, default="django-tasks-db", help="of background work (default: %(default)s)")
    add("--without-contract", action="store_true", help="as a shop without an agreement, charged at once by card")
    add("--kills", type=int, default=0, metavar="N", help="only kill workers, until N were killed")
    return parser


def _run(around: Surroundings, options: argparse.Namespace) -> int:
    from tests.crash.calm import Calm
    from tests.crash.changes import People
    from tests.crash.orders import Orders
    from tests.crash.trouble import KILLS_ONLY, RATES, Trouble
    from tests.crash.verdict import judge
    from tests.crash.workers import Workers

    print(
        f"seed {options.seed}, {options.deliveries} deliveries, {options.engine}, storage {options.latency:g} s"
        f"{', without a contract' if options.without_contract else ''}",
        flush=True,
    )
    chance = random.Random(options.seed)
    workers = Workers(around, chance)
    orders = Orders(chance)
    people = People(chance, orders.offices, around.emulator)
    trouble = Trouble(around, workers, orders, chance, KILLS_ONLY if options.kills else RATES, people)
    calm = Calm(around.emulator, workers, people, trouble.wanted, chance)
    began = time.monotonic()
    ends_at = began + float(options.minutes) * 60

    def over() -> bool:
        if options.kills:
            return workers.kills >= int(options.kills)
        return time.monotonic() >= ends_at

    try:
        workers.start(PLACES[options.engine])
        trouble.go_on(options.deliveries / (options.minutes * 60 * ARRIVAL_SHARE), options.deliveries, over)
        trouble.end()
        broke = time.monotonic()
        calm.come(CALM_SECONDS)
        ended = time.monotonic()
    finally:
        workers.end()
    ask = around.emulator.ask
    verdict = judge(trouble.wanted, ask("GET", "/shipments"), ask("GET", "/manifests"), around)
    print(
        f"kills {workers.kills} ({workers.kills_at_a_label} at a label), stops {workers.stops}, cuts {trouble.cuts}, "
        f"full disks {trouble.full_disks}, faults {trouble.faults}, workers that ended by themselves {workers.ended}\n"
        f"stops of the broker {trouble.broker_stops}, slowest order {trouble.slowest_arrival_seconds:.2f} s\n"
        f"transmissions {workers.transmissions}, of which {workers.kills_of_transmissions} were killed\n"
        f"changes {people.made.total()}: {_counted(people.made)}\nrefused {people.refused.total()}: "
        f"{_counted(people.refused)}\nafterwards: {_counted(calm.done)}\n"
        f"trouble {broke - began:.0f} s, calm after {ended - broke:.0f} s\n" + _counted(verdict.figures)
    )
    for sentence in verdict.wrong:
        print(f"WRONG: {sentence}")
    if verdict.wrong:
        print("What the workers said last:", *around.log.read_text().splitlines()[-LOG_LINES:], sep="\n")
    print("everything holds" if not verdict.wrong else f"{len(verdict.wrong)} things are wrong")
    return 1 if verdict.wrong else 0


def _counted(things: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(things.items())) or "none"


if __name__ == "__main__":
    sys.exit(main())
