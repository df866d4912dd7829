"""Times every case of ``bench.cases``, or those whose names contain an argument; prints the median of five rounds."""

import statistics
import sys
import timeit
from collections.abc import Callable

from bench.cases import CASES

ROUNDS = 5
ROUND_SECONDS = 0.2


def median_seconds(call: Callable[[], object]) -> float:
    """Return how long one call takes, the median of some rounds of about ``ROUND_SECONDS`` each."""
    call()
    once = timeit.timeit(call, number=1)
    number = max(1, int(ROUND_SECONDS / once))
    return statistics.median(timeit.repeat(call, number=number, repeat=ROUNDS)) / number


def main(wanted: list[str]) -> None:
    """Print one line for each case that is wanted."""
    for name, call in CASES.items():
        if not wanted or any(word in name for word in wanted):
            seconds = median_seconds(call)
            print(f"{name:<28} {seconds * 1e3:9.3f} ms {1 / seconds:10,.0f} per second")


if __name__ == "__main__":
    main(sys.argv[1:])
