"""Has the merchant paused the option? If so, what a person is told: why, and until when."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from deliver_to_po.core.language import current_language
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.core.wording import day_of_year
from deliver_to_po.errors import OptionPaused
from deliver_to_po.models import Pause

# How late a list may notice a pause that another process has saved.
NOTICED_WITHIN = timedelta(seconds=5)


def current_pause() -> Pause | None:
    """Return the pause that is in force; if there are several, the one that ends last."""
    rows = Pause.objects.in_force()
    # That there is none, as on most days, is found in half the time.
    return rows.first() if rows.exists() else None


def pause_message(pause: Pause, *, offers_home: bool = True) -> str:
    """Return reason and end of a pause in the active language; ``offers_home`` asks to choose home delivery."""
    told = _("%(reason)s Deliver to Post Office is paused until %(date)s.")
    if offers_home:
        told = _("%(reason)s Deliver to Post Office is paused until %(date)s. Choose home delivery.")
    until = day_of_year(shop_day(pause.ends_at))
    return told % {"reason": _sentence(pause.reason(current_language())), "date": until}


def _sentence(text: str) -> str:
    """Return ``text`` with a full stop at its end, in case its writer forgot it."""
    return text if text.rstrip().endswith((".", "!", "?", "…")) else f"{text.rstrip()}."


def paused(*, offers_home: bool = True) -> str:
    """Return why the option is paused, in the active language, or ``""``. Asks the database once, through an index.

    ``offers_home`` says whether home delivery can be chosen instead.
    """
    pause = current_pause()
    return pause_message(pause, offers_home=offers_home) if pause else ""


def refuse_while_paused() -> None:
    if message := paused():
        raise OptionPaused(message)


class _LastLook:
    """When this process last asked the database and found no pause in force; None for never."""

    at: datetime | None = None


def refuse_list_while_paused() -> None:
    """Same, but asks the database every NOTICED_WITHIN only; use it for lists and forms: nothing is decided there."""
    if lately_in_force():
        refuse_while_paused()


def lately_in_force() -> bool:
    """Say whether a pause is in force; that none is, is remembered for NOTICED_WITHIN.

    A pause that this process saves itself is noticed at once.
    """
    now = timezone.now()
    if _LastLook.at is not None and _LastLook.at <= now < _LastLook.at + NOTICED_WITHIN:
        return False
    _LastLook.at = None if current_pause() else now
    return _LastLook.at is None


@receiver([post_save, post_delete], sender=Pause, dispatch_uid="deliver_to_po.pause_changed")
def _look_again(**_: Any) -> None:
    def forget() -> None:
        _LastLook.at = None

    # Now, for this transaction itself; and once it is committed, since a search in another thread may have looked
    # meanwhile without seeing the pause.
    forget()
    transaction.on_commit(forget)
