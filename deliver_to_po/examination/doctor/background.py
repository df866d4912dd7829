"""What the doctor sees in the shop's own rows: work in the background, the day's end, payment, parcels on their way."""

from collections.abc import Iterator
from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.core.choices import ManifestState, Reason, ShipmentState
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.database_errors import described
from deliver_to_po.core.shop_time import begin_of, shop_day
from deliver_to_po.core.wording import day_and_time
from deliver_to_po.examination.doctor.finding import Finding, Verdict
from deliver_to_po.examination.health import finding as health
from deliver_to_po.examination.health.following import following, mails
from deliver_to_po.examination.health.sweeping import compared, put_off
from deliver_to_po.handoff.day_end.reconciling import differing
from deliver_to_po.handoff.day_end.transmitting import ready_to_transmit
from deliver_to_po.models import Manifest, Shipment
from deliver_to_po.models.due import SWEEP
from deliver_to_po.outbox.beats import SILENT_AFTER, last_beats
from deliver_to_po.shipping.registry import shipping_system

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
    found = put_off(health.Limits())
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


def day_end() -> list[Finding]:
    """Return whether anything of yesterday or before waits to be transmitted, and what needs a person."""
    return [*_late(), *_left_to_a_person(), *_differing(), *_not_compared()]


def _late() -> list[Finding]:
    today = begin_of(shop_day())
    groups = ready_to_transmit().filter(made_at__lt=today).values_list("system", "api", "group")
    own = [belongs for belongs in (_is_own(*group) for group in groups) if belongs is not None]
    return [*_not_transmitted(own.count(True)), *_foreign(own.count(False))]


def _is_own(alias: str, api: str, group: str) -> bool | None:
    """Say whether a group is the shop's own; None where its shipping system transmits nothing."""
    try:
        system = shipping_system(alias).speaking(api)
    except ImproperlyConfigured:
        return None
    return system.is_own_group(group) if system.can_transmit else None


def _not_transmitted(count: int) -> list[Finding]:
    says = ngettext(
        "%(count)d parcel was made before today and was never transmitted",
        "%(count)d parcels were made before today and were never transmitted",
        count,
    )
    todo = _(
        "Press the button of “Day’s end” in the admin, or let “manage.py d2po_transmit” run each evening from cron."
    )
    return _wrong(count, says, todo)


def _foreign(count: int) -> list[Finding]:
    says = ngettext(
        "%(count)d parcel lies in a group that does not begin with GROUP_PREFIX, so it is never transmitted here",
        "%(count)d parcels lie in groups that do not begin with GROUP_PREFIX, so they are never transmitted here",
        count,
    )
    todo = _("Set GROUP_PREFIX back until they are transmitted, or transmit them at the shipping system’s own site.")
    return _wrong(count, says, todo)


def _left_to_a_person() -> list[Finding]:
    count = Manifest.objects.filter(state=ManifestState.ATTENTION).count()
    says = ngettext("%(count)d manifest needs attention", "%(count)d manifests need attention", count)
    todo = _("Look at the list of manifests in the admin: each says what to do.")
    return _wrong(count, says, todo)


def _differing() -> list[Finding]:
    count = differing().aggregate(all=Sum("differing"))["all"] or 0
    says = ngettext(
        "%(count)d parcel is known only to Canada Post or only here",
        "%(count)d parcels are known only to Canada Post or only here",
        count,
    )
    todo = _("Look at “Day’s end” in the admin: it names each, why, and the button for it.")
    return _wrong(count, says, todo)


def _not_compared() -> list[Finding]:
    found = compared()
    return [] if found.ok else [Finding(_("Day’s end"), Verdict.WRONG, found.says, found.todo)]


def _wrong(count: int, says: str, todo: str) -> list[Finding]:
    return [Finding(_("Day’s end"), Verdict.WRONG, says % {"count": count}, todo)] if count else []


def payment() -> list[Finding]:
    """Return whether parcels wait for a valid card, and how a shop without a contract pays."""
    subject = _("Payment")
    if waiting := Shipment.objects.filter(state=ShipmentState.WAITING, reason=Reason.NO_CARD).count():
        says = ngettext(
            "Canada Post has no valid card for the shop: %(count)d parcel waits for it",
            "Canada Post has no valid card for the shop: %(count)d parcels wait for it",
            waiting,
        )
        todo = _("Add a default card, or renew it, in your profile at Canada Post; then press “Request the label”.")
        return [Finding(subject, Verdict.WRONG, says % {"count": waiting}, todo)]
    if app_settings.canada_post.without_contract:
        says = _(
            "each parcel is charged at once to the default card of your profile at Canada Post; whether there is one, "
            "only a parcel shows"
        )
        return [Finding(subject, Verdict.NOT_ASKED, says)]
    return []


def tracking() -> Iterator[Finding]:
    """Yield how late parcels are asked for, which share is answered, unknown events by number, and failed e-mails.

    Where there is nothing to tell, nothing is told.
    """
    limits = health.Limits()
    about = [(_("Tracking"), found) for found in following(limits)] + [(_("E-mails"), mails(limits))]
    for subject, found in about:
        if found.value or not found.ok:
            # What is well, and still has something to do, is a note.
            verdict = Verdict.WRONG if not found.ok else Verdict.NOTE if found.todo else Verdict.OK
            yield Finding(subject, verdict, found.says, found.todo)
