"""Visitors of a shop: they keep their connection, and look whether they got what they asked for."""

import http.client
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlencode

from bench.places import unasked

OFFICE = b'name="office_id"'
TIMEOUT_SECONDS = 30


def address_of(path: str, place: str) -> str:
    """Return the address of the page of a place."""
    return f"{path}?{urlencode({'q': place})}"


def addresses(path: str, *, seed: int, known: int) -> Iterator[str]:
    """Yield the addresses of places that nobody has asked for, in areas of the first ``known`` offices."""
    return (address_of(path, place) for place in unasked(seed, known))


class Visitor:
    """One connection to a shop at ``address``, host and port, whose pages must show something: post offices.

    ``cookie`` says who it is.
    """

    def __init__(self, address: str, *, shows: bytes = OFFICE, cookie: str = "") -> None:
        self._connection = http.client.HTTPConnection(address, timeout=TIMEOUT_SECONDS)
        self._shows = shows
        self._headers = {"Cookie": cookie} if cookie else {}

    def see(self, path: str) -> None:
        """Get a page; raises AssertionError when it does not show what it must."""
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        page = answer.read()
        assert answer.status == http.client.OK, f"{path}: {answer.status}"
        assert self._shows in page, f"{path} does not show {self._shows.decode()}"

    def close(self) -> None:
        """Leave."""
        self._connection.close()


def requests_per_second(address: str, path: str, *, visitors: int, each: int, shows: bytes = OFFICE) -> float:
    """Return how many pages a second the shop gives to so many ``visitors`` at a time, who get ``each`` in a row."""

    def visit(visitor: Visitor) -> None:
        with closing(visitor):
            for _ in range(each):
                visitor.see(path)

    with ThreadPoolExecutor(visitors) as pool:
        began = time.perf_counter()
        list(pool.map(visit, [Visitor(address, shows=shows) for _ in range(visitors)]))
        return visitors * each / (time.perf_counter() - began)


def all_at_once(address: str, path: str, *, visitors: int, shows: bytes = OFFICE, cookie: str = "") -> None:
    """Let so many visitors ask for the same page at the same moment."""

    def visit(visitor: Visitor) -> None:
        with closing(visitor):
            visitor.see(path)

    with ThreadPoolExecutor(visitors) as pool:
        list(pool.map(visit, [Visitor(address, shows=shows, cookie=cookie) for _ in range(visitors)]))


def median_seconds(
    address: str, ways: Sequence[Iterator[str]], *, rounds: int, shows: bytes = OFFICE, cookie: str = ""
) -> list[float]:
    """Return the median time of a page of each of the ``ways``, which one visitor asks for in turns."""
    times: list[list[float]] = [[] for _ in ways]
    with closing(Visitor(address, shows=shows, cookie=cookie)) as visitor:
        for round_number in range(rounds):
            for turn in range(len(ways)):
                place = (round_number + turn) % len(ways)
                path = next(ways[place])
                began = time.perf_counter()
                visitor.see(path)
                times[place].append(time.perf_counter() - began)
    return [statistics.median(seconds) for seconds in times]
