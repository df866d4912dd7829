"""Makes what the step suggests while somebody types, static/deliver_to_po/places.json, from the table of places.

    python -m scripts.make_suggestions

Run it after ``make_place_names.py``, and when a name or a province gets another word. Places: GeoNames
(https://www.geonames.org), CC BY 4.0. The browser loads the file when the search field first has focus.
"""

import json
import os
from pathlib import Path

import django

PACKAGE = Path(__file__).resolve().parent.parent / "deliver_to_po"
TARGET = PACKAGE / "static" / "deliver_to_po" / "places.json"
# Places with at least so many people come before smaller ones. Within a tier they are in alphabetical order, which
# makes the file a third smaller when it is compressed.
TIERS = (100_000, 20_000, 5_000, 1_000, 0)


def suggestions() -> str:
    """Return the file: names by tier and province, what else people call a place, the provinces in French."""
    from django.utils import translation

    from deliver_to_po.offices.places import ALSO_CALLED, all_places
    from deliver_to_po.provinces import PROVINCE_NAMES

    tiers: list[dict[str, list[str]]] = [{} for _ in TIERS]
    for place in sorted(all_places(), key=lambda place: (place.province, place.name)):
        tier = next(at for at, people in enumerate(TIERS) if place.population >= people)
        tiers[tier].setdefault(place.province, []).append(place.name)
    with translation.override("fr"):
        provinces = {code: str(name) for code, name in PROVINCE_NAMES.items()}
    file = {
        "source": "GeoNames, CC BY 4.0",
        "tiers": [{province: "|".join(names) for province, names in tier.items()} for tier in tiers],
        "also": [(called, name, province) for (called, province), name in ALSO_CALLED.items()],
        "provinces": provinces,
    }
    return json.dumps(file, ensure_ascii=False, separators=(",", ":")) + "\n"


def main() -> None:
    """Write the file."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    TARGET.write_text(suggestions(), encoding="utf-8")


if __name__ == "__main__":
    main()
