"""Canada's provinces and territories: their letters, their names, and how people write them."""

import unicodedata

from django.utils.translation import gettext_lazy as _

PROVINCE_NAMES = {
    "AB": _("Alberta"),
    "BC": _("British Columbia"),
    "MB": _("Manitoba"),
    "NB": _("New Brunswick"),
    "NL": _("Newfoundland and Labrador"),
    "NS": _("Nova Scotia"),
    "NT": _("Northwest Territories"),
    "NU": _("Nunavut"),
    "ON": _("Ontario"),
    "PE": _("Prince Edward Island"),
    "QC": _("Quebec"),
    "SK": _("Saskatchewan"),
    "YT": _("Yukon"),
}

# Forward sortation areas: https://ised-isde.canada.ca/site/office-superintendent-bankruptcy/en/forward-sortation-area-fsa
PROVINCES_BY_FIRST_LETTER = {
    "A": ("NL",),
    "B": ("NS",),
    "C": ("PE",),
    "E": ("NB",),
    **dict.fromkeys("GHJ", ("QC",)),
    **dict.fromkeys("KLMNP", ("ON",)),
    "R": ("MB",),
    "S": ("SK",),
    "T": ("AB",),
    "V": ("BC",),
    "X": ("NT", "NU"),
    "Y": ("YT",),
}


# How people write them in English and French, without accents, spaces and hyphens.
PROVINCE_SPELLINGS = {
    "alberta": "AB",
    "britishcolumbia": "BC",
    "manitoba": "MB",
    "newbrunswick": "NB",
    "newfoundlandandlabrador": "NL",
    "novascotia": "NS",
    "northwestterritories": "NT",
    "nunavut": "NU",
    "ontario": "ON",
    "princeedwardisland": "PE",
    "quebec": "QC",
    "saskatchewan": "SK",
    "yukon": "YT",
    "colombiebritannique": "BC",
    "pei": "PE",
    "ileduprinceedouard": "PE",
    "nouvelleecosse": "NS",
    "nouveaubrunswick": "NB",
    "newfoundland": "NL",
    "terreneuve": "NL",
    "terreneuveetlabrador": "NL",
    "territoiresdunordouest": "NT",
    "yukonterritory": "YT",
    "territoireduyukon": "YT",
}
LONGEST_PROVINCE = 40


def province_code(written: str) -> str:
    """Return the two letters of a province or territory, from its letters or its name; ``""`` when it is none.

    "Ontario", "Québec", "QC " and "Nouvelle-Écosse" are understood.
    """
    plain = unicodedata.normalize("NFKD", written[:LONGEST_PROVINCE]).encode("ascii", "ignore").decode()
    letters = "".join(character for character in plain.casefold() if character.isalpha())
    if letters.upper() in PROVINCE_NAMES:
        return letters.upper()
    return PROVINCE_SPELLINGS.get(letters, "")
