"""Where a buyer is, as far as a postal code tells."""

import pytest

from deliver_to_po.emulator.country.places import areas
from deliver_to_po.offices.typed.query import parse
from deliver_to_po.offices.typed.whereabouts import Whereabouts, area_of
from deliver_to_po.offices.zones import in_canada


def test_every_area_lies_in_canada_and_has_a_place_of_its_province() -> None:
    for known in areas():
        area = area_of(known.code)
        assert area is not None
        assert in_canada(area.middle)
        assert area.place.province == known.province


@pytest.mark.parametrize("code", ["", "K1", "K9Z 1A1", "90210", "😀"])
def test_what_is_no_postal_code_that_we_know_tells_nothing(code: str) -> None:
    here = Whereabouts(lambda: code)
    assert (here.area, here.city, here.province) == (None, None, "")


def test_the_shop_is_asked_for_the_postal_code_only_if_it_matters_and_once() -> None:
    asked = []

    def postal_code() -> str:
        asked.append("asked")
        return "M5V 3A1"

    here = Whereabouts(postal_code)
    for clear in ("K1A 0B1", "Moose Jaw", "Main St, Moose Jaw, SK"):
        parse(clear, here)
    assert asked == []
    parse("King and Spadina", here)
    parse("123 Main St", here)
    assert asked == ["asked"]
