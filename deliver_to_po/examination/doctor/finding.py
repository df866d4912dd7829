"""What the doctor says about one thing."""

from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Verdict(TextChoices):
    """How it is with one thing."""

    OK = "ok", _("ok")
    NOTE = "note", _("note")
    WRONG = "problem", _("problem")
    NOT_ASKED = "not_asked", _("not asked")


class Finding(NamedTuple):
    """One line: what it is about, how it is with that, what was found (``says``), and what to do (``todo``).

    ``code`` is by what a developer finds it; by default what it is about.
    """

    subject: str
    verdict: Verdict
    says: str
    todo: str = ""
    code: str = ""
