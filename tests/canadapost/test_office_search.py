"""What a search for post offices asks, whichever API is asked."""

import pytest

from deliver_to_po.canadapost.bodies import search_params
from deliver_to_po.canadapost.types import Coordinates, NearAddress, NearCoordinates, NearPostalCode, OfficeQuery


@pytest.mark.parametrize(
    ("query", "params"),
    [
        (NearPostalCode("K2B8J6"), {"postalCode": "K2B8J6"}),
        (NearAddress("ON", "Ottawa", "Main"), {"province": "ON", "city": "Ottawa", "streetName": "Main"}),
        (NearAddress("QC", " Alma ", " "), {"province": "QC", "city": "Alma"}),
        # Telephones write another apostrophe than keyboards have.
        (
            NearAddress("QC", " L’Assomption", "rue de l’Église "),
            {"province": "QC", "city": "L'Assomption", "streetName": "rue de l'Église"},
        ),
        (
            NearCoordinates(Coordinates(45.123456789, -75.987654321)),
            {"longitude": "-75.98765", "latitude": "45.12346"},
        ),
    ],
)
def test_a_search_names_d2po_and_its_place(query: OfficeQuery, params: dict[str, str]) -> None:
    assert search_params("search", query, 7) == {"d2po": "true", "maximum": "7", **params}
