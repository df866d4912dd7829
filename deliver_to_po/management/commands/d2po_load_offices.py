"""Fills cache and directory with the offices near a list of postal codes."""

import re
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from deliver_to_po.canadapost.identifiers import normalize_postal_code
from deliver_to_po.canadapost.types import Language, NearPostalCode
from deliver_to_po.management.brief import BriefCommand
from deliver_to_po.models import Office
from deliver_to_po.offices.filling import Filled, fill

BAR_WIDTH = 30
LANGUAGES: tuple[Language, ...] = ("en", "fr")


class Command(BriefCommand):
    """Asks within the limits of CALLS_PER_MINUTE, and leaves a quarter of them to buyers."""

    help = (
        "Ask Canada Post for the post offices near each postal code, so that the directory answers while Canada "
        "Post is down. Run it from cron at least every OFFICE_LIFETIME."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("postal_codes", nargs="*", metavar="POSTAL_CODE", help="such as K1A0B1 or “K1A 0B1”")
        parser.add_argument("--file", type=Path, help="a text file with a postal code a line; # begins a comment")
        parser.add_argument(
            "--language", action="append", choices=LANGUAGES, help="ask in this language only; both by default"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        codes = self._read([*options["postal_codes"], *_lines(options["file"])])
        languages = list(dict.fromkeys(options["language"] or LANGUAGES))
        total = len(codes) * len(languages)
        done: Counter[Filled] = Counter()
        why = ""
        for outcome, error in fill(map(NearPostalCode, codes), languages):
            done[outcome] += 1
            why = str(error or why)
            self._progress(done.total(), total)
        told = ", ".join(f"{done[outcome]} {outcome}" for outcome in Filled if done[outcome])
        self.stdout.write(f"{told}. The directory knows {Office.objects.count()} post offices.")
        if done[Filled.FAILED]:
            raise CommandError(f"{done[Filled.FAILED]} of {total} questions were not answered. {why}".strip())

    def _read(self, written: list[str]) -> list[str]:
        codes = {text: normalize_postal_code(text) for text in written}
        wrong = [text[:40] for text, code in codes.items() if not code]
        if wrong:
            raise CommandError(f"Not a Canadian postal code: {', '.join(wrong)}. Nothing was asked.")
        if not codes:
            raise CommandError("Name postal codes, or a file of them with --file.")
        return list(dict.fromkeys(codes.values()))

    def _progress(self, done: int, total: int) -> None:
        """Draw the bar: over itself on a terminal, else a line for every tenth."""
        full = BAR_WIDTH * done // total
        bar = f"[{'#' * full}{'.' * (BAR_WIDTH - full)}] {done}/{total}"
        if self.stderr.isatty():
            self.stderr.write(f"\r{bar}", ending="\n" if done == total else "")
        elif done == total or 10 * done // total > 10 * (done - 1) // total:
            self.stderr.write(bar)
        self.stderr.flush()


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {type(error).__name__}.") from None
    return [text for line in lines if (text := re.sub(r"#.*", "", line).strip())]
