"""What a buyer's browser loads for the step, each file compressed as a web server would; tiles are the shop's own."""

import gzip
import http.client
import importlib.util
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from bench.contest import Row
from bench.places import NEAR
from bench.shop.buying import cookie_of_buyer
from bench.shop.running import running
from bench.visitor import address_of

SEARCH = "/post-office/"
ROOMS = ("deliver_to_po", "leaflet")
# Goals, in kB (1,000 bytes). Leaflet alone is 46 of the second.
WITHOUT_MAP_KB, WITH_MAP_KB = 15.5, 68
STEP = re.compile(r'<link rel="stylesheet"[^>]*deliver_to_po/.*</script>', re.DOTALL)
MAP_FILES = re.compile(r"<template data-map-files>.*?</template>", re.DOTALL)
URL = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"')
MODULE = re.compile(r'data-module="(/static/[^"]+)"')
# What ManifestStaticFilesStorage puts into names.
HASH = re.compile(r"\.[0-9a-f]{12}(?=\.)")


def page_weight() -> Iterator[Row]:
    """Measure the list of ten offices with all that it links, and the same once its map is open.

    In French, which is longer, for a buyer with goods in the basket: prices and days are there.
    """
    with running(goods=True) as shop:
        page = _step(shop.address, cookie_of_buyer(shop.address))
    map_files = MAP_FILES.search(page)
    assert map_files, "the step has no map"
    linked = _kilobytes([page.encode(), *map(_file, URL.findall(page.replace(map_files.group(), "")))])
    opened = linked + _kilobytes(map(_file, [*MODULE.findall(page), *URL.findall(map_files.group())]))
    yield Row("page_weight", linked, linked / WITHOUT_MAP_KB, f"{WITHOUT_MAP_KB} kB, without the map", 1, "kB")
    yield Row("page_weight_map", opened, opened / WITH_MAP_KB, f"{WITH_MAP_KB} kB, with the map", 1, "kB")


def _step(address: str, cookie: str) -> str:
    """Return the step's part of the shop's page, for a buyer who has goods in the basket and has said who buys."""
    with closing(http.client.HTTPConnection(address, timeout=30)) as connection:
        connection.request("GET", address_of(SEARCH, NEAR), headers={"Cookie": cookie, "Accept-Language": "fr"})
        found = STEP.search(connection.getresponse().read().decode())
    assert found, "the page has no step"
    return found.group()


def _file(url: str) -> bytes:
    """Return a static file of ours or of django-leaflet's by its URL."""
    name = HASH.sub("", url).removeprefix("/static/")
    for room in ROOMS:
        found = importlib.util.find_spec(room)
        assert found, f"{room} is not installed"
        assert found.origin, f"{room} has no file"
        path = Path(found.origin).parent / "static" / name
        if path.exists():
            return path.read_bytes()
    raise AssertionError(f"{url} is no file of {', '.join(ROOMS)}")


def _kilobytes(files: Iterable[bytes]) -> float:
    return sum(len(gzip.compress(content, mtime=0)) for content in files) / 1000
