"""How a place is spelt: GeoNames has many names as postal codes have them, without accents, hyphens or full stops.

Quebec's official names have hyphens between all words of a French name (but after La, Le and Les) and their accents:
Commission de toponymie, https://toponymie.gouv.qc.ca. An English name keeps its spaces: New Richmond, Thetford Mines.
"""

import re
import unicodedata

from deliver_to_po.offices.typed.places import fold
from scripts.make_places import Town

LITTLE_WORDS = r"(?<=-)(?:De|Du|Des|La|Le|Les|L|Sur|Aux|Au|En|Et)(?=-)|(?<=-)[DL](?=')|(?<= )(?:De|Du|Des|Aux|Au)(?= )"
# Names that no rule gets right.
MISSPELT = (
    "Baie-Sainte-Anne",
    "Dollard-Des Ormeaux",
    "New Richmond",
    "Percé",
    "Petit-de-Grat",
    "Saint-Côme–Linière",
    "Saint-Louis-du-Ha! Ha!",
    "St. Peters Bay",
    "Thetford Mines",
)
# Names that were cut off or shortened, as ``fold`` leaves them.
CUT_OFF = {
    "saint francois de la riviere du s": "Saint-François-de-la-Rivière-du-Sud",
    "sainte catherine de la j cartier": "Sainte-Catherine-de-la-Jacques-Cartier",
}
SPELT = {**{fold(name): name for name in MISSPELT}, **CUT_OFF}
# What the French names of Quebec that GeoNames writes with spaces begin with.
FRENCH_FIRST_WORDS = frozenset(
    (
        "saint",
        "sainte",
        "cote",
        "ile",
        "iles",
        "lac",
        "pont",
        "trois",
        "deux",
        "riviere",
        "baie",
        "notre",
        "mont",
        "val",
    )
)
# Words of names with their accents. No place has one of them without.
WITH_ACCENTS = (
    "Abbé Aimé André Angèle Arsène Barnabé Barthélemy Beaupré Benoît Brébeuf Béarn Bégin Bretenières Carré Carrières "
    "Cascapédia Château Châteauguay Chénéville Clément Cléophas Côme Cécile Côte Dégelis Édouard Élie Élisabeth Elzéar "
    "Émile Éphrem Épiphane Épiphanie Épée Estérel Étang Éternité Étienne Eugène Euphémie Évariste Écorces Ferréol "
    "Félicité Félix François Françoise Frontière Frédéric Fugèreville Geneviève Gethsémani Gédéon Gérard Guérin Hélène "
    "Herménégilde Hérouxville Hébertville Hénédine Honoré Île Îles Irène Irénée Ladrière Laterrière Lavallée "
    "Laverlochère Léon Léonard Lévis Linière Lotbinière Maskinongé Matapédia Mélanie Mère Mékinac Mérici Méchins "
    "Métabetchouan Morandière Nédélec Nérée Normétal Onésime Orléans Oujé Pacôme Patapédia Pelé Pentecôte Pérade "
    "Péribonka Perpétue Pohénégamook Présentation Prémont Québec Quévillon Raphaël Rédemption Rémi Rémigny René "
    "Renversés Rivière Sacré Salomé Santé Séraphine Séverin Siméon Supérieur Sylvère Tabatière Témiscaming "
    "Témiscouata Thècle Théophile Trinité Trécesson Urfé Valère Valérien Vallée Vendée Verchères Wôlinak Zénon Zéphirin"
)


def as_its_people_write_it(name: str, province: str) -> str:
    """Return ``name`` as it is written in its province: Saint-Jean-sur-Richelieu, Trois-Pistoles, St. Catharines."""
    if fold(name) in SPELT:
        return SPELT[fold(name)]
    if province == "QC":
        name = _hyphenated(re.sub(r"\bSt(e?)\b(?=[ -])", r"Saint\1", name))
        name = re.sub(r"(?<=[a-z]-)A(?=-)", "à", name)
    elif province != "NB" or "-" not in name:
        name = re.sub(r"^(Ste?|West St) (?=[A-Z])", r"\1. ", name)
    if province == "QC" or (province == "NB" and "-" in name):
        name = re.sub(r"[^\W\d_]+", _with_accents, name)
    name = re.sub(LITTLE_WORDS, lambda word: word[0].lower(), name).replace("'S ", "'s ")
    return re.sub(r"\bMc([a-z])", lambda letter: f"Mc{letter[1].upper()}", name)


def better_spelt(one: Town, other: Town) -> str:
    """Return the better of two spellings of a name: the one with more accents, then that of the larger place."""
    marks = [_marks(place.name) for place in (one, other)]
    if marks[0] != marks[1]:
        return (one if marks[0] > marks[1] else other).name
    return (one if one.population > other.population else other).name


def _hyphenated(name: str) -> str:
    return name.replace(" ", "-") if fold(name).split()[0] in FRENCH_FIRST_WORDS and "!" not in name else name


def _with_accents(word: re.Match[str]) -> str:
    return ACCENTED.get(word[0], word[0])


def _marks(name: str) -> int:
    return sum(1 for letter in name if _bare(letter) != letter)


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


ACCENTED = {_bare(word): word for word in WITH_ACCENTS.split()}
