"""Which time zone is a post office in, and is a point in Canada at all?"""

from deliver_to_po.canadapost.types import Coordinates

# The time zones of Canada, as the time zone database names them.
ZONES = frozenset(
    f"America/{name}"
    for name in (
        "Atikokan Blanc-Sablon Cambridge_Bay Coral_Harbour Creston Dawson Dawson_Creek Edmonton Fort_Nelson "
        "Glace_Bay Goose_Bay Halifax Inuvik Iqaluit Moncton Montreal Nipigon Pangnirtung Rainy_River "
        "Rankin_Inlet Regina Resolute St_Johns Swift_Current Thunder_Bay Toronto Vancouver Whitehorse "
        "Winnipeg Yellowknife"
    ).split()
)

# The zone in which most people of a province live.
BY_PROVINCE = {
    "AB": "America/Edmonton",
    "BC": "America/Vancouver",
    "MB": "America/Winnipeg",
    "NB": "America/Moncton",
    "NL": "America/St_Johns",
    "NS": "America/Halifax",
    "NT": "America/Edmonton",
    "NU": "America/Iqaluit",
    "ON": "America/Toronto",
    "PE": "America/Halifax",
    "QC": "America/Toronto",
    "SK": "America/Regina",
    "YT": "America/Whitehorse",
}
# Postal areas whose time differs from their province's: Labrador, the Magdalen Islands, Ontario's northwest,
# Lloydminster, the Kootenays, the Peace, Nunavut's middle and west.
BY_AREA = {
    **dict.fromkeys(("A0P", "A0R", "A2V"), "America/Goose_Bay"),
    "G4T": "America/Halifax",
    **dict.fromkeys(("P0V", "P0W", "P0X", "P0Y", "P8N", "P8T", "P9A", "P9N"), "America/Winnipeg"),
    "S9V": "America/Edmonton",
    **dict.fromkeys(("V0A", "V0B", "V1A", "V1C"), "America/Edmonton"),
    **dict.fromkeys(("V0C", "V1G", "V1J"), "America/Dawson_Creek"),
    "X0B": "America/Cambridge_Bay",
    "X0C": "America/Rankin_Inlet",
}
# Postal areas that keep more than one time: only a point tells which.
MIXED_AREAS = frozenset(
    ("A0E", "A0K", "G0C", "G0G", "P0T", "P0V", "R0L", "S0M", "S0P", "V0B", "V0C", "V0X", "X0A", "X0B", "X0C")
)


def in_canada(point: Coordinates) -> bool:
    """Say whether a point is in Canada or close to its coast: the borders of tzfpy's zones are those of countries."""
    return _zone_name(point) in ZONES


def zone_of(point: Coordinates | None, province: str, postal_code: str = "") -> str:
    """Return the name of the time zone at a point, else of a postal area, else of a province; ``""`` if none tells."""
    name = _zone_name(point) if point else ""
    return name if name in ZONES else _by_area(province, postal_code)


def zone_of_area(province: str, postal_code: str) -> str:
    """Return the name of the time zone of a postal area, ``""`` if it is not known or keeps more than one time.

    It costs nothing, unlike the zone at a point: that takes a table of 35 MB into the memory of the process.
    """
    area = postal_code[:3]
    return "" if not area or area in MIXED_AREAS else _by_area(province, postal_code)


def _by_area(province: str, postal_code: str) -> str:
    return BY_AREA.get(postal_code[:3]) or BY_PROVINCE.get(province, "")


def _zone_name(point: Coordinates) -> str:
    if not (40 <= point.latitude <= 84 and -142 <= point.longitude <= -50):
        return ""
    # Imported on first use: its table takes 35 MB, and processes that serve pages seldom need it.
    from tzfpy import get_tz

    return get_tz(point.longitude, point.latitude)
