"""Names that Canada Post writes in capitals read as people write them, and what must stay in capitals does."""

import pytest

from deliver_to_po.canadapost.letter_case import as_people_write

WRITTEN = {
    "OTTAWA POST OFFICE": "Ottawa Post Office",
    "2330 MAIN ST": "2330 Main St",
    "10245 104 ST NW": "10245 104 St NW",
    "12 AVENUE RD": "12 Avenue Rd",
    "100 1ST AVE": "100 1st Ave",
    "PO BOX 12 STN A": "PO Box 12 Stn A",
    "RR 2": "RR 2",
    "COQUITLAM CENTRE PO": "Coquitlam Centre PO",
    "ELIZABETH II DR": "Elizabeth II Dr",
    "TORONTO ON": "Toronto ON",
    "NIAGARA-ON-THE-LAKE": "Niagara-on-the-Lake",
    "ST. JOHN'S": "St. John's",
    "MCADAM": "McAdam",
    "MCRAE": "McRae",
    "MCGI": "Mcgi",
    "O'LEARY": "O'Leary",
    "7-ELEVEN": "7-Eleven",
    "A&W": "A&W",
    "UNIT 5B": "Unit 5B",
    "BUREAU DE POSTE MONTRÉAL": "Bureau de poste Montréal",
    "BUREAU DE POSTE LA PRAIRIE": "Bureau de poste La Prairie",
    "BUREAU DE POSTE VILLE-MARIE": "Bureau de poste Ville-Marie",
    "BDP L'ASSOMPTION": "BDP L'Assomption",
    "BUREAU DE POSTE D'ALMA": "Bureau de poste d'Alma",
    "BUREAU DE POSTE DU PARC": "Bureau de poste du Parc",
    "BDP MONTRÉAL PORTE DE L'EST": "BDP Montréal Porte de l'Est",
    "SUCC CENTRE-VILLE": "Succ. Centre-ville",
    "4545 BOUL PIE-IX": "4545 boul. Pie-IX",
    "BOUL PIE-IX": "Boul. Pie-IX",
    "BOUL-DU-LAC": "Boul-du-Lac",
    "12 RUE DE L'ÉGLISE": "12 rue de l'Église",
    "450 2E AV": "450 2e av.",
    "100 1RE AVENUE E": "100 1re avenue E",
    "32 CÔTE DU COTEAU": "32 côte du Coteau",
    "L'ASSOMPTION": "L'Assomption",
    "VAL-D'OR": "Val-d'Or",
    "CHUTE-AUX-OUTARDES": "Chute-aux-Outardes",
    "THE PAS": "The Pas",
    "LES HAUTEURS": "Les Hauteurs",
}


@pytest.mark.parametrize(("capitals", "written"), WRITTEN.items())
def test_capitals_read_as_people_write_them(capitals: str, written: str) -> None:
    assert as_people_write(capitals) == written


@pytest.mark.parametrize("text", [*WRITTEN.values(), "", "123", "3080, av. Carling", "eBay", "\N{SNOWMAN}"])
def test_what_is_not_all_in_capitals_stays_as_it_is(text: str) -> None:
    assert as_people_write(text) == text


def test_nothing_but_letters_points_and_case_ever_changes() -> None:
    for capitals in WRITTEN:
        assert as_people_write(capitals).replace(".", "").upper() == capitals.replace(".", "")
