"""What waits for a person."""

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliver_to_po.choices import DeliveryState, ManifestState, ShipmentState
from deliver_to_po.health.finding import Finding, Limits
from deliver_to_po.models import Delivery, Manifest, Shipment
from deliver_to_po.models.shipment import newest_revision


def needs_a_person(limits: Limits) -> Finding:
    """Say how much waits for a clerk, or for a buyer's choice that clerks are told of."""
    counts = {**_deliveries(), **_shipments(), "manifests_attention": _manifests()}
    total = sum(counts.values())
    says = ngettext("%(count)d thing waits for a person", "%(count)d things wait for a person", total)
    todo = _("Somebody should look at the deliveries and manifests in the admin: each says what to do.")
    ok = limits.persons is None or total <= limits.persons
    return Finding("needs_a_person", ok, total, says % {"count": total}, todo if total else "", counts)


def _deliveries() -> dict[str, int]:
    states = (DeliveryState.HELD, DeliveryState.NEEDS_CHOICE)
    found = Delivery.objects.filter(state__in=states).values_list("state").annotate(count=Count("pk"))
    counts = dict(found.order_by())
    return {f"deliveries_{state}": counts.get(state, 0) for state in states}


def _shipments() -> dict[str, int]:
    states = (ShipmentState.ATTENTION, ShipmentState.SUSPENDED, ShipmentState.REFUSED)
    # A refused one stays refused for ever; once the parcel has another revision, it needs nobody.
    wanted = Q(delivery__state=DeliveryState.RELEASED) & newest_revision()
    rows = Shipment.objects.filter(~Q(state=ShipmentState.REFUSED) | wanted, state__in=states)
    counts = dict(rows.values_list("state").annotate(count=Count("pk")).order_by())
    return {f"shipments_{state}": counts.get(state, 0) for state in states}


def _manifests() -> int:
    return Manifest.objects.filter(state=ManifestState.ATTENTION).count()
