"""Says whether the French catalogues hold every text of the code, translated, and typeset as in Canada.

Extracts the texts again with ``makemessages`` in a copy, so it needs GNU gettext; using the package never does.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

LANGUAGE = "fr"
NBSP = "\u00a0"
TYPOGRAPHY = (
    (re.compile(r"\s[?!;](?:\s|$)"), "no space before ? ! ;"),
    (re.compile(rf"(?<!{NBSP}):(?=\s|$)"), "a non-breaking space before :"),
    (re.compile(rf"«[^{NBSP}]|[^{NBSP}]»"), "non-breaking spaces inside « »"),
    (re.compile(r"\$\d"), "the dollar sign after the figure"),
)
VALUE = re.compile(r"%\((\w+)\)|\{(\w+)\}")
# Which value may come first in French, though not in English: « Ottawa : 5 bureaux de poste ».
MOVES = "place"
QUOTED = re.compile("“([^”]+)”"), re.compile(f"«{NBSP}(.+?){NBSP}»")

Key = tuple[str | None, str]


def read(path: Path) -> Catalog:
    """Return the catalogue at ``path``; raises PoFileError when it is broken."""
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, domain=path.stem, abort_invalid=True)


def forms(value: object) -> tuple[str, ...]:
    """Return singular and plural, or the only form there is."""
    return tuple(map(str, value)) if isinstance(value, (tuple, list)) else (str(value),)


def keys(catalogue: Catalog) -> set[Key]:
    """Return context and text of every message, the header left out."""
    return {(message.context, forms(message.id)[0]) for message in catalogue if message.id}


def extract(package: Path) -> Catalog:
    """Return what makemessages finds in a copy of ``package``."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / package.name
        shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo*", "*.po"))
        (copy / "locale").mkdir(exist_ok=True)
        command = [
            sys.executable,
            "-m",
            "django",
            "makemessages",
            "--locale",
            LANGUAGE,
            "--no-wrap",
            "--verbosity",
            "0",
        ]
        subprocess.run(command, cwd=copy, check=True)
        return read(copy / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po")


def values_in(text: str) -> list[str]:
    """Return what is put into a text, in its order: two that change places, or one left out, tell what is not so."""
    names = dict.fromkeys(one or other for one, other in VALUE.findall(text))
    return [name for name in names if name != MOVES]


def faults_of(message: Message, catalogue: Catalog) -> Iterator[str]:
    """Yield what is wrong with one translation."""
    translations = forms(message.string)
    if not all(translations):
        yield "not translated"
    if message.fuzzy:
        yield "fuzzy"
    yield from (str(error) for error in message.check(catalogue))
    for text, translation in zip(forms(message.id), translations, strict=True):
        if values_in(text) != values_in(translation):
            yield f"wants the values of {text!r} in their order: {translation!r}"
        # What is quoted, such as a button, is called as it is elsewhere. A translation may quote more.
        quotes = [quoted.findall(one) for quoted, one in zip(QUOTED, (text, translation), strict=True)]
        for one, other in zip(*quotes, strict=False):
            called = catalogue.get(one)
            if called is not None and other not in forms(called.string):
                yield f"calls {one!r} {other!r}, which is {called.string!r}"
    for text in translations:
        yield from (f"wants {rule}: {text!r}" for pattern, rule in TYPOGRAPHY if pattern.search(text))


def faults(package: Path) -> Iterator[str]:
    """Yield one line for each thing to mend in the catalogue of ``package``."""
    path = package / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
    if not path.exists():
        yield f"{path}: does not exist"
        return
    catalogue = read(path)
    wanted, held = keys(extract(package)), keys(catalogue)
    yield from (f"{path}: missing: {text!r}" for _, text in sorted(wanted - held, key=str))
    yield from (f"{path}: no longer in the code: {text!r}" for _, text in sorted(held - wanted, key=str))
    for message in catalogue:
        if message.id:
            yield from (f"{path}: {forms(message.id)[0]!r}: {fault}" for fault in faults_of(message, catalogue))


def main(packages: list[str]) -> int:
    """Print every fault and return 1 when there is one."""
    if shutil.which("xgettext") is None:
        print("check_messages needs GNU gettext (Debian: apt install gettext); nothing was checked")
        return 1
    found = [fault for package in packages for fault in faults(Path(package))]
    print("\n".join(found) if found else f"The catalogues of {', '.join(packages)} are complete")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
