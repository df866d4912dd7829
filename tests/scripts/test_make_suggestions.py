"""The file of suggestions is made from the place table, and small enough to be loaded while somebody begins to type."""

import gzip
import json

from deliver_to_po.offices.typed.places import all_places
from scripts.make_suggestions import TARGET, suggestions


def test_the_file_is_what_the_script_makes_of_the_table() -> None:
    assert TARGET.read_text(encoding="utf-8") == suggestions()


def test_every_place_is_in_it() -> None:
    places = json.loads(TARGET.read_text(encoding="utf-8"))["places"]
    found = {(name, province) for province, names in places.items() for name in names.split("|")}
    assert found == {(place.name, place.province) for place in all_places()}


def test_it_is_at_most_40_kb_compressed() -> None:
    assert len(gzip.compress(TARGET.read_bytes())) <= 40_000
