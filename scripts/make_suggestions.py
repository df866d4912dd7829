"""Makes what the step suggests while somebody types, static/deliver_to_po/places.json, from the table of places.

    python -m scripts.make_suggestions

Run it when a name or a province of the table gets another word. Places: GeoNames (https://www.geonames.org), CC BY 4.0.
The browser loads the file when the search field first has focus.
"""

import json
import os
from pathlib import Path

import django

PACKAGE = Path(__file__).resolve().parent.parent / "deliver_to_po"
TARGET = PACKAGE / "static" / "deliver_to_po" / "places.json"


def suggestions() -> str:
    """Return the file: each province's names and how many hundred people live there, the largest first.

    Where ``people`` ends nobody is known to live. Then what else people call a place, and the provinces in French.
    """
    from django.utils import translation

    from deliver_to_po.core.provinces import PROVINCE_NAMES
    from deliver_to_po.offices.typed.also_called import ALSO_CALLED
    from deliver_to_po.offices.typed.places import all_places

    people: dict[str, list[int]] = {}
    places: dict[str, list[str]] = {}
    for place in sorted(all_places(), key=lambda place: (place.province, -place.population, place.name)):
        places.setdefault(place.province, []).append(place.name)
        if place.population:
            people.setdefault(place.province, []).append(place.population // 100)
    with translation.override("fr"):
        provinces = {code: str(name) for code, name in PROVINCE_NAMES.items()}
    file = {
        "source": "GeoNames, CC BY 4.0",
        "people": people,
        "places": {province: "|".join(names) for province, names in places.items()},
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
