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


# Every way of writing them in either language: lower case, no accents, apostrophes or punctuation.
PROVINCE_SPELLINGS = {
    "AB": "ab|alta|alb|alberta",
    "BC": "bc|b c|cb|c b|british columbia|brit columbia|colombie britannique",
    "MB": "mb|man|manitoba",
    "NB": "nb|n b|new brunswick|nouveau brunswick",
    "NL": "nl|n l|nf|n f|nfld|tnl|t n l|tn|t n|newfoundland and labrador|newfoundland labrador|newfoundland|labrador|"
    "terre neuve et labrador|terre neuve labrador|terre neuve",
    "NS": "ns|n s|n e|nova scotia|nouvelle ecosse|nlle ecosse",
    "NT": "nt|nwt|n w t|tno|t n o|northwest territories|north west territories|territoires du nord ouest",
    "NU": "nu|nunavut",
    "ON": "on|ont|ontario",
    "PE": "pe|pei|p e i|ipe|i p e|p e|prince edward island|ile du prince edouard",
    "QC": "qc|pq|p q|que|quebec",
    "SK": "sk|sask|saskatchewan",
    "YT": "yt|y t|yk|yn|yuk|yukon|yukon territory|territoire du yukon",
}
# As the province of an address these are Nebraska and Tennessee.
STATES = frozenset(("ne", "tn"))
_BY_LETTERS = {
    letters: code
    for code, names in PROVINCE_SPELLINGS.items()
    for name in names.split("|")
    if (letters := name.replace(" ", "")) not in STATES
}
LONGEST_PROVINCE = 40


def province_code(written: str) -> str:
    """Return the two letters of a province or territory, from its letters or its name; ``""`` when it is none.

    "Ontario", "Québec", "QC ", "CA-QC" and "Nouvelle-Écosse" are understood.
    """
    plain = unicodedata.normalize("NFKD", written[:LONGEST_PROVINCE]).encode("ascii", "ignore").decode()
    letters = filter(str.isalpha, plain.strip().casefold().removeprefix("ca-"))
    return _BY_LETTERS.get("".join(letters), "")
