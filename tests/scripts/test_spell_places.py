"""How a place is spelt: hyphens and accents in Quebec's French names, full stops and small words elsewhere."""

import pytest

from scripts.make_places import Town
from scripts.spell_places import as_its_people_write_it, better_spelt


@pytest.mark.parametrize(
    ("name", "province", "written"),
    [
        ("Trois Pistoles", "QC", "Trois-Pistoles"),
        ("Saint-Jean-Sur-Richelieu", "QC", "Saint-Jean-sur-Richelieu"),
        ("Lac Des Loups", "QC", "Lac-des-Loups"),
        ("Ste-Irene-De-Matapedia", "QC", "Sainte-Irène-de-Matapédia"),
        ("Metabetchouan-Lac-A-La-Croix", "QC", "Métabetchouan-Lac-à-la-Croix"),
        ("Em-1-A-Sarcelle-Rupert", "QC", "Em-1-A-Sarcelle-Rupert"),
        ("La Tuque", "QC", "La Tuque"),
        ("East Angus", "QC", "East Angus"),
        ("Kinnear's Mills", "QC", "Kinnear's Mills"),
        ("Thetford-Mines", "QC", "Thetford Mines"),
        ("Saint-Louis-du-Ha Ha", "QC", "Saint-Louis-du-Ha! Ha!"),
        ("Cap-Pele", "NB", "Cap-Pelé"),
        ("Saint John", "NB", "Saint John"),
        ("St Jacobs", "ON", "St. Jacobs"),
        ("Ste Rose Du Lac", "MB", "Ste. Rose du Lac"),
        ("Port Mcnicoll", "ON", "Port McNicoll"),
        ("La Riviere", "MB", "La Riviere"),
    ],
)
def test_a_name_is_written_as_in_its_province(name: str, province: str, written: str) -> None:
    assert as_its_people_write_it(name, province) == written
    assert as_its_people_write_it(written, province) == written


def test_of_two_spellings_the_one_with_accents_is_better_and_else_that_of_the_larger_place() -> None:
    bare, accented = Town("Levis", "QC", 46.8, -71.2, 9), Town("Lévis", "QC", 46.8, -71.2, 0)
    assert better_spelt(bare, accented) == better_spelt(accented, bare) == "Lévis"
    large, small = Town("King's Point", "NL", 49.6, -56.2, 653), Town("Kings Point", "NL", 49.6, -56.2, 0)
    assert better_spelt(large, small) == better_spelt(small, large) == "King's Point"
