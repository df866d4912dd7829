"""What waits for a person."""

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.core.choices.states import FOR_A_PERSON, STANDING_STILL
from deliver_to_po.core.conf import app_settings
from deliver_to_po.examination.health.finding import Finding, Limits
from deliver_to_po.handoff.changing.make_real import left_as_tests
from deliver_to_po.handoff.day_end.reconciling import parcels_differing
from deliver_to_po.models import Delivery, Tracking
from deliver_to_po.models.manifest_moves import left_to_a_person
from deliver_to_po.models.moves import needing_a_person
from deliver_to_po.models.tracking import ASTRAY
from deliver_to_po.notices.about import GOES_ON, KNOWN


def needs_a_person(limits: Limits) -> Finding:
    """Say how much waits for a clerk, or for a buyer's choice that clerks are told of."""
    counts = {**_deliveries(), **_shipments(), **_parcels(), **_manifests()}
    total = sum(counts.values())
    says = ngettext("%(count)d thing needs attention", "%(count)d things need attention", total)
    todo = _("Somebody should look at the deliveries and manifests in the admin: each says what to do.")
    ok = limits.persons is None or total <= limits.persons
    return Finding("needs_a_person", ok, total, says % {"count": total}, todo if total else "", counts)


def tests() -> Finding:
    """Say how many orders were placed while LIVE was off and wait still: nothing of them is shipped."""
    count = left_as_tests().count()
    says = ngettext(
        "%(count)d order was placed while the shop was in test mode, and is not shipped",
        "%(count)d orders were placed while the shop was in test mode, and are not shipped",
        count,
    )
    todo = _(
        "List the tests in the admin. Choose “Ship it for real” for those that a buyer waits for, and “Delete test "
        "deliveries” for the others."
    )
    return Finding("tests", not count, count, says % {"count": count}, todo if count else "")


def _deliveries() -> dict[str, int]:
    rows = Delivery.objects.filter(KNOWN, ~GOES_ON, state__in=STANDING_STILL, stop_asked_at=None)
    found = rows.values_list("state").annotate(count=Count("pk"))
    counts = dict(found.order_by())
    return {f"deliveries_{state}": counts.get(state, 0) for state in STANDING_STILL}


def _shipments() -> dict[str, int]:
    counts = dict(needing_a_person().values_list("state").annotate(count=Count("pk")).order_by())
    return {f"shipments_{state}": counts.get(state, 0) for state in FOR_A_PERSON}


def _parcels() -> dict[str, int]:
    return {"parcels_astray": Tracking.objects.filter(ASTRAY).count() if app_settings.tracking else 0}


def _manifests() -> dict[str, int]:
    return {
        "manifests_attention": left_to_a_person().count(),
        "parcels_differing": parcels_differing(),
    }
