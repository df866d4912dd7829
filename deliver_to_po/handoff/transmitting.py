"""The day's end: what waits to be transmitted, and transmitting it, group by group and nothing twice."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from deliver_to_po.choices import ShipmentState
from deliver_to_po.conf import app_settings
from deliver_to_po.errors import TransmissionRefused
from deliver_to_po.handoff.manifests import MANIFESTS
from deliver_to_po.models import Delivery, Manifest, ManifestGroup, Shipment
from deliver_to_po.models.manifest_moves import READY, claim_shipments, lock_of
from deliver_to_po.models.moves import SENDABLE
from deliver_to_po.outbox.claiming import claim, work
from deliver_to_po.shipping import ShippingSystem
from deliver_to_po.shipping.registry import shipping_system

# Canada Post recommends no more in one transmission.
GROUPS_AT_MOST = 30
# More than a manifest needs in one go: request, look-up, document.
STEPS_IN_A_ROW = 4
# Of numbers to leave out: what one statement asks about twice, since SQLite takes no more than 999 values; and of those
# that are not known, which may be a whole column pasted by mistake, how many are named.
NUMBERS_AT_A_TIME, NUMBERS_NAMED = 400, 20
# Of these nothing will ever be transmitted.
OVER = (ShipmentState.REFUSED, ShipmentState.DROPPED, ShipmentState.VOIDED, ShipmentState.REFUND_ASKED)


@dataclass(frozen=True, slots=True)
class Group:
    """A group that waits for the day's end: how many parcels have their label, and how many are not ready.

    ``first_day`` and ``last_day`` are when its shipments were made. ``own`` is False for a group whose name is not one
    that the shop gives now; ``under_way`` says that a manifest is transmitting it.
    """

    system: str
    api: str
    name: str
    ready: int
    weight_kg: Decimal
    not_ready: int
    first_day: date | None
    last_day: date | None
    own: bool = True
    under_way: bool = False

    @property
    def can_be_transmitted(self) -> bool:
        """Say whether transmitting would do anything with it."""
        return self.own and not self.under_way and self.ready > 0


def preview() -> list[Group]:
    """Return the groups that wait to be transmitted, oldest first, in the mode that the shop is in: live or test."""
    rows: dict[tuple[str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in _waiting().values("system", "api", "group", "state", "weight_kg", "manifest", day=TruncDate("made_at")):
        rows[row["system"], row["api"], row["group"]].append(row)
    locked = set(ManifestGroup.objects.filter(open_group__isnull=False).values_list("open_group", flat=True))
    found = [_group(key, members, locked) for key, members in rows.items()]
    return sorted((group for group in found if group is not None), key=_by_age)


def _by_age(group: Group) -> tuple[date, str, str]:
    return group.first_day or date.max, group.name, group.system


def _group(key: tuple[str, str, str], members: Sequence[Mapping[str, Any]], locked: set[str | None]) -> Group | None:
    alias, api, name = key
    system = _transmitting(alias, api)
    if system is None:
        return None
    ready = [row for row in members if row["state"] in READY and row["manifest"] is None]
    days = [row["day"] for row in members if row["day"]]
    return Group(
        system=alias,
        api=api,
        name=name,
        ready=len(ready),
        weight_kg=sum((row["weight_kg"] for row in ready), Decimal(0)),
        not_ready=sum(row["state"] not in READY for row in members),
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        own=system.is_own_group(name),
        under_way=lock_of(alias, name) in locked,
    )


def _waiting() -> QuerySet[Shipment]:
    """Return the shipments of a group that are neither transmitted nor over, in the shop's mode."""
    return (
        Shipment.objects.filter(transmitted_at=None, delivery__live=app_settings.canada_post.live)
        .exclude(group="")
        .exclude(state__in=OVER)
        # What is on hold or cancelled is not on its way to the day's end.
        .exclude(~Q(delivery__in=Delivery.objects.filter(SENDABLE)), state=ShipmentState.WAITING)
    )


def ready_to_transmit() -> QuerySet[Shipment]:
    """Return the shipments that the day's end takes, of whatever shipping system, in the shop's mode."""
    return _waiting().filter(state__in=READY, manifest=None)


