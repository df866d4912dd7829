"""Reads the desk's pages in French through the catalogue: so what a test says in English is pressed and read there."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from babel.messages.pofile import read_po
from django.utils.text import capfirst

PO = Path(__file__).resolve().parents[2] / "deliver_to_po" / "locale" / "fr" / "LC_MESSAGES" / "django.po"
HOLE = re.compile(r"%\((\w+)\)[sd]")
LANGUAGE = "fr"
# Names that stand in a sentence, and that French has too.
NAMES = {"Canada Post": "Postes Canada"}


def forms(value: object) -> tuple[object, ...]:
    """Return singular and plural, or the only form there is."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


@cache
def catalogue() -> Sequence[tuple[str, str]]:
    """Return each text of the package with its French; one may be there more than once, of different things."""
    with PO.open("rb") as file:
        messages = [message for message in read_po(file, locale=LANGUAGE) if message.id]
    return [
        *(
            (str(text), str(french))
            for message in messages
            for text, french in zip(forms(message.id), forms(message.string), strict=True)
        ),
        # Django's own.
        ("Save", "Enregistrer"),
    ]


def one_line(text: str) -> str:
    """Return a text with spaces alike, as it is compared."""
    return " ".join(text.split())


class Pair(NamedTuple):
    """A text in both languages, and what it looks like filled in."""

    english: str
    in_english: re.Pattern[str]
    in_french: re.Pattern[str]
    letters: int


def _filled(text: str) -> re.Pattern[str]:
    """Return the pattern of a text with anything in its holes; the last word may be left out."""
    parts, at, seen = list[str](), 0, set[str]()
    for hole in HOLE.finditer(text):
        name = hole.group(1)
        parts += [re.escape(text[at : hole.start()]), ".+?" if name in seen else f"(?P<{name}>.+?)"]
        at = hole.end()
        seen.add(name)
    pattern = "".join([*parts, re.escape(text[at:])])
    return re.compile(re.sub(r"\\ (\(\?P<\w+>\.\+\?\))$", r"(?:\\ \1)?", pattern), re.IGNORECASE)


@cache
def pairs() -> Sequence[Pair]:
    """Return all texts that say something beside their holes, those with the most words of their own first."""
    found = [
        Pair(
            english,
            _filled(one_line(english)),
            _filled(one_line(french)),
            len(re.sub(r"\W", "", HOLE.sub("", french))),
        )
        for english, french in catalogue()
    ]
    telling = (pair for pair in found if pair.letters > 3 or not HOLE.search(pair.english))
    return sorted(telling, key=lambda pair: -pair.letters)


def french_of(words: str) -> Iterator[re.Pattern[str]]:
    """Yield what may stand on a French page where these words stand on the English one; nothing for a shop's own."""
    for pair in pairs():
        if words in one_line(pair.english) or pair.in_english.fullmatch(words):
            yield pair.in_french


def english_of(text: str) -> Iterator[str]:
    """Yield what a French text is in English; sentences that stand side by side are read one by one."""
    text = one_line(text)
    for pair in pairs():
        if (match := pair.in_french.fullmatch(text)) is not None:
            words = {name: _within(value) for name, value in match.groupdict(default="").items()}
            parts = HOLE.split(one_line(pair.english))
            # Every second one is the name of a hole.
            english = "".join(words.get(part, "") if number % 2 else part for number, part in enumerate(parts)).strip()
            yield capfirst(english) if text[0].isupper() else english
    for end in re.finditer(r"(?<=[.!?]) ", text):
        first, rest = next(english_of(text[: end.start()]), ""), next(english_of(text[end.end() :]), "")
        if first and rest:
            yield f"{first} {rest}"


def _within(text: str) -> str:
    """Return what stands in a sentence: a name, another sentence, or what nobody translates, such as a number."""
    known = next((name for name, french in NAMES.items() if french == text), "")
    return known or next(english_of(text), text)
