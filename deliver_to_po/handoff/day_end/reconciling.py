"""Which lists of the shipping systems are compared with the rows, and when: at the day's end, at night, by command."""

import logging
import random
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured
from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from deliver_to_po.core.carrier import forbidden_reason
from deliver_to_po.core.choices import Compared, Differs, Reason
from deliver_to_po.core.choices.states import OVER
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.shop_time import is_night, shop_day
from deliver_to_po.handoff.day_end.comparing import compare, compare_ids, is_id
from deliver_to_po.models import Comparison, Manifest, Shipment
from deliver_to_po.models.manifest_moves import is_transmitting
from deliver_to_po.outbox.beats import last_beats, write_down
from deliver_to_po.outbox.jobs import Housekeeping
from deliver_to_po.shipping import NotYet
from deliver_to_po.shipping.listing import ListsShipments
from deliver_to_po.shipping.registry import shipping_system

log = logging.getLogger(__name__)

# Manifests and days of so many days are compared each night, and unless the command is told otherwise.
DAYS = 3
AT_A_TIME, EVERY_SECONDS = 10, 600.0
# What was compared later than this, whoever asked, is not compared again in the same night.
LATELY = timedelta(hours=20)
# A comparison without differences is of no use after this.
KEPT = timedelta(days=90)
# Under these names it is written down when all lists were last compared at night, and when one could not be.
ALL_COMPARED, NOT_COMPARED = "all lists compared", "a list was not compared"
# One night in which Canada Post does not answer is no trouble yet.
LEFT_FOR = timedelta(hours=36)
EVER = datetime.min.replace(tzinfo=UTC)
# More than a shop has in some days; a group is named by its day, so that the newest are compared.
MOST_GROUPS, MOST_MANIFESTS = 100, 500


class Reconciled(NamedTuple):
    """How many lists were compared, and whether any could not be, or was not reached in time."""

    compared: int
    complete: bool


def differing() -> QuerySet[Comparison]:
    """Return the comparisons in which something differs that nobody has left to another shop, newest first."""
    rows = Comparison.objects.filter(live=app_settings.canada_post.live, differing__gt=0)
    return rows.order_by(F("asked_at").desc(nulls_last=True), "-pk")


def parcels_differing() -> int:
    """Return how many parcels differ in these comparisons."""
    return differing().aggregate(all=Sum("differing"))["all"] or 0


def reconcile(*, since: datetime, days: int = DAYS, at_most: int | None = None, seconds: float = 600.0) -> Reconciled:
    """Compare every list that was not compared after ``since``: groups, manifests and days of the last ``days`` days.

    At most ``at_most`` are tried, in random order: those that cannot be compared keep no others from it. Each is kept
    by itself, so that what is broken off goes on where it stopped. Calls wait for their turn, as all in the background
    do.
    """
    ends_at, tried, compared, complete = monotonic() + seconds, 0, 0, True
    lists = list(_lists(days))
    random.shuffle(lists)
    for one in lists:
        if isinstance(one, NotYet):
            log.warning("Not all lists can be compared: %s", one.reason.value)
            complete = False
            continue
        if one.asked_at is not None and one.asked_at >= since:
            continue
        if monotonic() > ends_at or tried == at_most:
            return Reconciled(compared, False)
        tried += 1
        if _compared(one):
            compared += 1
        else:
            complete = False
    return Reconciled(compared, complete)


def compare_groups(groups: Collection[tuple[str, str, str]], *, since: datetime, seconds: float) -> list[Comparison]:
    """Compare groups that were not compared after ``since``, each a system, an API and a name; return what is known."""
    # A system that lists nothing keeps no other from being compared.
    rows = [_row(alias, api, Compared.GROUP, name) for alias, api, name in groups if system_of(alias, api)]
    ends_at = monotonic() + seconds
    for one in rows:
        # While Canada Post does not answer, nobody waits for more than one question.
        if (one.asked_at is None or one.asked_at < since) and not (monotonic() < ends_at and _compared(one)):
            break
    return [one for one in rows if one.asked_at is not None]


def compare_manifest(manifest: Manifest, carrier_id: str, listed: Sequence[str]) -> None:
    """Compare the list of a manifest's paper, which was just fetched, with the rows."""
    if listed:
        one = _row(manifest.system, manifest.api, Compared.MANIFEST, carrier_id)
        compare_ids(one, system_of(manifest.system, manifest.api), listed, timezone.now(), is_ours=True)


