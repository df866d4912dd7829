"""What buyers type, and what they mean by it: the right place, one question whose first answer is right, or a message.

``MEANT`` has a row for each text: its language, a postal code that is known of the buyer, and how it is read. A place
is written as the page writes it, ``? `` is a question with its first answer, and ``! `` a message with words of it.
"""

import pytest
from django.utils import translation

from deliver_to_po.errors import QueryNotUnderstood
from deliver_to_po.models import Office
from deliver_to_po.offices.typed.named import understood
from deliver_to_po.offices.typed.query import written
from deliver_to_po.offices.typed.whereabouts import Whereabouts
from tests.factories import make_office

TORONTO, NORTH_YORK, MONTREAL, OTTAWA, HALIFAX = "M5V 3A1", "M2N 5V7", "H3A 1A1", "K1P 1J1", "B3H 4R2"
CALGARY, VANCOUVER, WINNIPEG, GATINEAU, QUEBEC = "T2P 1J9", "V6B 1A1", "R3C 1A1", "J8X 3X7", "G1R 2S5"
NOT_A_CODE, NOWHERE, WHOLE = "! Canadian postal code", "! cannot find this place", "! all six characters"
ADD_CITY = "? "

POSTAL_CODES = [
    ("K1A 0B1", "en", "", "K1A 0B1"),
    ("k1a0b1", "fr", "", "K1A 0B1"),
    (" K1A – 0B1 ", "en", "", "K1A 0B1"),
    ("K1A\t0B1", "en", "", "K1A 0B1"),
    ("Ｋ１Ａ ０Ｂ１", "en", "", "K1A 0B1"),
    ("k1a 0b1 canada", "en", "", "K1A 0B1"),
    ("postal code H2X1Y4", "en", "", "H2X 1Y4"),
    ("code postal : h2x 1y4", "fr", "", "H2X 1Y4"),
    ("200 Bloor St W, Toronto ON M5S 1A1", "en", "", "M5S 1A1"),
    ("K1A0B1 Ottawa", "en", "", "K1A 0B1"),
    ("Ottawa (Ontario) k1a 0b1 Canada", "en", "", "K1A 0B1"),
    ("K1A OB1", "en", "", "? K1A 0B1"),
    ("KIA 0BI", "en", "", "? K1A 0B1"),
    ("kla-obl", "en", "", "? K1A 0B1"),
    ("K l A 0 B 1", "en", "", "? K1A 0B1"),
    ("kla 0b1 Ottawa", "en", "", "? K1A 0B1"),
    ("12 Main St, Moose Jaw SK S6H OA1", "en", "", "? S6H 0A1"),
    ("K1A", "en", "", "K1A"),
    ("h2x", "fr", TORONTO, "H2X"),
    ("K1A 0", "en", "", "K1A"),
    ("J8X-3", "fr", "", "J8X"),
    ("M5V Toronto", "en", "", "M5V"),
    ("H2X 1YY", "en", "", "? H2X"),
    ("K1A 0B11", "en", "", "K1A"),
    ("K9Z", "en", "", WHOLE),
    ("K9Z Ottawa", "en", "", WHOLE),
    ("HX2 1Y4", "en", "", NOT_A_CODE),
    ("hzx 1y4", "en", "", NOT_A_CODE),
    ("D1A 0B1", "en", "", NOT_A_CODE),
    ("K1F 0B1", "en", "", NOT_A_CODE),
    ("90210", "en", TORONTO, NOWHERE),
    ("10001-1234", "en", "", NOWHERE),
    ("SW1A 1AA", "en", "", ADD_CITY),
]
TOWNS = [
    ("moose jaw sk", "en", "", "Moose Jaw, SK"),
    ("montreal", "en", "", "Montréal, QC"),
    ("MONTRÉAL (QC)", "fr", "", "Montréal (Québec)"),
    ("trois rivieres", "fr", "", "Trois-Rivières (Québec)"),
    ("st johns", "en", "", "St. John's, NL"),
    ("quebec city", "en", "", "Québec, QC"),
    ("ville de Québec", "fr", "", "Québec (Québec)"),
    ("mtl", "en", "", "Montréal, QC"),
    ("Toronto, Ontario, Canada", "en", "", "Toronto, ON"),
    ("Toronto 😀", "en", "", "Toronto, ON"),
    ("Edmo", "en", "", "Edmonton, AB"),
    ("Trois-Ri", "fr", "", "Trois-Rivières (Québec)"),
    ("Vanc", "en", OTTAWA, "Vancouver, BC"),
    ("Mont-Tre", "fr", "", "Mont-Tremblant (Québec)"),
    ("chicou", "fr", "", "Chicoutimi (Québec)"),
    ("Saint-Je", "en", "", "? Saint-Jean-sur-Richelieu, QC"),
    ("Saint-Jean", "fr", MONTREAL, "? Saint-Jean-sur-Richelieu (Québec)"),
    ("Saint-Jean", "fr", "", "? Saint-Jean-sur-Richelieu (Québec)"),
    ("Otawa", "en", "", "? Ottawa, ON"),
    ("Charlotetown", "en", "", "? Charlottetown, PE"),
    ("Fort McMuray", "en", "", "? Fort McMurray, AB"),
    ("Torono", "en", "", "? Toronto, ON"),
    ("Smith Falls", "en", "", "? Smiths Falls, ON"),
    ("Fot St. John", "en", "", "? Fort St. John, BC"),
    ("Falls, Smith, AB", "en", "", "Falls, Smith, AB"),
    ("Notre-Dame Verdun", "fr", "", "Notre-Dame, Verdun (Québec)"),
    ("N. York", "en", "", "North York, ON"),
    ("Calgary A.B.", "en", "", "Calgary, AB"),
    ("Ottawa downtown", "en", "", "Ottawa, ON"),
    ("Downtown", "en", "", "? Downtown Vancouver, BC"),
    ("Gatineau Hull", "fr", "", "Hull (Québec)"),
    ("Hull, Gatineau", "fr", "", "Hull (Québec)"),
    ("Winnipeg Saint Vital", "en", "", "Winnipeg, MB"),
    ("Vancouver Island", "en", "", "Nanaimo, BC"),
    ("Duncan, Vancouver Island", "en", "", "Duncan, BC"),
    ("île d’Orléans", "fr", "", "Saint-Laurent-Île-d'Orléans (Québec)"),
    ("Valleyfield", "fr", "", "Salaberry-de-Valleyfield (Québec)"),
    ("Three Rivers QC", "en", "", "Trois-Rivières, QC"),
    ("Three Rivers", "en", "", "? Trois-Rivières, QC"),
    ("St. Boniface MB", "en", "", "Winnipeg, MB"),
    ("Port Arthur", "en", "", "Thunder Bay, ON"),
    ("Chatham NB", "en", "", "Miramichi, NB"),
    ("Chatham", "en", "", "Chatham, ON"),
    ("100 Mile House", "en", MONTREAL, "100 Mile House, BC"),
    ("RR 2 Kemptville", "en", GATINEAU, "Kemptville, ON"),
    ("Windsor", "en", "", "? Windsor, ON"),
    ("Windsor", "en", HALIFAX, "? Windsor, NS"),
    ("Windsor", "fr", QUEBEC, "? Windsor (Québec)"),
    ("Ontario", "en", "", "? Toronto, ON"),
    ("Nouveau-Brunswick", "fr", "", "? Moncton (Nouveau-Brunswick)"),
    ("London", "en", "", "London, ON"),
    ("London, UK", "en", TORONTO, NOWHERE),
    ("1 King St, Vancouver, WA 98660", "en", "", NOWHERE),
    ("Vancouver, WA", "en", "", NOWHERE),
    ("Los Angeles, CA", "en", "", NOWHERE),
    ("New York", "en", "", NOWHERE),
    ("Halifax MA", "en", "", NOWHERE),
    ("Kingston, Jamaica", "en", "", NOWHERE),
    ("Paris, France", "en", "", NOWHERE),
    ("Wyoming", "en", "", "? Wyoming, ON"),
    ("Springfield, Illinois", "en", "", NOWHERE),
]
INTERSECTIONS = [
    ("King and Spadina", "en", TORONTO, "King and Spadina, Toronto, ON"),
    ("King and Spadina", "en", NORTH_YORK, "King and Spadina, North York, ON"),
    ("King and Spadina", "en", "", ADD_CITY),
    ("king & spadina toronto", "en", OTTAWA, "king and spadina, Toronto, ON"),
    ("Bloor and Yonge, Toronto", "en", "", "Bloor and Yonge, Toronto, ON"),
    ("King and Bay, Toronto", "en", "", "King and Bay, Toronto, ON"),
    ("Portage/Main", "en", WINNIPEG, "Portage and Main, Winnipeg, MB"),
    ("17 Ave SW & 4 St SW", "en", CALGARY, "17 Ave SW and 4 St SW, Calgary, AB"),
    ("corner of Main and Broadway", "en", VANCOUVER, "Main and Broadway, Vancouver, BC"),
    ("Granville at Robson", "en", VANCOUVER, "? Granville and Robson, Vancouver, BC"),
    ("coin Peel et Sherbrooke", "fr", MONTREAL, "Peel et Sherbrooke, Montréal (Québec)"),
    ("Saint-Denis coin Rachel, Montréal", "fr", "", "Saint-Denis et Rachel, Montréal (Québec)"),
    ("College and Spadina, Toronto", "en", "", "College and Spadina, Toronto, ON"),
]
STREETS = [
    ("123 Main St", "en", TORONTO, "Main St, Toronto, ON"),
    ("123 Main St", "en", HALIFAX, "Main St, Halifax, NS"),
    ("123 Main St", "en", "", ADD_CITY),
    ("12, rue Principale", "fr", GATINEAU, "rue Principale, Gatineau (Québec)"),
    ("12 rue Principale, St-Sauveur", "fr", MONTREAL, "rue Principale, Saint-Sauveur (Québec)"),
    ("Unit 4, 200-B Bloor Street, Toronto", "en", "", "Bloor Street, Toronto, ON"),
    ("Main Street East Hamilton", "en", "", "? Main Street East, Hamilton, ON"),
    ("King St, Windsor", "en", HALIFAX, "? King St, Windsor, NS"),
    ("8888 No. 3 Road, Richmond BC", "en", "", "No. 3 Road, Richmond, BC"),
    ("12 Gatineau, Hull", "fr", "", "Gatineau, Hull (Québec)"),
    ("Spadina", "en", TORONTO, "? Spadina, Toronto, ON"),
    ("Kensington Market", "en", TORONTO, "? Kensington Market, Toronto, ON"),
    ("Kensington Market", "en", "", "? Market, Kensington, SK"),
    ("Laurier", "fr", MONTREAL, "? Laurier, Montréal (Québec)"),
    ("Saint-Denis", "fr", MONTREAL, "? Saint-Denis, Montréal (Québec)"),
    ("D'Iberville", "fr", MONTREAL, "? D'Iberville, Montréal (Québec)"),
    ("Kensington", "en", TORONTO, "? Kensington, Toronto, ON"),
    # The larger Bathurst Manor and Rosedale-Moore Park are parts of Toronto.
    ("Bathurst", "en", TORONTO, "? Bathurst, Toronto, ON"),
    ("Rosedale", "en", TORONTO, "? Rosedale, Toronto, ON"),
    ("12 Main St, Bathurst", "en", TORONTO, "Main St, Bathurst, NB"),
    ("Bathurst", "en", MONTREAL, "Bathurst, NB"),
    ("Windsor", "fr", MONTREAL, "? Windsor (Québec)"),
    ("Forest Hill", "en", TORONTO, "? Forest Hill, Toronto, ON"),
    # Liberty is a hamlet in Saskatchewan.
    ("Liberty Village", "en", TORONTO, "? Liberty Village, Toronto, ON"),
    ("Laurier Est", "fr", MONTREAL, "? Laurier Est, Montréal (Québec)"),
    # Sherbrooke is a city, King a town near Toronto, and Ontario a province.
    ("1234 St-Denis", "fr", MONTREAL, "? St-Denis, Montréal (Québec)"),
    ("4500 Laurier", "fr", MONTREAL, "? Laurier, Montréal (Québec)"),
    ("1000 Sherbrooke", "fr", MONTREAL, "? Sherbrooke, Montréal (Québec)"),
    ("Sherbrooke Ouest", "fr", MONTREAL, "? Sherbrooke Ouest, Montréal (Québec)"),
    ("Sherbrooke", "fr", MONTREAL, "Sherbrooke (Québec)"),
    ("King West", "en", TORONTO, "? King West, Toronto, ON"),
    ("Ontario Est", "fr", MONTREAL, "? Ontario Est, Montréal (Québec)"),
    ("Calgary SW", "en", CALGARY, "Calgary, AB"),
    ("12 Montréal", "fr", MONTREAL, "Montréal (Québec)"),
    ("7 iles", "fr", MONTREAL, "Sept-Îles (Québec)"),
    ("Laurier (Manitoba)", "fr", MONTREAL, "Laurier (Manitoba)"),
    ("Laurier", "fr", "", "Laurier (Manitoba)"),
    ("Atwater", "en", MONTREAL, "? Atwater, Montréal, QC"),
    ("Tofino", "en", MONTREAL, "Tofino, BC"),
    ("Otawa", "en", TORONTO, "? Ottawa, ON"),
    ("Apt 4, 12 Main St", "en", TORONTO, "Main St, Toronto, ON"),
    ("University Ave, Toronto", "en", "", "University Ave, Toronto, ON"),
    ("rue de l’Université", "fr", MONTREAL, "rue de l’Université, Montréal (Québec)"),
]
INSTITUTIONS = [
    ("McGill University", "en", MONTREAL, "Montréal, QC"),
    ("McGill University", "en", "", "Montréal, QC"),
    ("mcgill university, montreal", "en", "", "Montréal, QC"),
    ("Université Laval", "fr", "", "Québec (Québec)"),
    ("Université de Sherbrooke", "fr", "", "? Sherbrooke (Québec)"),
    ("York University", "en", "", "North York, ON"),
    ("UBC", "en", TORONTO, "Vancouver, BC"),
    ("King's University", "en", TORONTO, "? Toronto, ON"),
    ("Brandon University", "en", "", "? Brandon, MB"),
    ("General Hospital", "en", OTTAWA, "? Ottawa, ON"),
    ("general hospital", "en", "", ADD_CITY),
    ("Hôpital Sainte-Justine", "fr", "", "Montréal (Québec)"),
    ("hospital, Moose Jaw", "en", "", "Moose Jaw, SK"),
    ("Union Station, Toronto", "en", "", "Toronto, ON"),
    ("Pearson Airport", "en", "", "Mississauga, ON"),
    ("West Edmonton Mall", "en", "", "Edmonton, AB"),
    ("Rideau Centre", "en", OTTAWA, "? Ottawa, ON"),
    ("Carrefour Laval", "fr", "", "Laval (Québec)"),
]
OFFICES = [
    ("Gatineau North End PO", "en", "", "J8P 7A1"),
    ("gatineau-nord", "fr", MONTREAL, "J8P 7A1"),
    ("Shoppers Drug Mart", "en", OTTAWA, "? Shoppers Drug Mart #702, 99 Bank St, Ottawa ON K1P 6B9"),
    ("Shoppers Drug Mart", "en", TORONTO, "? Shoppers Drug Mart #811, 10 King St, Toronto ON M5H 1A1"),
    ("Shoppers Drug Mart Toronto", "en", "", "M5H 1A1"),
    ("pharmaprix, Montreal", "fr", "", "H2X 1Y4"),
    ("CHU Sainte-Justine", "fr", MONTREAL, "Montréal (Québec)"),
    ("Cégep Garneau", "fr", QUEBEC, "Québec (Québec)"),
    ("Noranda", "fr", "", "Rouyn-Noranda (Québec)"),
    ("Nuns Island", "en", "", "Île-des-Soeurs, QC"),
    ("Lab City", "en", "", "Labrador City, NL"),
    ("closest post office to Windsor", "en", "", "? Windsor, ON"),
    ("near Subury", "en", HALIFAX, "? Sudbury, ON"),
    ("bureau de poste près d’Almma", "fr", "", "? Alma (Québec)"),
    ("next to Kingston", "en", MONTREAL, "? Kingston, ON"),
    ("by the Walmart in Kanata", "en", "", "Walmart, Kanata, ON"),
    ("in front of Walmart, Kanata", "en", "", "Walmart, Kanata, ON"),
    ("Tim Hortons near Barrie", "en", "", "Tim Hortons, Barrie, ON"),
    ("across the street from the Walmart on Bank St, Ottawa", "en", "", "Bank St, Ottawa, ON"),
    ("near the Jean Coutu on Mont-Royal", "en", MONTREAL, "Mont-Royal, QC"),
    ("near Niagara on the Lake", "en", "", "Niagara-on-the-Lake, ON"),
    ("near kingston on 12 princess st", "en", "", "princess st, Kingston, ON"),
    ("à côté de Québec", "fr", "", "Québec (Québec)"),
    ("en face du Pharmaprix sur la rue Rachel, Montréal", "fr", "", "rue Rachel, Montréal (Québec)"),
    ("en arrière du Maxi, Gaspé", "fr", "", "Maxi, Gaspé (Québec)"),
    ("vis-à-vis la rue Rachel, Montréal", "fr", "", "rue Rachel, Montréal (Québec)"),
    ("à l’angle de Bank et Slater, Ottawa", "fr", "", "Bank et Slater, Ottawa (Ontario)"),
    ("près de Saint-Jean sur Richelieu", "fr", "", "Saint-Jean-sur-Richelieu (Québec)"),
    ("Post Office Rd Truro NS", "en", "", "Post Office Rd, Truro, NS"),
    ("By St, Ottawa", "en", "", "By St, Ottawa, ON"),
]
NO_STREET = [
    ("PO Box 123", "en", OTTAWA, "Ottawa, ON"),
    ("Stn Main, Red Deer", "en", OTTAWA, "Red Deer, AB"),
    ("succ. Centre-Ville Montréal", "fr", "", "Montréal (Québec)"),
]
NOISE = [
    ("", "en", TORONTO, "! Enter a postal code"),
    ("😀", "en", TORONTO, NOWHERE),
    ("x" * 10_000, "en", "", "! too long"),
    ("<script>alert(1)</script>", "en", "", NOWHERE),
    ("'; DROP TABLE offices; --", "en", "", NOWHERE),
    ("near me", "en", "", NOWHERE),
    ("near me", "en", OTTAWA, "K1P 1J1"),
    ("Closest post office", "en", OTTAWA, "K1P 1J1"),
    ("bureau de poste le plus proche", "fr", MONTREAL, "H3A 1A1"),
    ("près de chez moi", "fr", MONTREAL, "H3A 1A1"),
    ("東京", "en", "", NOWHERE),
]
MEANT = [*POSTAL_CODES, *TOWNS, *INTERSECTIONS, *STREETS, *INSTITUTIONS, *OFFICES, *NO_STREET, *NOISE]


