"""Makes up about 6,000 post offices, spread over Canada as people are, and the same ones at every start."""

import hashlib
from collections import Counter
from collections.abc import Iterator

from deliver_to_po.emulator.country.office import Hours, Office
from deliver_to_po.emulator.country.places import areas, villages

# An area with at least this many hundred postal codes gets a second office.
SIZES_WITH_MORE_OFFICES = (9,)
# A city with a single area gets this many more.
MORE_IN_A_LONE_AREA = 1

FRENCH_PROVINCES = ("QC",)
BILINGUAL_PROVINCES = ("NB", "ON", "QC")

# Two real regions where a search finds nothing, so that a shop sees what it shows then. Both are so remote that from
# nearly all of their villages no search reaches a post office elsewhere. Nunavut's post offices take no D2PO parcels;
# in Nunavik and along James Bay (J0M) the emulator has no post office of any kind.
AREAS_WITHOUT_D2PO = ("X0A", "X0B", "X0C")
AREAS_WITHOUT_OFFICES = ("J0M",)

_LETTERS = "ABCEGHJKLMNPRSTVWXYZ"
_FAMILIES = (
    ("BIRCHWOOD", "DU BOULEAU"),
    ("MAPLE LANE", "DES ÉRABLES"),
    ("NORTH STAR", "DE L'ÉTOILE"),
    ("HERON", "DU HÉRON"),
    ("OLD MILL", "DU VIEUX-MOULIN"),
    ("LIGHTHOUSE", "DU PHARE"),
    ("CEDAR GROVE", "DE LA CÉDRIÈRE"),
    ("RIVERBEND", "DU MÉANDRE"),
    ("SNOW GOOSE", "DE L'OIE BLANCHE"),
    ("BLUE SPRUCE", "DE L'ÉPINETTE"),
    ("STATION ROAD", "DE LA GARE"),
    ("MARIGOLD", "DU SOUCI"),
)
_SHOPS = (
    ("{} PHARMACY", "PHARMACIE {}"),
    ("{} GENERAL STORE", "MAGASIN GÉNÉRAL {}"),
    ("{} STATIONERY", "PAPETERIE {}"),
    ("{} CONVENIENCE", "DÉPANNEUR {}"),
    ("{} GROCERY", "ÉPICERIE {}"),
)
_STREETS = (
    ("MAIN ST", "RUE PRINCIPALE"),
    ("MAPLE ST", "RUE DES ÉRABLES"),
    ("RIVERSIDE DR", "CH DE LA RIVIÈRE"),
    ("STATION RD", "RUE DE LA GARE"),
    ("CHURCH ST", "RUE DE L'ÉGLISE"),
    ("PARK AVE", "AV DU PARC"),
    ("MARKET SQ", "PLACE DU MARCHÉ"),
    ("LAKESHORE RD", "CH DU LAC"),
    ("HILL ST", "CÔTE DU COTEAU"),
    ("MILL ST", "RUE DU MOULIN"),
)
_QUARTERS = (
    ("CENTRE", "CENTRE"),
    ("NORTH END", "QUARTIER NORD"),
    ("EASTGATE", "PORTE DE L'EST"),
    ("WESTVALE", "VAL-OUEST"),
    ("SOUTH SHORE", "RIVE-SUD"),
    ("OLD TOWN", "VIEILLE VILLE"),
    ("UPLANDS", "LES HAUTEURS"),
    ("BROOKSIDE", "LE RUISSEAU"),
)

_WEEK = (2, 3, 4, 5, 6)
_SATURDAY = 7
_SUNDAY = 1
_PATTERNS: tuple[Hours, ...] = (
    (*((day, ("09:00", "17:00")) for day in _WEEK), (_SATURDAY, ("10:00", "14:00"))),
    tuple((day, ("08:30", "12:00", "13:00", "17:00")) for day in _WEEK),
    (
        (_SUNDAY, ("10:00", "17:00")),
        *((day, ("08:00", "21:00")) for day in _WEEK),
        (_SATURDAY, ("09:00", "18:00")),
    ),
    tuple((day, ("08:00", "00:00")) for day in (_SUNDAY, *_WEEK, _SATURDAY)),
    (
        *((day, ("09:30", "12:30", "13:30", "17:30")) for day in _WEEK if day != 4),
        (_SATURDAY, ("09:30", "12:30")),
    ),
)
# An office lies at most this many degrees from the middle of its area.
_SPREAD_DEGREES = 0.01

