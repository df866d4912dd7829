"""Which time zone is a post office in, and is a point in Canada at all?"""

import re
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from deliver_to_po.canadapost.types import Coordinates

# The time zones of Canada, as the time zone database names them.
ZONES: Final = re.compile(
    r"America/("
    r"Atikokan|Blanc-Sablon|Cambridge_Bay|Coral_Harbour|Creston|Dawson|Dawson_Creek|Edmonton|"
    r"Fort_Nelson|Glace_Bay|Goose_Bay|Halifax|Inuvik|Iqaluit|Moncton|Montreal|Nipigon|"
    r"Pangnirtung|Rainy_River|Rankin_Inlet|Regina|Resolute|St_Johns|Swift_Current|Thunder_Bay|"
    r"Toronto|Vancouver|Whitehorse|Winnipeg|Yellowknife"
    r")"
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
    **dict.fromkeys(("V0A", "V0B", "V1C"), "America/Edmonton"),
    **dict.fromkeys(("V0C", "V1G", "V1J"), "America/Dawson_Creek"),
    "X0B": "America/Cambridge_Bay",
    "X0C": "America/Rankin_Inlet",
}


def in_canada(point: Coordinates) -> bool:
    """Say whether a point is in Canada or close to its coast: the borders of tzfpy's zones are those of countries."""
    return bool(ZONES.fullmatch(_zone_name(point)))


def zone_of(point: Coordinates | None, province: str, postal_code: str = "") -> ZoneInfo | None:
    """Return the time zone at a point, else of a postal area, else of a province; None if none of them tells."""
    name = _zone_name(point) if point else ""
    if not ZONES.fullmatch(name):
        name = BY_AREA.get(postal_code[:3]) or BY_PROVINCE.get(province, "")
    return _zone(name) if name else None


def _zone_name(point: Coordinates) -> str:
    if not (40 <= point.latitude <= 84 and -142 <= point.longitude <= -50):
        return ""
    # Imported on first use: its table takes 35 MB, and most processes show no office.
    from tzfpy import get_tz

    return get_tz(point.longitude, point.latitude)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