@pytest.fixture
def _offices(db: None) -> None:
    """Let the directory know a few offices, named as Canada Post names them."""
    offices = (
        ("DÉPANNEUR NORD", "GATINEAU NORTH END PO", "1 RUE NORD", "GATINEAU", "QC", "J8P7A1", 45.49, -75.64),
        ("SHOPPERS DRUG MART #702", "SUB 12", "99 BANK ST", "OTTAWA", "ON", "K1P6B9", 45.42, -75.70),
        ("SHOPPERS DRUG MART #811", "SUB 54", "10 KING ST", "TORONTO", "ON", "M5H1A1", 43.65, -79.38),
        ("TABAGIE DU LAC", "SAINT-JEAN-BAPTISTE", "1 RUE DU LAC", "SAINT-JEAN-BAPTISTE", "QC", "J0L2B0", 45.5, -73.1),
        ("PHARMAPRIX", "SUCC PEEL", "5 RUE PEEL", "MONTRÉAL", "QC", "H2X1Y4", 45.51, -73.57),
    )
    names = ("name_en", "location_en", "street", "city", "province", "postal_code", "latitude", "longitude")
    for number, office in enumerate(offices):
        make_office(received_id=str(number), **dict(zip(names, office, strict=True)))
    Office.objects.filter(city="GATINEAU").update(location_fr="GATINEAU-NORD SUCC")


def reading(typed: str, postal_code: str) -> str:
    """Return how a text is read, as ``MEANT`` writes it: a message with all its words."""
    try:
        return written(understood(typed, Whereabouts(lambda: postal_code)))
    except QueryNotUnderstood as error:
        return f"? {next(iter(error.choices), '')}" if error.asks else f"! {error.message}"


@pytest.mark.usefixtures("_offices")
def test_each_text_is_read_as_it_was_meant() -> None:
    wrong = {}
    for typed, language, near, meant in MEANT:
        with translation.override(language):
            read = reading(typed, near)
        said = meant.startswith("! ") and read.startswith("! ") and meant.removeprefix("! ") in read
        if read != meant and not said:
            wrong[typed] = (read, meant)
    assert wrong == {}
