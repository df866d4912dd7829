"""Says whether whatever is due is being done, for monitoring: exit code, and JSON where a program reads it."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from deliver_to_po.core.language import language_of
from deliver_to_po.examination.health.examination import examine
from deliver_to_po.examination.health.finding import Finding, Limits
from deliver_to_po.management.numbers import span

USUAL = Limits()


class Command(BaseCommand):
    """Asks the database and the task queue only, and exits with 1 when there is a problem."""

    help = (
        "Say whether what is due is being done, and what waits for a person. For monitoring: it asks nothing of "
        "Canada Post and shows counts and times only."
    )
    # Whatever else is wrong with the settings, this is asked.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("--json", action="store_true", help="write one JSON object")
        add("--language", default="", metavar="LANGUAGE", help="en or fr; your LANGUAGE_CODE otherwise")
        seconds: dict[str, Any] = {"type": span, "metavar": "SECONDS"}
        number: dict[str, Any] = {"type": int, "metavar": "N"}
        usual = "problem above this (default: %(default)g)"
        add("--silent", **seconds, default=USUAL.silent_seconds, help=f"since the last sweep: {usual}")
        add("--late", **seconds, default=USUAL.late_seconds, help=f"of what has been due longest: {usual}")
        add("--stuck", **seconds, default=USUAL.stuck_seconds, help=f"of a task in django-tasks-db: {usual}")
        add("--lapses", **number, default=USUAL.lapses, help=f"workers that stopped within a day: {usual}")
        add("--waiting", **number, default=USUAL.waiting, help=f"tasks in Celery's queue: {usual}")
        add("--tracking-late", **seconds, default=USUAL.tracking_late_seconds, help=f"of a parcel on its way: {usual}")
        add("--mails", **number, default=USUAL.mails, help=f"e-mails of the last day that were not sent: {usual}")
        add("--persons", **number, help="what waits for a person: problem above this (default: never)")

    def handle(self, *args: Any, **options: Any) -> None:
        limits = Limits(
            silent_seconds=options["silent"],
            late_seconds=options["late"],
            lapses=options["lapses"],
            stuck_seconds=options["stuck"],
            waiting=options["waiting"],
            tracking_late_seconds=options["tracking_late"],
            mails=options["mails"],
            persons=options["persons"],
        )
        with override(language_of(options["language"] or get_language())):
            try:
                findings = list(examine(limits))
            except Exception:
                # Where a setting is of the wrong kind, this says which instead.
                self.check()
                raise
            problems = sum(not finding.ok for finding in findings)
            if options["json"]:
                told = {"ok": not problems, "findings": [finding.as_json() for finding in findings]}
                self.stdout.write(json.dumps(told, ensure_ascii=False))
            else:
                for finding in findings:
                    self._write(finding)
            if problems:
                text = ngettext("%(count)d problem found.", "%(count)d problems found.", problems)
                raise CommandError(text % {"count": problems})

    def _write(self, finding: Finding) -> None:
        words = (_("ok"), _("problem"))
        width = max(map(len, words))
        word = f"{words[not finding.ok]:<{width}}"
        style = self.style.SUCCESS if finding.ok else self.style.ERROR
        self.stdout.write(f"{style(word)}  {finding.says}")
        for name, count in finding.counts.items():
            if count:
                self.stdout.write(f"{'':<{width}}    {name} {count}")
        if finding.todo:
            self.stdout.write(f"{'':<{width}}  -> {finding.todo}")
