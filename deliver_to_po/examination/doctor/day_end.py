"""What the doctor sees of the day's end: parcels of yesterday that nobody transmitted, manifests that need a person."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.examination.doctor.finding import Finding, Verdict
from deliver_to_po.handoff.day_end.reconciling import parcels_differing
from deliver_to_po.handoff.day_end.transmitting import belongs_here, ready_to_transmit
from deliver_to_po.models.manifest_moves import left_to_a_person
from deliver_to_po.models.shipment import mailed_before


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
