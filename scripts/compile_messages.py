"""Compiles ``locale/*/LC_MESSAGES/*.po`` of the given folders to ``.mo`` with Babel."""

import os
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogues(package: Path) -> list[Path]:
    """Write a ``.mo`` beside every ``.po`` of ``package`` and return them; raises PoFileError for a broken file."""
    compiled = []
    for source in sorted(package.glob("locale/*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3], domain=source.stem, abort_invalid=True)
        target = source.with_suffix(".mo")
        # Written aside and renamed, so that whoever reads or compiles at this moment never sees half a file.
        unfinished = target.with_suffix(f".mo.{os.getpid()}")
        with unfinished.open("wb") as file:
            write_mo(file, catalogue)
        unfinished.replace(target)
        compiled.append(target)
    return compiled


def main(folders: list[str]) -> None:
    """Compile for each of ``folders`` and say how many catalogues there were."""
    compiled = [target for folder in folders for target in compile_catalogues(Path(folder))]
    print(f"{len(compiled)} message catalogues compiled")


if __name__ == "__main__":
    main(sys.argv[1:])
