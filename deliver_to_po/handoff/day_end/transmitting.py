"""The day's end: what waits to be transmitted, and transmitting it, group by group and nothing twice."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from deliver_to_po.core.choices import Compared, ShipmentState
from deliver_to_po.core.choices.states import OVER, READY
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.in_parts import in_parts
from deliver_to_po.core.shop_time import shop_zone
from deliver_to_po.errors import TransmissionRefused
from deliver_to_po.handoff.day_end.manifests import MANIFESTS
from deliver_to_po.models import Comparison, Manifest, ManifestGroup, Shipment
from deliver_to_po.models.manifest_moves import claim_shipments
from deliver_to_po.models.moves import of_sendable
from deliver_to_po.outbox.claiming import work_through
from deliver_to_po.shipping.registry import shipping_system

# Canada Post recommends at most so many in one transmission, and refuses twice as many parcels (9108).
GROUPS_AT_MOST, PARCELS_AT_MOST = 30, 5_000
# How many unknown numbers the refusal names: they may be a whole column pasted by mistake.
NUMBERS_NAMED = 20


class Group(NamedTuple):
    """A group that waits for the day's end: how many parcels go, are not ready, and have their label but are on hold.

    ``first_day`` and ``last_day`` are when its shipments were made. ``own`` is False for a group that was made under
    other settings: its name, or its system, is none of the shop's now. ``under_way`` says that a manifest is
    transmitting it.
    """

    system: str
    api: str
    name: str
    ready: int
    weight_kg: Decimal
    not_ready: int
    kept_back: int
    first_day: date | None
    last_day: date | None
    own: bool
    under_way: bool

    @property
    def can_be_transmitted(self) -> bool:
        """Say whether transmitting would do anything with it."""
        return self.own and not self.under_way and self.ready > 0


def waiting_groups() -> list[Group]:
    """Return the groups that wait to be transmitted, oldest first, in the mode that the shop is in: live or test."""
    rows: dict[tuple[str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    columns = ("system", "api", "group", "state", "weight_kg", "manifest", "sendable")
    waiting = _waiting().annotate(sendable=of_sendable())
    for row in waiting.values(*columns, day=TruncDate("made_at", tzinfo=shop_zone())):
        rows[row["system"], row["api"], row["group"]].append(row)
    locked = set(ManifestGroup.objects.filter(open_group__isnull=False).values_list("manifest__system", "group"))
    found = [_group(key, members, locked) for key, members in rows.items()]
    groups = (group for group in found if group is not None)
    return sorted(groups, key=lambda group: (group.first_day or date.max, group.name, group.system))


def _group(
    key: tuple[str, str, str], members: Sequence[Mapping[str, Any]], locked: set[tuple[str, str]]
) -> Group | None:
    alias, api, name = key
    own = belongs_here(alias, api, name)
    if own is None:
        return None
    labelled = [row for row in members if row["state"] in READY and row["manifest"] is None]
    ready = [row for row in labelled if row["sendable"]]
    days = [row["day"] for row in members if row["day"]]
    return Group(
        system=alias,
        api=api,
        name=name,
        ready=len(ready),
        weight_kg=sum((row["weight_kg"] for row in ready), Decimal(0)),
        not_ready=sum(row["state"] not in READY for row in members),
        kept_back=len(labelled) - len(ready),
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        own=own,
        under_way=(alias, name) in locked,
    )


def _waiting() -> QuerySet[Shipment]:
    """Return the shipments of a group that are neither transmitted nor over, in the shop's mode."""
    return (
        Shipment.objects.filter(transmitted_at=None, delivery__live=app_settings.canada_post.live)
        .exclude(group="")
        .exclude(state__in=OVER)
        # What is on hold or cancelled is not on its way to the day's end.
        .exclude(~Q(of_sendable()), state=ShipmentState.WAITING)
    )


def waiting_with_label() -> QuerySet[Shipment]:
    """Return the shipments of a group that have their label and that no manifest has, on hold or not."""
    return _waiting().filter(state__in=READY, manifest=None)


