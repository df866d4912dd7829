"""What the doctor sees of the work in the background: what health finds, what the day's end left, how a shop pays."""

from collections.abc import Iterator

from django.db import Error
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.core.conf import app_settings
from deliver_to_po.examination.doctor.day_end import day_end
from deliver_to_po.examination.doctor.finding import Finding, Verdict
from deliver_to_po.examination.health import finding as health
from deliver_to_po.examination.health.erasing import erasure
from deliver_to_po.examination.health.following import following
from deliver_to_po.examination.health.mails import mails
from deliver_to_po.examination.health.sweeping import compared, lapses, put_off, sweep
from deliver_to_po.models import Shipment


def background() -> list[Finding]:
    """Return whether due rows are looked for, whether workers die at it, and what else the rows show."""
    limits = health.Limits()
    try:
        return [
            _sweep(limits),
            *_told(_("Background work"), put_off(limits), lapses(limits), erasure()),
            *day_end(),
            *_told(_("Day’s end"), compared()),
            *payment(),
            *_told(_("Tracking"), *following(limits)),
            *_told(_("E-mails"), mails(limits)),
        ]
    except Error as error:
        return [_as_health_says(_("Background work"), health.without_database(error))]


def _sweep(limits: health.Limits) -> Finding:
    found = sweep(limits)
    told = _as_health_says(_("Background work"), found)
    # A shop that is only being set up has not begun to sweep.
    return told._replace(verdict=Verdict.NOTE) if found.value is None else told


def _told(subject: str, *findings: health.Finding) -> Iterator[Finding]:
    """Yield what health has to tell; where there is nothing, nothing is told."""
    return (_as_health_says(subject, found) for found in findings if found.value or not found.ok)


def _as_health_says(subject: str, found: health.Finding) -> Finding:
    # What is well, and still has something to do, is a note.
    verdict = Verdict.WRONG if not found.ok else Verdict.NOTE if found.todo else Verdict.OK
    return Finding(subject, verdict, found.says, found.todo)


def payment() -> Iterator[Finding]:
    """Yield whether parcels wait for a valid card, else how a shop without a contract pays."""
    if waiting := Shipment.objects.filter(state=ShipmentState.WAITING, reason=Reason.NO_CARD).count():
        says = ngettext(
            "Canada Post has no valid card for the shop: %(count)d parcel waits for it",
            "Canada Post has no valid card for the shop: %(count)d parcels wait for it",
            waiting,
        )
        todo = _("Add a default card, or renew it, in your profile at Canada Post; then press “Request the label”.")
        yield Finding(_("Payment"), Verdict.WRONG, says % {"count": waiting}, todo)
    elif app_settings.canada_post.without_contract:
        says = _(
            "each parcel is charged at once to the default card of your profile at Canada Post; whether there is one, "
            "only a parcel shows"
        )
        yield Finding(_("Payment"), Verdict.NOT_ASKED, says)
