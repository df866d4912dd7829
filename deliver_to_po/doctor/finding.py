"""What the doctor says of one thing."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Verdict(TextChoices):
    """How one thing stands."""

    OK = "ok", _("ok")
    NOTE = "note", _("note")
    WRONG = "wrong", _("wrong")
    NOT_ASKED = "not_asked", _("not asked")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: ``subject``, how it stands, what was found, and what to do about it."""

    subject: str
    verdict: Verdict
    says: str
    todo: str = ""
