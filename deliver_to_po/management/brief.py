"""What cron mails: nothing of the checks' warnings, and a line instead of a traceback while the database is away."""

from typing import Any

from django.core.checks import run_checks
from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils.text import capfirst

from deliver_to_po.examination.health.finding import without_database


class BriefCommand(BaseCommand):
    """A command that prints what it has to say, and nothing else."""

    def check(self, *args: Any, **options: Any) -> None:
        """Stop at an error; warnings are for ``manage.py check``."""
        if any(message.is_serious() and not message.is_silenced() for message in run_checks()):
            super().check(*args, **options)

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Raise CommandError while the database is away: what the database says may hold a whole row."""
        try:
            return super().execute(*args, **options)
        except Error as error:
            found = without_database(error)
            raise CommandError(f"{capfirst(found.says)}. {found.todo}") from None