def _transmitting(alias: str, api: str) -> ShippingSystem | None:
    """Return a shipping system that transmits, None where it does not or is not set up any more."""
    try:
        system = shipping_system(alias).speaking(api)
    except ImproperlyConfigured:
        return None
    return system if system.can_transmit else None


def transmit(
    groups: Collection[str] | None = None, *, exclude: Collection[str] = (), user: Any = None
) -> list[Manifest]:
    """Transmit ``groups``, or every group of the shop's own, and return the manifests, empty when nothing waits.

    ``exclude`` holds tracking numbers or request ids of parcels that are left for another day. Everything is claimed
    before anything is asked; whatever is not settled at once is taken up by the outbox. Raises TransmissionRefused,
    and does nothing, for a group or a parcel that does not wait to be transmitted.
    """
    waiting = preview()
    chosen = _chosen(waiting, groups)
    left_out = _excluded(exclude)
    manifests = [
        manifest for batch in _batches(chosen) if (manifest := _claim_batch(batch, left_out, user)) is not None
    ]
    for manifest in manifests:
        carry_on(manifest)
    return manifests


def _chosen(waiting: Sequence[Group], names: Collection[str] | None) -> list[Group]:
    if names is None:
        return [group for group in waiting if group.can_be_transmitted]
    own = [group for group in waiting if group.own and (group.ready or group.under_way)]
    if unknown := sorted(set(names) - {group.name for group in own}):
        words = {"groups": ", ".join(unknown)}
        raise TransmissionRefused(_("No parcel of this shop waits to be transmitted in: %(groups)s.") % words)
    return [group for group in own if group.name in names and group.can_be_transmitted]


def _excluded(numbers: Collection[str]) -> list[int]:
    """Return the shipments of tracking numbers or request ids; raises TransmissionRefused when one is not there."""
    typed = sorted({number.strip() for number in numbers} - {""})
    # PostgreSQL takes no NUL.
    written = [number for number in typed if number.isprintable()]
    found: list[int] = []
    known: set[str] = set()
    for start in range(0, len(written), NUMBERS_AT_A_TIME):
        part = written[start : start + NUMBERS_AT_A_TIME]
        rows = _waiting().filter(Q(tracking_pin__in=part) | Q(request_id__in=part))
        for pk, *names in rows.values_list("pk", "tracking_pin", "request_id"):
            found.append(pk)
            known.update(names)
    if unknown := [number for number in typed if number not in known]:
        words = {"numbers": ", ".join(unknown[:NUMBERS_NAMED]) + (" …" if len(unknown) > NUMBERS_NAMED else "")}
        raise TransmissionRefused(_("No parcel with this number waits to be transmitted: %(numbers)s.") % words)
    return found


def _batches(groups: Sequence[Group]) -> Iterator[list[Group]]:
    """Yield the groups that go into one transmission each: of one system and one of its APIs, and not too many."""
    by_system: dict[tuple[str, str], list[Group]] = defaultdict(list)
    for group in groups:
        by_system[group.system, group.api].append(group)
    for members in by_system.values():
        for start in range(0, len(members), GROUPS_AT_MOST):
            yield members[start : start + GROUPS_AT_MOST]


def _claim_batch(batch: Sequence[Group], left_out: Sequence[int], user: Any) -> Manifest | None:
    system, api = batch[0].system, batch[0].api
    groups = [group.name for group in batch]
    rows = ready_to_transmit().filter(api=api).exclude(pk__in=left_out)
    newest = rows.filter(system=system, group__in=groups).order_by("-pk").first()
    if newest is None:
        return None
    # Only groups of which something is left once the excluded are taken away.
    left = set(rows.filter(system=system, group__in=groups).values_list("group", flat=True))
    return claim_shipments(
        rows,
        system=system,
        groups=sorted(left),
        api=api,
        live=app_settings.canada_post.live,
        sender=newest.sender,
        user=user,
        due_at=timezone.now(),
    )


def carry_on(manifest: Manifest) -> None:
    """Do the steps of a manifest that are due now; what another worker has under lease is left alone."""
    for _step in range(STEPS_IN_A_ROW):
        row = claim(MANIFESTS, manifest.pk)
        if row is None:
            break
        work(MANIFESTS, row)
    manifest.refresh_from_db()
