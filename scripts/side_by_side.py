"""Sentences of pages and catalogue in both languages, side by side, for a native reader."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from html import escape
from itertools import chain
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bs4 import BeautifulSoup, Comment, Tag
from django.utils.translation import trans_real

from scripts.check_messages import forms, read

CATALOGUE = Path(__file__).parents[1] / "deliver_to_po" / "locale" / "fr" / "LC_MESSAGES" / "django.po"
Pair = tuple[str, str]
INLINE = {"strong", "em", "span", "abbr", "sup", "i", "b", "small", "bdi", "time", "code", "a", "u"}
BUTTONS = {"d2po-button", "d2po-line", "button", "addlink", "d2po-queue"}
SPOKEN = ("aria-label", "title", "placeholder", "alt")
# What a page says that is not ours.
FOREIGN = "script, style, template, nav, .theme-toggle, #result_list, .inline-related > h3, .actions, .paginator"
# What stands in a hole of a text that none of the pages says, where it is not a figure.
SAMPLES: Mapping[str, Pair] = {
    "system": ("Canada Post", "Postes Canada"),
    "most longest max_length most_parcels": ("1,000", "1\u00a0000"),
    "more silent": ("30", "30"),
    "months": ("March and May", "mars et mai"),
    "verdict": ("OK", "OK"),
    "office name": ("Comptoir du Coin", "Comptoir du Coin"),
    "city": ("Ottawa", "Ottawa"),
    "place postal_code area here there this that": ("K1A\u00a00B1", "K1A\u00a00B1"),
    "when": ("Dec. 1, 2026 at 9:30\u00a0a.m", "1er décembre 2026 à 9\u00a0h\u00a030"),
    "date day first_day last_day starts ends hours": ("Tuesday, December 1", "mardi 1er décembre"),
    "time at now opens closes": ("9:30\u00a0a.m", "9\u00a0h\u00a030"),
    "price charged paid former": ("$12.50", "12,50\u00a0$"),
    "weight expected billed kept": ("1.25\u00a0kg", "1,25\u00a0kg"),
    "distance": ("1.2\u00a0km", "1,2\u00a0km"),
    "user who recipient names typed": ("camille", "camille"),
    "state what outcome result label rung rule field noun": ("label ready", "étiquette prête"),
    "reason text why advice note says error": ("Canada Post did not answer.", "Postes Canada n’a pas répondu."),
    "order reference group export manifest file code test keys page api host url": ("M-1001", "M-1001"),
}


def texts(html: bytes | str) -> Iterator[str]:
    """Yield what a page says, each block by itself, and what is said of it aloud."""
    page = BeautifulSoup(html, "html.parser")
    main = page.select_one("main, #content, body") or page
    for tag in main.select(FOREIGN):
        tag.decompose()
    for tag in main.find_all("br"):
        tag.replace_with("\x1f")
    blocks = defaultdict[int, list[str]](list)
    for string in main.find_all(string=lambda text: not isinstance(text, Comment)):
        blocks[id(_block(string))].append(str(string))
    for part in chain.from_iterable("".join(strings).split("\x1f") for strings in blocks.values()):
        yield re.sub(r"[ \n\t]+", " ", part).strip(" ")
    for tag in main.find_all(True):
        yield from (str(tag[name]) for name in SPOKEN if tag.get(name))
        if tag.name == "input" and tag.get("type") == "submit":
            yield str(tag.get("value", ""))


def _block(string: Any) -> Tag:
    found: Tag = string.parent
    while found.name in INLINE and BUTTONS.isdisjoint(found.get("class") or ()) and found.parent is not None:
        found = found.parent
    return found


class Page:
    """The sentences by where they stand, each pair once; and the texts of the catalogue that were asked for."""

    def __init__(self) -> None:
        self.lines = defaultdict[str, list[Pair]](list)
        self._asked, self._seen = set[str](), set[Pair]()

    def add(self, where: str, english: Iterable[str], french: Iterable[str]) -> None:
        """Add the lines of both languages that say something; raises ValueError where one has a line more."""
        says = [[line.strip() for line in lines if re.search(r"[^\W\d_]", line)] for lines in (english, french)]
        for pair in zip(*says, strict=True):
            if pair not in self._seen:
                self._seen.add(pair)
                self.lines[where].append(pair)

    def listen(self) -> ExitStack:
        """Return a context in which every text that is looked up in the French catalogue is noted."""
        catalogue, stack = trans_real.translation("fr"), ExitStack()
        for name in ("gettext", "ngettext"):
            stack.enter_context(patch.object(catalogue, name, self._heard(getattr(catalogue, name))))
        return stack

    def _heard(self, real: Callable[..., str]) -> Callable[..., str]:
        def look_up(text: str, *rest: Any) -> str:
            self._asked.add(text.rpartition("\x04")[2])
            return real(text, *rest)

        return look_up

    def add_the_rest(self) -> None:
        """Add each text of the catalogue that was not asked for, filled in; one with a count for 0, 1 and 2."""
        for message in read(CATALOGUE):
            english, french = forms(message.id), forms(message.string)
            if message.id and (english[0] not in self._asked or len(english) > 1):
                for count in (0, 1, 2) if len(english) > 1 else (3,):
                    one, other = english[min(count != 1, len(english) - 1)], french[min(count > 1, len(french) - 1)]
                    self.add("What none of these pages says", [_filled(one, 0, count)], [_filled(other, 1, count)])

    def __str__(self) -> str:
        style = (
            "body{font:1rem sans-serif}table{width:100%;table-layout:fixed}td,th{text-align:left;vertical-align:top}"
        )
        rows = chain.from_iterable(
            (
                f"<tr><th colspan=2>{escape(where)}</th></tr>",
                *(f"<tr><td>{escape(en)}</td><td lang=fr>{escape(fr)}</td></tr>" for en, fr in pairs),
            )
            for where, pairs in self.lines.items()
        )
        return f"<!doctype html><html lang=en><meta charset=utf-8><style>{style}</style><table>{''.join(rows)}</table>"


def _filled(text: str, language: int, count: int) -> str:
    words = {name: pair[language] for names, pair in SAMPLES.items() for name in names.split()}
    text = re.sub(r"%\((\w+)\)[sd]|\{(\w+)\}", lambda hole: words.get(hole[1] or hole[2], str(count)), text)
    return text.replace("%%", "%")
