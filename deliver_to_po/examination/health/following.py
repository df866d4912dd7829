"""Are parcels followed in time, does Canada Post answer about them, and does it tell what nobody knows?"""

from collections.abc import Iterator

from django.db.models import Count, Q
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from deliver_to_po.core.choices import Scan
from deliver_to_po.core.conf import app_settings
from deliver_to_po.examination.health.finding import Finding, Limits
from deliver_to_po.examination.health.sweeping import due_longest, seconds_since
from deliver_to_po.models import Tracking, TrackingEvent
from deliver_to_po.tracking.following import FOLLOWING, to_follow

# Fewer parcels prove nothing about the connection: each may have a trouble of its own.
ENOUGH_PARCELS = 5
MOST_NUMBERS = 20


def following(limits: Limits) -> Iterator[Finding]:
    """Yield how late parcels are asked for, which share is answered, and what is unknown; nothing with TRACKING off."""
    if app_settings.tracking:
        yield _late(limits)
        yield _answered(limits)
        yield _unknown()


def _late(limits: Limits) -> Finding:
    since = due_longest(FOLLOWING)
    if since is None:
        return Finding("tracking_late", True, 0.0, _("every parcel on its way was asked about in time"))
    seconds = seconds_since(since)
    ok = seconds <= limits.tracking_late_seconds
    says = _("the parcel on its way that has been due longest has waited for %(time)s") % {"time": timesince(since)}
    todo = _(
        "Tracking comes after all other work, and within the calls that Canada Post allows: look whether other work is "
        "late too, and whether TRACKING_CALLS_PER_MINUTE or CALLS_PER_MINUTE is what your account may ask."
    )
    return Finding("tracking_late", ok, seconds, says, "" if ok else todo)


def _answered(limits: Limits) -> Finding:
    """Tell of the parcels under way that were asked about: which share was answered the last time."""
    asked = Q(tries__gt=0) | Q(answered_at__isnull=False)
    # Once LIVE is on nobody asks about tests any longer.
    rows = Tracking.objects.filter(asked, ended_at=None, shipment__in=to_follow())
    found = rows.aggregate(asked=Count("pk"), answered=Count("pk", filter=Q(tries=0)))
    if not found["asked"]:
        return Finding("tracking_answered", True, None, _("no parcel on its way was asked about yet"))
    share = round(found["answered"] / found["asked"], 3)
    ok = found["asked"] < ENOUGH_PARCELS or share >= limits.tracking_answered
    says = _("of %(asked)d parcels on their way, Canada Post last answered about %(answered)d")
    todo = _("Run “manage.py d2po_doctor”: it says whether Canada Post answers, and what to do.")
    return Finding("tracking_answered", ok, share, says % found, "" if ok else todo)


def _unknown() -> Finding:
    """Tell of events that the table does not have: their numbers are no secret, and name no parcel."""
    rows = TrackingEvent.objects.filter(scan=Scan.UNKNOWN).values_list("code").annotate(count=Count("pk"))
    counts = {str(code or "-"): count for code, count in rows.order_by("code")[:MOST_NUMBERS]}
    if not counts:
        return Finding("tracking_unknown", True, 0, _("every event of a parcel is known"))
    says = _("Canada Post told of events that are not known: %(numbers)s") % {"numbers": ", ".join(counts)}
    todo = _("Report these numbers to the project: until then, they change nothing. “-” is an event without a number.")
    return Finding("tracking_unknown", True, len(counts), says, todo, counts)