def ready_to_transmit() -> QuerySet[Shipment]:
    """Return the shipments that the day's end takes, of whatever shipping system, in the shop's mode."""
    return waiting_with_label().filter(of_sendable())


def belongs_here(alias: str, api: str, group: str) -> bool | None:
    """Say whether a group is transmitted here: not if its system is gone; None if the system transmits nothing."""
    if not is_set_up(alias, api):
        return False
    system = shipping_system(alias).speaking(api)
    return system.is_own_group(group) if system.can_transmit else None


def is_set_up(alias: str, api: str) -> bool:
    """Say whether a shipping system is there that speaks this API: another one may have its name by now."""
    try:
        return api in ("", shipping_system(alias).speaking(api).api)
    except ImproperlyConfigured:
        return False


def chosen_groups(names: Collection[str] | None) -> list[Group]:
    """Return the groups of these names, or all of the shop's own, that nobody is transmitting.

    Raises TransmissionRefused for a name of no group that waits.
    """
    own = [group for group in waiting_groups() if group.own and (group.ready or group.kept_back or group.under_way)]
    if names is not None and (unknown := sorted(set(names) - {group.name for group in own})):
        words = {"groups": ", ".join(unknown)}
        raise TransmissionRefused(_("No parcel of this shop waits to be transmitted in: %(groups)s.") % words)
    return [group for group in own if not group.under_way and (names is None or group.name in names)]


def transmit(
    groups: Collection[str] | None = None,
    *,
    exclude: Collection[str] = (),
    only: Collection[int] | None = None,
    user: Any = None,
) -> list[Manifest]:
    """Transmit ``groups``, or every group of the shop's own, and return the manifests, empty when nothing waits.

    ``exclude`` holds tracking numbers or request ids of parcels that are left for another day, ``only`` the primary
    keys of those that may go, if not all may. One transmission names one place from which all of its parcels leave, so
    each postal code of a sender has its own. Everything is claimed before anything is asked; whatever is not settled
    at once is taken up by the outbox. Raises TransmissionRefused, and does nothing, for a group or a parcel that does
    not wait to be transmitted.
    """
    chosen = [group for group in chosen_groups(groups) if group.can_be_transmitted]
    left_out = _excluded(exclude)
    rows = ready_to_transmit().exclude(pk__in=left_out)
    if only is not None:
        rows = rows.filter(pk__in=only)
    places = dict.fromkeys(rows.order_by("pk").values_list("sender__postal_code", flat=True))
    claims = (
        _claim_batch(batch, rows.filter(sender__postal_code=place), user)
        for place in places
        for batch in _batches(chosen)
    )
    manifests = [manifest for manifest in claims if manifest is not None]
    for manifest in manifests:
        carry_on(manifest)
    return manifests


def _excluded(numbers: Collection[str]) -> list[int]:
    """Return the shipments of tracking numbers or request ids; raises TransmissionRefused when one is not there."""
    typed = sorted({number.strip() for number in numbers} - {""})
    # PostgreSQL takes no NUL.
    written = [number for number in typed if number.isprintable()]
    found: list[int] = []
    known: set[str] = set()
    for part in in_parts(written):
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
        batch: list[Group] = []
        for group in members:
            parcels = sum(each.ready for each in [*batch, group])
            if batch and (len(batch) == GROUPS_AT_MOST or parcels > PARCELS_AT_MOST):
                yield batch
                batch = []
            batch.append(group)
        yield batch


def _claim_batch(batch: Sequence[Group], waiting: QuerySet[Shipment], user: Any) -> Manifest | None:
    system, api = batch[0].system, batch[0].api
    groups = [group.name for group in batch]
    rows = waiting.filter(api=api)
    newest = rows.filter(system=system, group__in=groups).order_by("-pk").first()
    if newest is None:
        return None
    # Only groups of which something is left once the excluded are taken away.
    left = set(rows.filter(system=system, group__in=groups).values_list("group", flat=True))
    # What was found of them is past.
    Comparison.objects.filter(system=system, api=api, what=Compared.GROUP, name__in=left).update(asked_at=None)
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
    work_through(MANIFESTS, manifest.pk)
    manifest.refresh_from_db()
