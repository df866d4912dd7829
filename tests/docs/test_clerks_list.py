"""The clerk's list: both languages have the same cases, and name buttons and sentences that there are.

What a button does is asserted in the desk's own rooms.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "deliver_to_po" / "locale" / "fr" / "LC_MESSAGES" / "django.po"
HOW_TO = ROOT / "docs" / "how-to"
PAGES = {"en": HOW_TO / "what-do-i-do-when.md", "fr": HOW_TO / "que-faire-quand.md"}
CASE = re.compile(r"^## (\d+)\. (.+)$", re.MULTILINE)
BUTTON = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
ITALIC = re.compile(r"(?<![*\w])\*([^*]+?)\*(?![*\w])")


def forms(value: object) -> tuple[object, ...]:
    """Return singular and plural, or the only form there is."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


@cache
def catalogue() -> Sequence[tuple[str, str]]:
    """Return each text of the package with its French; one may be there more than once, of different things."""
    with PO.open("rb") as file:
        messages = [message for message in read_po(file, locale="fr") if message.id]
    return [
        (str(text), str(french))
        for message in messages
        for text, french in zip(forms(message.id), forms(message.string), strict=True)
    ] + [("Save", "Enregistrer")]  # Django's own.


def cases(language: str) -> list[tuple[int, str, str]]:
    """Return number, title and text of each case on the page of a language."""
    parts = CASE.split(PAGES[language].read_text(encoding="utf-8"))[1:]
    return [(int(number), title, text) for number, title, text in zip(*[iter(parts)] * 3, strict=True)]


def words(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return what a page has in bold or slanted, on one line each."""
    return [" ".join(found.split()) for found in pattern.findall(text)]


def plain(text: str) -> str:
    """Return a text as it is compared: spaces alike, counts and names filled in."""
    filled = text.replace("%(count)s", "3").replace("%(system)s", "Canada Post")
    return " ".join(filled.split()).replace("’", "'").casefold()


def known(texts: Iterable[str], language: str) -> set[str]:
    found = {plain(text) for text in texts}
    return {text.replace("canada post", "postes canada") for text in found} if language == "fr" else found


@pytest.mark.parametrize("language", PAGES)
def test_there_are_30_cases(language: str) -> None:
    assert [number for number, _title, _text in cases(language)] == list(range(1, 31))


def test_both_pages_name_the_same_buttons_in_the_same_cases() -> None:
    pairs = {(plain(text), plain(french)) for text, french in catalogue()}
    for (number, _title, text), (_number, _titre, texte) in zip(cases("en"), cases("fr"), strict=True):
        english, french = words(BUTTON, text), words(BUTTON, texte)
        assert len(english) == len(french), number
        for pair in zip(english, french, strict=True):
            assert tuple(map(plain, pair)) in pairs, (number, pair)


@pytest.mark.parametrize("language", PAGES)
def test_what_is_slanted_stands_on_a_page_of_the_shop(language: str) -> None:
    texts = known((pair[language == "fr"] for pair in catalogue()), language)
    for number, _title, text in cases(language):
        for word in words(ITALIC, text.replace("**", "")):
            assert any(plain(word) in each for each in texts), (number, word)


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("the-desk", "le-comptoir-du-marchand"),
        ("what-do-i-do-when", "que-faire-quand"),
        ("pack-and-print", "emballer-et-imprimer"),
        ("look-after-your-shop", "veiller-sur-la-boutique"),
    ],
)
def test_a_page_has_its_french_one_with_the_same_sections_and_one_verb_for_pressing(english: str, french: str) -> None:
    texts = [(HOW_TO / f"{name}.md").read_text(encoding="utf-8") for name in (english, french)]
    sections = [re.findall(r"^(#+|\d+\.|- |\|) ", text, re.MULTILINE) for text in texts]
    assert sections[0] == sections[1]
    assert re.findall(r"(?i)\bappu(?:y|ie)\w*(?!\w|\s+sur\s+Entrée)", texts[1]) == []
