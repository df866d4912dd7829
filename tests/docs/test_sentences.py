"""Every sentence, composed with real states and figures in both languages, keeps what a machine can check."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deliver_to_po.core.choices import Reason
from deliver_to_po.emulator.server import EmulatorServer
from scripts.check_english import PATTERNS
from scripts.sentences import SETTINGS, compose

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "_build" / "sentences.html"
NBSP = "\u00a0"
VOWEL = "[aeiouyéèêëàâîïôûœAEIOUÉÈÊÀÂÎÔ]"
# What nobody writes by hand: addresses, names of settings, what is typed into a terminal, phone numbers, other names.
NOT_WORDS = re.compile(
    r"https?://\S+|\S+@\S+|\w*_\w*|--\w+ \S+ ?\S*|\d{3} \d{3}-\d{4}|[\w ]+ de l'\w+(?: \w+)? #\S*|# \d+|^(?:OK|-)  ?"
    r"|(?:Lundi|Monday|Samedi|Saturday|Dimanche|Sunday|Du mardi au vendredi|Tuesday to Friday)  |BDP .*|.*RUE DE L'.*"
)
FORBIDDEN = {
    "both": {
        r"%\(|%[sd]\b|[{}]": "nothing is left open",
        r" {2}|[,;]{2}|\.,|,\.|(?<!\.)\.\.(?!\.)": "nothing stands twice",
        rf"\w[ {NBSP}][,.](?=\s|$)": "no space before a comma or a full stop",
    },
    "en": {
        r"(?<!arcel )(?<!of )(?<!\.)\b1 (?!was|has|is|days’|stays|accepts)[a-z]+s\b(?! selected)": "singular for one",
        r"\b(?:0|[2-9]|\d\d+) (?:parcel|label|delivery|order|day|character|minute)\b": "several in the plural",
        rf"[«»]|\d{NBSP}\$": "English marks",
    },
    "fr": {
        r"(?<!\d)['\"“”]": "French apostrophes and quotation marks",
        r"\$\d|\d[$%]|\d(?:kg|cm|km|Mo)\b": "figure, space, unit",
        r"\b\d+\.\d\d\b(?!…)": "a decimal comma",
        r"\b(?:[Dd]e|[Àà]) [Ll]es? (?!\w+(?:er|ir|re)\b)": "du, des, au, aux",
        rf"\b(?:[Ss]i ils?|(?:[Qq]ue|[Dd]e|[Jj]e|[Nn]e|[Ss]e|[Jj]usque|[Ll]orsque) {VOWEL})": "an elision",
        r"\b[01] (?!colis|fois|mois|pas|plus|dans|sans)[a-zé]{3,}s\b": "0 and 1 in the singular",
        r"\b(?:[2-9]|\d\d+) (?:livraison|étiquette|commande|jour|caractère|bureau|minute|ligne)\b": "a plural",
        r"\b(?:[Tt]he|and|of|is|are|was|with|from|this|that|has|have|not)\b": "French words",
        r"\bcontrat\b|[Aa]ppu(?:y|ie)(?!ez sur Entrée)|numéros? de suivi": "words of this house: convention, repérage",
    },
    "fr on a page": {
        rf" [?!;:»%$]|« |[^{NBSP}]»|«[^{NBSP}]|{NBSP}[?!;]|[^{NBSP}\d/]:(?=\s|$)": "a no-break space before : » % $",
        r"\d (?:kg|g|cm|km|m|min|s|h|Mo|lb|\$|%|\d{3})\b": "a no-break space before a unit",
    },
}


def faults(english: str, french: str, where: str) -> Iterator[str]:
    """Yield what is wrong with one sentence; what is mailed has the spaces that people type."""
    for language, text in (("en", english), ("fr", french)):
        words = NOT_WORDS.sub("X", text)
        for kind in ("both", language, *(() if where.startswith("E-mail") else (f"{language} on a page",))):
            for pattern, rule in FORBIDDEN.get(kind, {}).items():
                if found := re.search(pattern, words):
                    yield f"{rule}: “{found[0]}” in {text!r}"
    yield from (f"write {instead}: {english!r}" for pattern, instead in PATTERNS if pattern.search(english))
    ends = [text.endswith(".") for text in (english, french)]
    # A time of day ends with a full stop in English.
    if ends[0] != ends[1] and " " in english and not re.search(r"[ap]\.m\.?$", english):
        yield f"both end alike: {english!r}, {french!r}"
    if ends[0] and english[0].isupper() and french[0].islower():
        yield f"a sentence begins with a capital: {french!r}"


@pytest.mark.slow
@pytest.mark.django_db
def test_every_sentence_is_right_as_far_as_a_machine_can_tell(emulator: EmulatorServer, change_settings: Any) -> None:
    """Leaves the page to read, wrong or not."""
    change_settings(**SETTINGS)
    page = compose()
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(str(page), encoding="utf-8")
    told = " ".join(english for pairs in page.lines.values() for english, _french in pairs)
    assert [reason for reason in Reason if reason.value and reason.why("Canada Post") not in told] == []
    found = [fault for where, pairs in page.lines.items() for pair in pairs for fault in faults(*pair, where)]
    assert found == []


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("%(count)d labels", "2 étiquettes"),
        ("1 labels are ready.", "1 étiquette est prête."),
        ("It costs $9.95.", "Le prix est de 9.95."),
        ("The answer of it never came.", "La réponse de Le système n’est jamais arrivée."),
        ("Near Ottawa", "Près de Ottawa"),
        ("Press “Resume”.", "Appuyez sur «\u00a0Reprendre\u00a0»."),
        ("Weigh it: 2 kg.", "Pesez-le: 2 kg."),
        ("It is lost.", "Il est perdu"),
        ("0 parcels", "0 étiquettes"),
        ("We do not know it any more.", "Nous ne le connaissons plus."),
    ],
)
def test_what_is_wrong_is_found(english: str, french: str) -> None:
    assert list(faults(english, french, "here"))
