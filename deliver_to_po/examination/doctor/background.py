"""What the doctor sees of the work in the background: whether anybody sweeps, and whether workers die at it."""

from datetime import timedelta

from django.db import DatabaseError
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.core.database_errors import described
from deliver_to_po.core.wording import day_and_time
from deliver_to_po.examination.doctor.day_end import day_end
from deliver_to_po.examination.doctor.finding import Finding, Verdict
from deliver_to_po.examination.doctor.payment import payment
from deliver_to_po.examination.doctor.tracking import tracking
from deliver_to_po.examination.health.finding import Limits
from deliver_to_po.examination.health.sweeping import put_off
from deliver_to_po.models import Shipment
from deliver_to_po.models.due import SWEEP
from deliver_to_po.outbox.beats import SILENT_AFTER, last_beats

LEASES_SINCE = timedelta(days=7)


def background() -> list[Finding]:
    """Return whether due rows are looked for, how many leases ended without a word, and what else the rows show."""
    try:
        return [_sweep(), *_put_off(), *_lapsed_leases(), *day_end(), *payment(), *tracking()]
    except DatabaseError as error:
        says = _("the database cannot be asked (%(error)s)") % {"error": described(error)}
        return [Finding(_("Background work"), Verdict.WRONG, says, _("Run “manage.py migrate”."))]


def _sweep() -> Finding:
    subject = _("Background work")
    todo = _("Let “manage.py d2po_handoff” run each minute from cron, or keep it running with --loop.")
    beat_at = last_beats().get(SWEEP)
    if beat_at is None:
        return Finding(subject, Verdict.NOTE, _("nobody has looked for due parcels yet"), todo)
    words = {"when": day_and_time(beat_at)}
    if timezone.now() - beat_at > SILENT_AFTER:
        says = _("no due parcels have been looked for since %(when)s") % words
        return Finding(subject, Verdict.WRONG, says, todo)
    return Finding(subject, Verdict.OK, _("due parcels were last looked for on %(when)s") % words)


def _put_off() -> list[Finding]:
    found = put_off(Limits())
    return [] if found.ok else [Finding(_("Background work"), Verdict.WRONG, found.says, found.todo)]


def _lapsed_leases() -> list[Finding]:
    since = timezone.now() - LEASES_SINCE
    lapses = Shipment.objects.filter(created_at__gte=since, lapses__gt=0).aggregate(all=Sum("lapses"))["all"]
    if not lapses:
        return []
    says = ngettext(
        "in the last week, %(count)d worker stopped in the middle of a parcel; another one went on with it",
        "in the last week, workers stopped %(count)d times in the middle of a parcel; others went on with it",
        lapses,
    )
    todo = _(
        "Check the workers’ logs: they were killed, ran out of memory, or were suspended for longer than LEASE_SECONDS."
    )
    return [Finding(_("Background work"), Verdict.NOTE, says % {"count": lapses}, todo)]
