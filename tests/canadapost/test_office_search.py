"""What a search for post offices asks, whichever API is asked, and which places an answer may name."""

from decimal import Decimal

import pytest

from deliver_to_po.canadapost.office_search import place_in_canada, search_params
from deliver_to_po.canadapost.types import Coordinates, NearAddress, NearCoordinates


def test_a_point_is_sent_with_five_decimals_at_most() -> None:
    params = search_params("search", NearCoordinates(Coordinates(45.123456789, -75.987654321)), 50)
    assert (params["latitude"], params["longitude"]) == ("45.12346", "-75.98765")


def test_a_name_is_asked_for_with_the_apostrophe_of_keyboards_whatever_a_telephone_wrote() -> None:
    params = search_params("search", NearAddress("QC", " L’Assomption", "rue de l’Église "), 50)
    assert (params["city"], params["streetName"]) == ("L'Assomption", "rue de l'Église")


@pytest.mark.parametrize(
    ("latitude", "longitude", "known"),
    [("45.5", "-73.6", True), ("39.9", "-73.6", False), ("45.5", "-49.9", False), ("45.5", "-150.1", False)],
)
def test_an_office_lies_in_canada_or_nobody_knows_where(latitude: str, longitude: str, known: bool) -> None:
    assert (place_in_canada(Decimal(latitude), Decimal(longitude)) is not None) == known
    assert place_in_canada(None, Decimal(longitude)) is None
