"""Is the option paused, and what a person is told then: why, and until when."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from deliver_to_po.errors import OptionPaused
from deliver_to_po.models import Pause
from deliver_to_po.offices.wording import current_language


def current_pause() -> Pause | None:
    """Return the pause that is in force, the one that ends last where there are several."""
    return Pause.objects.in_force().first()


def pause_message(pause: Pause) -> str:
    """Return reason and end of a pause in the active language."""
    until = date_format(timezone.localtime(pause.ends_at), "DATE_FORMAT")
    return _("%(reason)s Deliver to Post Office is paused until %(date)s. Please choose home delivery.") % {
        "reason": pause.reason(current_language()),
        "date": until,
    }


def withdrawn() -> str:
    """Return why the option is withdrawn, in the active language, or ``""``: for where a shop lists its methods.

    One indexed question to the database, no call.
    """
    pause = current_pause()
    return pause_message(pause) if pause else ""


def refuse_while_paused() -> None:
    """Raise OptionPaused while a pause is in force."""
    if message := withdrawn():
        raise OptionPaused(message)