def reconcile_at_night() -> int:
    """Compare a few lists each time, at night, until all are; return how many were. A failure hurries nobody."""
    # A shop that is not live yet, say, makes nothing at Canada Post.
    settings = app_settings.canada_post
    if not is_night() or forbidden_reason(settings, live=settings.live):
        return 0
    Comparison.objects.filter(differing=0, asked_at__lt=timezone.now() - KEPT).delete()
    done = reconcile(since=timezone.now() - LATELY, at_most=AT_A_TIME)
    if done.complete:
        write_down(ALL_COMPARED)
    elif done.compared < AT_A_TIME:
        write_down(NOT_COMPARED)
    return done.compared


def some_are_left() -> bool:
    """Say whether some list was left out at night, and since LEFT_FOR there was no night in which all were compared."""
    beats = last_beats()
    return NOT_COMPARED in beats and timezone.now() - beats.get(ALL_COMPARED, EVER) > LEFT_FOR


def _compared(one: Comparison) -> bool:
    """Compare one list; say whether that could be done now."""
    system = system_of(one.system, one.api)
    if system is None or is_transmitting(one.system, one.name):
        return False
    answer = compare(one, system)
    if answer is not None:
        log.warning("Comparison %s: %s", one.pk, answer.reason.value)
    return answer is None


def system_of(alias: str, api: str) -> ListsShipments | None:
    """Return a shipping system that lists what it holds and may be asked in the shop's mode: live or test."""
    system = _listing(alias, api)
    return None if isinstance(system, NotYet) else system


def _listing(alias: str, api: str) -> ListsShipments | NotYet | None:
    """Return a shipping system, or why it may not be asked now; None for one that lists nothing."""
    try:
        system = shipping_system(alias).speaking(api)
    except ImproperlyConfigured:
        return NotYet(reason=Reason.NOT_CONFIGURED)
    if not isinstance(system, ListsShipments):
        return None
    return system.obstacle(live=app_settings.canada_post.live) or system


def _row(alias: str, api: str, what: Compared, name: str) -> Comparison:
    live = app_settings.canada_post.live
    return Comparison.objects.get_or_create(system=alias, api=api, live=live, what=what, name=name)[0]


def _lists(days: int) -> Iterator[Comparison | NotYet]:
    """Yield each list that there is to compare, and what could not be told instead of some."""
    for alias in app_settings.shipping_systems:
        apis = _in_groups(alias).order_by("api").values_list("api", flat=True).distinct()
        systems = {api: _listing(alias, api) for api in ("", *apis)}
        by_api = {system.api: system for system in systems.values() if isinstance(system, ListsShipments)}
        yield from (system for system in systems.values() if isinstance(system, NotYet))
        for api, system in by_api.items():
            yield from _of_groups(alias, api, system, days) if system.has_groups else _of_days(alias, api, days)
    yield from differing().filter(what=Compared.MANIFEST)


def _in_groups(alias: str) -> QuerySet[Shipment]:
    """Return the shipments that should lie in a group now; where one that is void here still does, the system says."""
    rows = Shipment.objects.filter(system=alias, transmitted_at=None, delivery__live=app_settings.canada_post.live)
    return rows.exclude(group="").exclude(state__in=OVER).exclude(shipment_id="")


def _of_days(alias: str, api: str, days: int) -> Iterator[Comparison]:
    # In another time zone it may be tomorrow already.
    for ago in range(-1, days):
        yield _row(alias, api, Compared.DAY, (shop_day() - timedelta(days=ago)).isoformat())


def _of_groups(alias: str, api: str, system: ListsShipments, days: int) -> Iterator[Comparison | NotYet]:
    names = set(_in_groups(alias).filter(api=api).values_list("group", flat=True).distinct())
    differed = differing().filter(what=Compared.GROUP, system=alias, api=api)
    names |= set(differed.values_list("name", flat=True))
    told = system.groups()
    if isinstance(told, NotYet):
        yield told
    else:
        names |= set(told)
    for name in sorted(filter(system.is_own_group, names))[-MOST_GROUPS:]:
        yield _row(alias, api, Compared.GROUP, name)
    made = system.manifests(shop_day() - timedelta(days=days), shop_day() + timedelta(days=1))
    if isinstance(made, NotYet):
        yield made
        return
    for manifest_id in list(filter(is_id, made))[:MOST_MANIFESTS]:
        one = _row(alias, api, Compared.MANIFEST, manifest_id)
        # It does not change; what was still being sent when it was compared is named once that has its answer.
        if one.asked_at is None or any(each.kind == Differs.GOES_ON for each in one.found):
            yield one


HOUSEKEEPING = (Housekeeping("shipments reconciled with Canada Post", reconcile_at_night, AT_A_TIME, EVERY_SECONDS),)
