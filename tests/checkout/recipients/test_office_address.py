"""A post office's own address, which is refused as the recipient's however it is written."""

from dataclasses import replace

import pytest

from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.checkout.recipients.office_address import is_office_address
from tests.factories import POST_OFFICE


def is_the_office(line_1: str, line_2: str = "", office: PostOffice = POST_OFFICE) -> bool:
    """Say whether the lines, with the office's postal code, are taken for the office's address."""
    return is_office_address(line_1, line_2, office.postal_code, office)


@pytest.mark.parametrize(
    ("line_1", "line_2"),
    [
        ("3080, av. Carling", ""),
        ("3080 AV CARLING", ""),
        ("3080 Carling Ave.", ""),
        ("3080 Carling Avenue", ""),
        ("3080 Carling", ""),
        ("3080, Carling Ave W", ""),
        ("3080 rue Cárling", ""),
        ("Carling Ave 3080", ""),
        ("No 3080, av. Carling", ""),
        ("3080", "av. Carling"),
        ("3080 av.", "Carling"),
        ("", "3080 av. Carling"),
        ("3080 av. Carling", "3080 av. Carling"),
        ("3080, av. Carling", "Comptoir du coin"),
        ("Plage Cristal", "3080 av. Carling"),
        ("COMPTOIR DU COIN PLAGE CRISTAL", "3080 AV. CARLING"),
        ("Comptoir du Coin", ""),
        ("Comptoir", "du Coin"),
        ("Plage Cristal", ""),
        ("Comptoir du Coin", "Plage Cristal"),
        ("Plage Cristal", "Comptoir du Coin"),
        ("Canada Post Office", "3080 Carling Ave"),
        ("Bureau de poste", "3080, av. Carling"),
        ("3080 Carling Ave, Ottawa ON K2B 7K0", ""),
        ("3080 Carling Ave", "Ottawa (Ontario) k2b7k0"),
    ],
)
def test_the_office_s_address_is_recognized_however_it_is_written(line_1: str, line_2: str) -> None:
    assert is_the_office(line_1, line_2)


@pytest.mark.parametrize(
    ("line_1", "line_2"),
    [
        ("3080, av. Carling", "App. 4"),
        ("3080 Carling Ave", "Apt 4B"),
        ("4-3080 Carling Ave", ""),
        ("3080 Carling Ave", "Unit 506"),
        ("3080 Carling Ave, Suite 1204", ""),
        ("Ste. 1204", "3080 Carling Ave"),
        ("3080, av. Carling, unité 12B", ""),
        ("3082 Carling Ave", ""),
        ("308 Carling Ave", ""),
        ("Carling Ave", ""),
        ("3080 Darling Ave", ""),
        ("3080 Carling Mills Ave", ""),
        ("PO Box 12 Stn Crystal Beach", ""),
        ("PO Box 12", "3080 Carling Ave"),
        ("General Delivery", ""),
        ("Poste restante", "3080, av. Carling"),
        ("RR 2", ""),
        ("Ottawa", ""),
        ("Coin", ""),
        ("", ""),
    ],
)
def test_neighbours_homes_above_it_boxes_and_general_delivery_are_not_the_office(line_1: str, line_2: str) -> None:
    assert not is_the_office(line_1, line_2)


def test_the_same_street_with_another_postal_code_is_another_place() -> None:
    assert not is_office_address("3080, av. Carling", "", "K1K4T3", POST_OFFICE)


@pytest.mark.parametrize(
    ("street", "typed"),
    [
        ("3080 CARLING AVE UNIT 5", "3080 Carling Ave"),
        ("3080 CARLING AVE UNIT 5", "3080 Carling Ave #5"),
        ("3080 CARLING AVE UNIT 5", "Unit 5, 3080 Carling Ave"),
        ("5-3080 CARLING AVE", "3080 Carling Ave"),
        ("5-3080 CARLING AVE", "5-3080 Carling Avenue"),
        ("1200 ST LAURENT BLVD", "1200, boul. Saint-Laurent"),
        ("1200 BOUL SAINT-LAURENT", "1200 St. Laurent"),
        ("45 1RE AV", "45, 1ère Avenue"),
        ("10405 104 ST NW", "10405 104 Street"),
        ("10405 104 ST NW", "10405-104th St. N.W."),
        ("12 AVENUE RD", "12 Avenue Road"),
        ("12 AVENUE RD", "12 Ave Rd, Ottawa"),
        ("120 HWY 7", "120 Highway 7"),
        ("5 RUE PRINCIPALE O", "5 Principale Street West"),
        ("7 CH DU LAC", "7 Lac Rd"),
        ("9 CARRÉ BONIN", "9 Bonin Square"),
        ("7 LIGNE DU LAC", "7 Lac Line"),
        ("9 ELM CRES", "9 Elm Crescent"),
        ("9 ELM CRT", "9 Elm Court"),
        ("20 KING ST E", "20 King"),
    ],
)
def test_streets_are_compared_without_unit_and_type_which_may_be_missing_or_translated(street: str, typed: str) -> None:
    assert is_the_office(typed, office=replace(POST_OFFICE, street=street))


@pytest.mark.parametrize(
    ("street", "typed"),
    [
        ("10405 104 ST NW", "10405 105 St NW"),
        ("12 AVENUE RD", "12 Side Rd"),
        ("5-3080 CARLING AVE", "6-3080 Carling Ave"),
        ("101 1 AVE", "101 1st St"),
        ("101 1 AVE N", "101 1 Ave S"),
        ("12 MAIN ST", "12 Main Ave"),
        ("20 KING ST E", "20 King St W"),
        ("10405 104 ST NW", "10405 104 St SW"),
        ("205 2 ST W", "205 2nd Ave W"),
        ("1200 ST LAURENT BLVD", "1200 St. Laurent Ave"),
        ("5 RUE PRINCIPALE E", "5 rue Principale Ouest"),
        ("5 RUE DE L'ÉGLISE", "5 chemin de l'Église"),
        ("7 CH DU LAC", "7 rue du Lac"),
    ],
)
def test_streets_that_differ_by_number_type_or_direction_are_told_apart(street: str, typed: str) -> None:
    assert not is_the_office(typed, office=replace(POST_OFFICE, street=street))


def test_an_office_of_which_little_is_known_is_nobody_s_address() -> None:
    unknown = replace(POST_OFFICE, name="", location="", street="", province="")
    assert not is_the_office("", office=unknown)
    assert not is_the_office("12 Main St", office=unknown)


def test_an_office_whose_province_is_unknown_is_recognized() -> None:
    assert is_the_office("3080 Carling Ave, Ottawa", office=replace(POST_OFFICE, province=""))
