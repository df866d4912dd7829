"""What the doctor sees of the work in the background: what health finds, what the day's end left, how a shop pays."""

from collections.abc import Iterator

from django.db import Error
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.core.choices import Reason, ShipmentState
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.database_errors import described
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.examination.doctor.finding import Finding, Verdict
from deliver_to_po.examination.health import finding as health
from deliver_to_po.examination.health.following import following, mails
from deliver_to_po.examination.health.sweeping import compared, erasure, lapses, put_off, sweep
from deliver_to_po.handoff.day_end.reconciling import parcels_differing
from deliver_to_po.handoff.day_end.transmitting import belongs_here, ready_to_transmit
from deliver_to_po.models import Shipment
from deliver_to_po.models.manifest_moves import left_to_a_person
from deliver_to_po.models.shipment import mailed_before


def background() -> list[Finding]:
    """Return whether due rows are looked for, whether workers die at it, and what else the rows show."""
    limits = health.Limits()
    try:
        return [
            _sweep(limits),
            *_told(_("Background work"), put_off(limits), lapses(limits), erasure()),
            *day_end(),
            *_told(_("Day’s end"), compared()),
            *_payment(),
            *_told(_("Tracking"), *following(limits)),
            *_told(_("E-mails"), mails(limits)),
        ]
    except Error as error:
        says = _("the database cannot be asked (%(error)s)") % {"error": described(error)}
        todo = _("Start it, run “manage.py migrate”, and let the USER in DATABASES read and write every table.")
        return [Finding(_("Background work"), Verdict.WRONG, says, todo)]


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


def _payment() -> Iterator[Finding]:
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


def day_end() -> list[Finding]:
    """Return whether anything of yesterday or before waits to be transmitted, and what needs a person."""
    return [*_late(), *_left_to_a_person(), *_differing()]


def _late() -> list[Finding]:
    groups = ready_to_transmit().filter(mailed_before(shop_day())).values_list("system", "api", "group")
    own = [belongs for belongs in (belongs_here(*group) for group in groups) if belongs is not None]
    return [*_not_transmitted(own.count(True)), *_foreign(own.count(False))]


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
        "%(count)d parcel lies in a group that does not begin with GROUP_PREFIX, or whose system is gone from "
        "SHIPPING_SYSTEMS, so it is never transmitted here",
        "%(count)d parcels lie in groups that do not begin with GROUP_PREFIX, or whose system is gone from "
        "SHIPPING_SYSTEMS, so they are never transmitted here",
        count,
    )
    todo = _("Set that back until they are transmitted, or transmit them at the shipping system’s own site.")
    return _wrong(count, says, todo)


def _left_to_a_person() -> list[Finding]:
    count = left_to_a_person().count()
    says = ngettext("%(count)d manifest needs attention", "%(count)d manifests need attention", count)
    todo = _("Look at the list of manifests in the admin: each says what to do.")
    return _wrong(count, says, todo)


def _differing() -> list[Finding]:
    count = parcels_differing()
    says = ngettext(
        "%(count)d parcel is known only to Canada Post or only here",
        "%(count)d parcels are known only to Canada Post or only here",
        count,
    )
    todo = _("Look at “Day’s end” in the admin: it names each, why, and the button for it.")
    return _wrong(count, says, todo)


def _wrong(count: int, says: str, todo: str) -> list[Finding]:
    return [Finding(_("Day’s end"), Verdict.WRONG, says % {"count": count}, todo)] if count else []