_LONGEST_TEXT = 40


class _Picks:
    """Numbers that look random and depend on a seed alone, on every machine and Python."""

    def __init__(self, seed: str) -> None:
        self._left = int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=32).digest(), "big")

    def below(self, count: int) -> int:
        """Return the next number from 0 to ``count`` - 1."""
        self._left, number = divmod(self._left, count)
        return number


def make_offices() -> Iterator[Office]:
    """Yield every office: those of cities first, then one for each village."""
    how_often = Counter((area.name, area.province) for area in areas() if not area.rural)
    number = 0
    for area in areas():
        if area.rural:
            continue
        count = 1 + sum(area.size >= size for size in SIZES_WITH_MORE_OFFICES)
        count += MORE_IN_A_LONE_AREA if how_often[area.name, area.province] == 1 else 0
        for order in range(count):
            number += 1
            yield _office(area.code, area.name, area.province, (area.latitude, area.longitude), order, number)
    in_area: Counter[str] = Counter()
    for village in villages():
        number += 1
        if village.area in AREAS_WITHOUT_OFFICES:
            continue
        place = (village.latitude, village.longitude)
        yield _office(village.area, village.name, village.province, place, in_area[village.area], number)
        in_area[village.area] += 1


def _office(area: str, place: str, province: str, where: tuple[float, float], order: int, number: int) -> Office:
    picks = _Picks(f"{area} {order}")
    city, french, rural = place.upper(), province in FRENCH_PROVINCES, area[1] == "0"
    name, name_fr = _names(city, french, picks)
    quarter, quarter_fr = _QUARTERS[picks.below(len(_QUARTERS))]
    spread = _SPREAD_DEGREES / 4 if rural else _SPREAD_DEGREES
    return Office(
        office_id=f"{100_000 + number * 137:010d}",
        name=name,
        name_fr=name_fr,
        location=_location("{} PO", city, "" if rural else quarter),
        location_fr=_location("BDP {}", city, "" if rural else quarter_fr),
        street=f"{picks.below(4800) + 2} {_STREETS[picks.below(len(_STREETS))][french]}",
        city=city[:_LONGEST_TEXT],
        province=province,
        postal_code=_postal_code(area, order),
        latitude=round(where[0] + (picks.below(2001) - 1000) / 1000 * spread, 5),
        longitude=round(where[1] + (picks.below(2001) - 1000) / 700 * spread, 5),
        bilingual=province in BILINGUAL_PROVINCES and picks.below(4) > 0,
        accepts_d2po=area not in AREAS_WITHOUT_D2PO and (order == 0 or picks.below(7) > 0),
        hours=_PATTERNS[picks.below(2 if rural else len(_PATTERNS))],
    )


def _location(pattern: str, city: str, quarter: str) -> str:
    text = pattern.format(f"{city} {quarter}".strip())
    return text if len(text) <= _LONGEST_TEXT else pattern.format(city[:34])


def _names(city: str, french_only: bool, picks: _Picks) -> tuple[str, str]:
    if picks.below(4) == 0 and len(city) <= _LONGEST_TEXT - len("BUREAU DE POSTE "):
        return f"{city} POST OFFICE", f"BUREAU DE POSTE {city}"
    shop, shop_fr = _SHOPS[picks.below(len(_SHOPS))]
    family, family_fr = _FAMILIES[picks.below(len(_FAMILIES))]
    branch = picks.below(90) + 1
    french = f"{shop_fr.format(family_fr)} # {branch}"
    return (french if french_only else f"{shop.format(family)} # {branch}"), french


def _postal_code(area: str, order: int) -> str:
    """Return a made-up code: unlike real rural ones it never ends in 0."""
    start = _Picks(f"{area} ending").below(60)
    number = start + order * 7
    return f"{area}{number % 9 + 1}{_LETTERS[number // 9 % len(_LETTERS)]}{number // 180 % 9 + 1}"
