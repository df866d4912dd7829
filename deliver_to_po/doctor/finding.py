"""What the doctor says about one thing."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Verdict(TextChoices):
    """Is the thing all right?"""

    OK = "ok", _("ok")
    NOTE = "note", _("note")
    WRONG = "wrong", _("wrong")
    NOT_ASKED = "not_asked", _("not asked")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: what it is about, whether that is all right, what was found, and what to do about it."""

    subject: str
    verdict: Verdict
    says: str
    todo: str = ""
