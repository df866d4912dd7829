"""What the shipping system is asked when a manifest's groups are transmitted, and when that is looked up."""

from collections.abc import Sequence

from deliver_to_po.core.choices import Compared
from deliver_to_po.core.choices.states import MAY_BE_IN_A_GROUP
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.handoff.frozen_request import sender_from_json
from deliver_to_po.models import Comparison, Manifest, Shipment
from deliver_to_po.shipping import Transmission


def transmission_of(manifest: Manifest) -> Transmission:
    """Return the groups of a manifest, its shipments, and those of the groups that stay.

    What lies in a group and belongs to no row here stays too: another shop's, a second label of one request, or one
    whose answer is under way. What was taken over since its group was compared is no stranger.
    """
    groups = tuple(manifest.groups.values_list("group", flat=True))
    meant = tuple(manifest.shipments.order_by("pk").values_list("shipment_id", flat=True))
    others = Shipment.objects.filter(
        system=manifest.system, group__in=groups, state__in=MAY_BE_IN_A_GROUP, transmitted_at=None
    ).exclude(shipment_id="")
    stay = set(others.exclude(manifest=manifest).values_list("shipment_id", flat=True))
    return Transmission(
        groups=groups,
        shipment_ids=meant,
        sender=sender_from_json(manifest.sender),
        since=shop_day(manifest.created_at),
        excluded=tuple(sorted((stay | _strangers(manifest, groups)).difference(meant))),
        live=manifest.live,
    )


def _strangers(manifest: Manifest, groups: Sequence[str]) -> set[str]:
    compared = Comparison.objects.filter(
        system=manifest.system, api=manifest.api, live=manifest.live, what=Compared.GROUP, name__in=groups
    )
    return {each.shipment_id for one in compared for each in one.found if each.is_only_there}
