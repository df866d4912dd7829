"""What a worker process runs. It is forked from one that has loaded Django, so that a start costs next to nothing."""

import os
import sys
from pathlib import Path

import django
from django.core.management import CommandError, call_command

django.setup()


def work(arguments: tuple[str, ...], log: Path) -> None:
    """Run a command of Django or Celery until it ends or is killed; what it complains about goes to ``log``."""
    with log.open("ab") as complaints:
        os.dup2(complaints.fileno(), 2)
    if arguments[0] == "celery":
        from tests.celery_app import app

        os.dup2(2, 1)
        app.start(["--quiet", *arguments[1:]])
        return
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
        try:
            call_command(*arguments, stdout=nowhere)
        except CommandError as error:
            sys.stderr.write(f"{arguments[0]}: {error}\n")
