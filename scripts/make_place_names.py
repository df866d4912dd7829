"""Makes the table by which searches are read, offices/data/places.csv, from the emulator's tables; run once, by hand.

    python scripts/make_place_names.py

Places: GeoNames (https://www.geonames.org), CC BY 4.0, as ``make_places.py`` fetched them.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "deliver_to_po"
SOURCES = ("towns.csv", "villages.csv", "areas.csv")
TARGET = PACKAGE / "offices" / "data" / "places.csv"
LITTLE_WORDS = r"(?<=-)(?:De|Du|Des|La|Le|Les|L|Sur|Aux|Au|En|Et)(?=-)|(?<=-)[DL](?=')"
# People say these; GeoNames has another name, or lost it under a larger neighbour. Name, province, people.
ALSO = (
    ("Windsor", "NS", 5514),
    ("Sudbury", "ON", 166004),
    ("North York", "ON", 672955),
    ("Scarborough", "ON", 632098),
    ("Etobicoke", "ON", 365000),
    ("Saint John", "NB", 71808),
    ("Les Éboulements", "QC", 1364),
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
    for name, province, count in _places():
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


def _written(name: str) -> str:
    """Return ``Saint-Jean-Sur-Richelieu`` as people write it."""
    return re.sub(LITTLE_WORDS, lambda word: word[0].lower(), name).replace("'S ", "'s ")


if __name__ == "__main__":
    raise SystemExit(main())
