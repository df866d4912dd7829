"""Says what works between this shop and Canada Post, what does not, and what to do about that."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from deliver_to_po.canadapost.identifiers import normalize_postal_code
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.language import current_language, language_of
from deliver_to_po.examination.doctor import without_calls
from deliver_to_po.examination.doctor.examination import examine
from deliver_to_po.examination.doctor.finding import Finding, Verdict
from deliver_to_po.examination.doctor.hearing import Heard
from deliver_to_po.examination.doctor.recording import write_record
from deliver_to_po.examination.troubles import DOCTOR, SHOP, remember
from deliver_to_po.testing.checkout_mistakes import MISTAKES


class Command(BaseCommand):
    """Asks questions only, and exits with 1 when there is a problem."""

    help = (
        "Examine the connection to Canada Post: settings, credentials, post offices, access to shipping, prices, "
        "outages, clock. Nothing is made and nothing secret is shown."
    )
    # The doctor runs the checks itself, so that a wrong setting is one of its findings.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--near", default="", metavar="POSTAL_CODE", help="where to look for post offices")
        parser.add_argument(
            "--shop",
            action="store_true",
            help="examine your own checkout instead: a test database, the emulator, and your class CHECKOUT_TESTS",
        )
        parser.add_argument("--language", default="", metavar="LANGUAGE", help="en or fr; your LANGUAGE_CODE otherwise")
        parser.add_argument(
            "--record",
            type=Path,
            metavar="FILE",
            help="write what the answers look like, keys and kinds but no values, to send it to the project",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with override(language_of(options["language"] or get_language())):
            problems = self._examine_shop() if options["shop"] else self._examine(options["near"], options["record"])
            if problems:
                text = ngettext("%(count)d problem found.", "%(count)d problems found.", problems)
                raise CommandError(text % {"count": problems})
            self.stdout.write(self.style.SUCCESS(_("Everything is OK.")))

    def _examine(self, near: str, record: Path | None) -> int:
        """Write every finding and return how many problems there are."""
        postal_code = normalize_postal_code(near)
        if near and not postal_code:
            raise CommandError(_("--near must be a Canadian postal code, such as K1A 0B1."))
        heard: list[Heard] = []
        problems = self._tell(DOCTOR, examine(postal_code, current_language(), heard, recording=record is not None))
        if record is not None and heard:
            self._keep(record, heard)
        return problems

    def _examine_shop(self) -> int:
        wrong = list(without_calls.wrong_kinds())
        if not wrong and app_settings.canada_post.live:
            raise CommandError(_("LIVE is on. Run this where you develop: it buys and pays in your own checkout."))
        # Late: only this needs the emulator and Django's test runner.
        from deliver_to_po.examination.doctor.checkout import examine_checkout

        return self._tell(SHOP, wrong or examine_checkout())

    def _tell(self, examination: str, findings: Iterable[Finding]) -> int:
        """Write each finding as soon as it is known, keep the problems for the desk, and return how many they are."""
        problems, unknown = [], []
        for finding in findings:
            self._write(finding)
            if finding.verdict == Verdict.WRONG:
                problems.append(finding.code or finding.subject)
            elif finding.verdict == Verdict.NOT_ASKED:
                unknown.append(finding.code or finding.subject)
            if examination == SHOP and finding.verdict in (Verdict.WRONG, Verdict.NOT_ASKED) and not finding.code:
                # Tests that did not run, or cannot tell.
                unknown += MISTAKES
        remember(examination, problems, unknown)
        return len(problems)

    def _write(self, finding: Finding) -> None:
        style = {Verdict.OK: self.style.SUCCESS, Verdict.WRONG: self.style.ERROR}.get(
            finding.verdict, self.style.WARNING
        )
        width = max(len(str(verdict.label)) for verdict in Verdict)
        verdict = style(f"{finding.verdict.label!s:<{width}}")
        self.stdout.write(
            _("%(verdict)s  %(subject)s: %(says)s")
            % {"verdict": verdict, "subject": finding.subject, "says": finding.says}
        )
        if finding.todo:
            self.stdout.write(f"{'':<{width}}  -> {finding.todo}")

    def _keep(self, record: Path, heard: list[Heard]) -> None:
        try:
            record.write_text(write_record(heard, app_settings.canada_post), encoding="utf-8")
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be written: %(why)s") % {"file": record, "why": error.strerror}
            ) from error
        says = _(
            "%(file)s describes the structure of %(count)d answers, without values. Check it, then send it to the "
            "project."
        )
        self.stdout.write(says % {"file": record, "count": len(heard)})
