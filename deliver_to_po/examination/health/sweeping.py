"""Is whatever is due being done? When the sweep last looked, how late anything is, and whether workers die at it."""

from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, Sum
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.core.choices import DeliveryState, Reason, ShipmentState
from deliver_to_po.examination.health.finding import Finding, Limits
from deliver_to_po.handoff.day_end.reconciling import some_are_left
from deliver_to_po.handoff.sending.next_step import SHIPMENTS
from deliver_to_po.models import Delivery, Shipment
from deliver_to_po.models.due import SWEEP
from deliver_to_po.outbox.beats import last_beats
from deliver_to_po.outbox.jobs import Job, registry
from deliver_to_po.tracking.following import FOLLOWING

LAPSES_SINCE = timedelta(days=1)
# Why a parcel waits though all is well, and those of tests that nobody sends.
AS_WANTED = (Reason.PAUSED, Reason.TEST_ONLY, Reason.TO_EXPORT)
# What a person has to mend before the next step can be done, or what the next step raised.
TO_MEND = (Reason.CRASHED, *(reason for reason in Reason if reason.entry.slow and reason not in AS_WANTED))


def sweep(limits: Limits) -> Finding:
    """Say when the sweep last looked for due rows."""
    beat_at = last_beats().get(SWEEP)
    todo = _(
        "Let “manage.py d2po_handoff” run each minute from cron, or keep it running with --loop. If it runs, compare "
        "its machine’s clock with this one’s."
    )
    if beat_at is None:
        return Finding("sweep", False, None, _("nobody has looked for due parcels yet"), todo)
    seconds = seconds_since(beat_at)
    says = _("due parcels were last looked for %(time)s ago") % {"time": timesince(beat_at)}
    ok = seconds <= limits.silent_seconds
    return Finding("sweep", ok, seconds, says, "" if ok else todo)


def housekeeping(limits: Limits) -> Finding:
    """Say which housekeeping is latest, counted from when it was due again; ``counts`` holds the late ones."""
    beats = last_beats()
    todo = _("Look into the log of “manage.py d2po_handoff”: what stops “%(name)s”, or what is it busy with?")
    late: dict[str, float] = {}
    for each in registry.housekeeping:
        if each.name not in beats:
            says = _("some housekeeping was never done")
            return Finding("housekeeping", False, None, says, todo % {"name": each.name})
        late[each.name] = seconds_since(beats[each.name] + timedelta(seconds=each.every_seconds))
    name = max(late, key=late.__getitem__)
    if late[name] <= limits.late_seconds:
        return Finding("housekeeping", True, late[name], _("all housekeeping was done in time"))
    says = _("some housekeeping was last done %(time)s ago") % {"time": timesince(beats[name])}
    counts = {name: int(seconds) for name, seconds in late.items() if seconds > limits.late_seconds}
    return Finding("housekeeping", False, late[name], says, todo % {"name": name}, counts)


def due(limits: Limits) -> Finding:
    """Say how late what has been due longest is: parcels, manifests and e-mails that no worker has in hand.

    Tracking, which waits for all other work, has a finding of its own.
    """
    since = due_longest(*(job for job in registry.jobs if job.name != FOLLOWING.name))
    if since is None:
        return Finding("due", True, 0.0, _("nothing is overdue"))
    seconds = seconds_since(since)
    ok = seconds <= limits.late_seconds
    todo = _("Start more workers, and look into their logs: what stops them, or what are they busy with?")
    says = _("what has been due longest has waited for %(time)s") % {"time": timesince(since)}
    return Finding("due", ok, seconds, says, "" if ok else todo)


def put_off(limits: Limits) -> Finding:
    """Say how many parcels are put off each time, by why, or were given up at their label: none of them is late.

    An order counts, too, about which the shop's own code fails.
    """
    long_ago = timezone.now() - timedelta(seconds=limits.late_seconds)
    waiting = Q(state=ShipmentState.WAITING, created_at__lte=long_ago)
    without_label = waiting | Q(state=ShipmentState.MADE, made_at__lte=long_ago)
    rows = SHIPMENTS.rows().filter(Q(reason__in=TO_MEND) | without_label & Q(tries__gt=0), due_at__gt=timezone.now())
    reasons = rows.exclude(reason__in=AS_WANTED).order_by("reason").values_list("reason")
    counts = dict(reasons.annotate(count=Count("pk")))
    made = Shipment.objects.filter(state=ShipmentState.ATTENTION, made_at__isnull=False, labelled_at=None)
    if count := made.filter(reason=Reason.UNREADABLE).count():
        counts[Reason.UNREADABLE] = counts.get(Reason.UNREADABLE, 0) + count
    failing = Delivery.objects.filter(state=DeliveryState.HELD, reason=Reason.SHOP_ERROR, stop_asked_at=None)
    # The shop was asked again, and failed again.
    if count := failing.filter(erased_at=None, paid_asked_at__isnull=False).count():
        counts[Reason.SHOP_ERROR] = count
    total = sum(counts.values())
    says = ngettext(
        "the next step of %(count)d parcel fails each time",
        "the next step of %(count)d parcels fails each time",
        total,
    )
    todo = _(
        "Open one of them: its page says what is in its way, and the workers’ log where it failed. Once that is mended "
        "they continue automatically, except those that need attention."
    )
    return Finding("put_off", not total, total, says % {"count": total}, todo if total else "", counts)


def due_longest(*jobs: Job) -> datetime | None:
    """Return when the row of these jobs was due that has been due longest, None if none is due."""
    now = timezone.now()
    oldest = [job.rows().filter(due_at__lte=now).aggregate(oldest=Min("due_at"))["oldest"] for job in jobs]
    return min((moment for moment in oldest if moment), default=None)


def compared() -> Finding:
    """Say whether the lists of the shipping systems are compared with the parcels here, at night."""
    if not some_are_left():
        return Finding("compared", True, None, _("what Canada Post holds is compared with the parcels known here"))
    says = _("what Canada Post holds could not all be compared with the parcels known here")
    todo = _("Run “manage.py d2po_reconcile”: what it writes into the log says what could not be asked, and why.")
    return Finding("compared", False, None, says, todo)


def lapses(limits: Limits) -> Finding:
    """Say how often a worker stopped in the middle of a parcel of the last day."""
    recent = Shipment.objects.filter(lapses__gt=0, created_at__gte=timezone.now() - LAPSES_SINCE)
    count = recent.aggregate(all=Sum("lapses"))["all"] or 0
    says = ngettext(
        "a worker stopped %(count)d time in the middle of one of the last day’s parcels",
        "workers stopped %(count)d times in the middle of one of the last day’s parcels",
        count,
    )
    ok = count <= limits.lapses
    todo = _(
        "Check the workers’ logs: they were killed, ran out of memory, or were suspended for longer than LEASE_SECONDS."
    )
    return Finding("lapses", ok, count, says % {"count": count}, "" if ok else todo)


def seconds_since(moment: datetime) -> float:
    return round(max((timezone.now() - moment).total_seconds(), 0.0), 1)
