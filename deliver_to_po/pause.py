"""Is the option paused, and what a person is told then: why, and until when."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from deliver_to_po.errors import OptionPaused
from deliver_to_po.language import current_language
from deliver_to_po.models import Pause

# How late a list may notice a pause that another process has saved.
NOTICED_WITHIN = timedelta(seconds=5)


def current_pause() -> Pause | None:
    """Return the pause that is in force, the one that ends last where there are several."""
    return Pause.objects.in_force().first()


def pause_message(pause: Pause) -> str:
    """Return reason and end of a pause in the active language."""
    until = date_format(timezone.localtime(pause.ends_at), "DATE_FORMAT")
    return _("%(reason)s Deliver to Post Office is paused until %(date)s. Please choose home delivery.") % {
        "reason": _sentence(pause.reason(current_language())),
        "date": until,
    }


def _sentence(text: str) -> str:
    """Return ``text`` with the full stop that its writer forgot."""
    return text if text.rstrip().endswith((".", "!", "?", "…")) else f"{text.rstrip()}."


def paused() -> str:
    """Return why the option is paused, in the active language, or ``""``. One indexed question to the database."""
    pause = current_pause()
    return pause_message(pause) if pause else ""


def refuse_while_paused() -> None:
    """Raise OptionPaused while a pause is in force."""
    if message := paused():
        raise OptionPaused(message)


class _Lately:
    """When this process last found no pause in force, None for never."""

    none_at: datetime | None = None


def refuse_list_while_paused() -> None:
    """Do the same for a list that only shows, for which the database is asked at most every NOTICED_WITHIN.

    A pause that this process saves is noticed at once.
    """
    now = timezone.now()
    if _Lately.none_at is not None and _Lately.none_at <= now < _Lately.none_at + NOTICED_WITHIN:
        return
    _Lately.none_at = None
    refuse_while_paused()
    _Lately.none_at = now


@receiver([post_save, post_delete], sender=Pause, dispatch_uid="deliver_to_po.pause_changed")
def _ask_again(**_: Any) -> None:
    def forget() -> None:
        _Lately.none_at = None

    forget()
    transaction.on_commit(forget)
