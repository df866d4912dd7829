"""The way of a parcel, the same on every page: six stops at most, and the one at which it stands."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import IntEnum
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from deliver_to_po.admin.queues import TO_PACK, TO_PRINT, TO_TRANSMIT, Queue, transmits
from deliver_to_po.core.choices import ParcelState, ShipmentState
from deliver_to_po.core.choices.states import OVER, READY
from deliver_to_po.core.choices.tracking import AT_AN_OFFICE
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.core.wording import day_and_time, day_of_year
from deliver_to_po.handoff.day_end.transmitting import is_set_up
from deliver_to_po.models import Shipment, Tracking
from deliver_to_po.models.tracking import tracking_of


class Stop(IntEnum):
    """What a parcel comes to, one after the other."""

    LABEL = 1
    PRINTED = 2
    TRANSMITTED = 3
    ON_ITS_WAY = 4
    READY = 5
    PICKED_UP = 6
    #: Nothing more is to come.
    BEHIND = 7


NAMES: Mapping[Stop, Promise] = {
    Stop.LABEL: pgettext_lazy("stop of a parcel", "Label"),
    Stop.PRINTED: pgettext_lazy("stop of a parcel", "Printed"),
    Stop.TRANSMITTED: pgettext_lazy("stop of a parcel", "Transmitted"),
    Stop.ON_ITS_WAY: pgettext_lazy("stop of a parcel", "On its way"),
    Stop.READY: pgettext_lazy("stop of a parcel", "Ready"),
    Stop.PICKED_UP: pgettext_lazy("stop of a parcel", "Picked up"),
}
# The stop where these wait is called as the queue is.
NAMED = ((TO_PACK.name, Stop.LABEL), (TO_PRINT.name, Stop.PRINTED), (TO_TRANSMIT.name, Stop.TRANSMITTED))
COMING_BACK = pgettext_lazy("stop of a parcel", "Coming back")
# What the last stop is called of a parcel that its buyer has not picked up.
NOT_PICKED_UP: Mapping[str, Promise] = {
    ParcelState.RETURNING: COMING_BACK,
    ParcelState.RETURNED: COMING_BACK,
    ParcelState.LOST: ParcelState.LOST.label,
}
IN_THE_POST: Mapping[str, Stop] = {
    ParcelState.READY: Stop.READY,
    ParcelState.ELSEWHERE: Stop.READY,
    ParcelState.RETURNING: Stop.PICKED_UP,
    ParcelState.COLLECTED: Stop.BEHIND,
    ParcelState.RETURNED: Stop.BEHIND,
    ParcelState.LOST: Stop.BEHIND,
}
SEEN = (ParcelState.IN_TRANSIT, *IN_THE_POST)


def followed(shipment: Shipment) -> Tracking | None:
    """Return what is known of where a shipment's parcel is, None if nobody follows it."""
    return tracking_of(shipment) if app_settings.tracking else None


def is_for_day_end(shipment: Shipment) -> bool:
    """Say whether a parcel goes with the day's end: it lies in a group of a system that transmits, or that is gone."""
    return bool(shipment.group) and (not is_set_up(shipment.system, shipment.api) or transmits(shipment.system))


def has_left(shipment: Shipment) -> bool:
    """Say whether a parcel is with the carrier: scanned, or transmitted with its label printed."""
    tracking = followed(shipment)
    if tracking is not None and tracking.state in SEEN:
        return True
    return shipment.transmitted_at is not None and not shipment.by_card and not is_to_print(shipment)


def is_to_print(shipment: Shipment) -> bool:
    """Say whether a parcel has a label that nobody has printed."""
    return shipment.state == ShipmentState.LABELLED and shipment.printed_at is None


def stop_of(shipment: Shipment) -> Stop:
    """Return the stop at which a parcel stands: what comes next for it."""
    if shipment.state not in READY:
        return Stop.LABEL
    if has_left(shipment):
        tracking = followed(shipment)
        return IN_THE_POST.get(tracking.state if tracking else "", Stop.ON_ITS_WAY)
    if is_to_print(shipment):
        return Stop.PRINTED
    return Stop.TRANSMITTED if is_for_day_end(shipment) else Stop.ON_ITS_WAY


def slowest(shipments: Iterable[Shipment]) -> Shipment | None:
    """Return the parcel that is behind all others, None if there is none."""
    under_way = [shipment for shipment in shipments if shipment.state not in OVER]
    return min(under_way or shipments, key=lambda one: (stop_of(one), _is_picked_up(one)), default=None)


def _is_picked_up(shipment: Shipment) -> bool:
    tracking = followed(shipment)
    return tracking is not None and tracking.state == ParcelState.COLLECTED


class StopOnWay(NamedTuple):
    """One stop of the way: its name, when it was reached or ``""``, and whether it is done, now or still to come."""

    name: str
    when: str
    is_: str


def way_of(shipments: Sequence[Shipment], queue: Queue | None = None) -> list[StopOnWay]:
    """Return the stops of a delivery's way, by its slowest parcel; where that waits in ``queue`` it is called so.

    A stop that nothing can reach in this shop is left out.
    """
    leads = slowest(shipments)
    now = stop_of(leads) if leads else Stop.LABEL
    stops = [stop for stop in NAMES if _is_reached_here(stop, leads)]
    return [
        StopOnWay(
            _name(stop, leads, str(queue.title) if queue and stop == now and (queue.name, stop) in NAMED else ""),
            _when(stop, leads) if leads and stop <= now else "",
            "done" if stop < now else "now" if stop == now else "todo",
        )
        for stop in stops
    ]


def _is_reached_here(stop: Stop, shipment: Shipment | None) -> bool:
    if stop == Stop.TRANSMITTED:
        return is_for_day_end(shipment) if shipment else any(map(transmits, app_settings.shipping_systems))
    return stop <= Stop.PRINTED or app_settings.tracking


def _name(stop: Stop, shipment: Shipment | None, word: str) -> str:
    tracking = followed(shipment) if shipment else None
    if stop == Stop.PICKED_UP and tracking and tracking.state in NOT_PICKED_UP:
        return str(NOT_PICKED_UP[tracking.state])
    return word or str(NAMES[stop])


def _when(stop: Stop, shipment: Shipment) -> str:
    tracking = followed(shipment)
    times: Mapping[Stop, datetime | None] = {
        Stop.LABEL: shipment.labelled_at,
        Stop.PRINTED: shipment.printed_at,
        Stop.TRANSMITTED: shipment.transmitted_at,
    }
    if (at := times.get(stop)) is not None:
        return day_and_time(at)
    days: Mapping[Stop, date | None] = {}
    if tracking is not None:
        last = min(IN_THE_POST.get(tracking.state, Stop.ON_ITS_WAY), Stop.PICKED_UP)
        days = {last: tracking.on, Stop.READY: tracking.ready_on}
    on = days.get(stop)
    return day_of_year(on) if on is not None else ""


class DaysHeld(NamedTuple):
    """How long a post office has held a parcel: ``day`` of ``days``, the last being ``held_until``; each has a mark."""

    day: int
    days: int
    marks: Sequence[str]


def days_at_the_office(shipments: Iterable[Shipment]) -> DaysHeld | None:
    """Return this for the parcel that goes back first, None if none waits or nobody knows how long it is held."""
    waiting = [tracking for one in shipments if one.state in READY and (tracking := followed(one)) is not None]
    ready = [tracking.ready_on for tracking in waiting if tracking.state in AT_AN_OFFICE and tracking.ready_on]
    days = app_settings.hold_days
    if not ready or not days:
        return None
    day = min(max((shop_day() - min(ready)).days, 1), days)
    return DaysHeld(day, days, ["done"] * (day - 1) + ["now"] + ["todo"] * (days - day))


def as_bars(stops: Sequence[StopOnWay], tone: str) -> SafeString:
    """Return the way as small bars for a row of the list, with one sentence for those who hear it."""
    now = next((number for number, stop in enumerate(stops, 1) if stop.is_ == "now"), len(stops))
    told = _("Stop %(number)d of %(count)d") % {"number": now, "count": len(stops)}
    bars = format_html_join("", '<i class="d2po-{}"></i>', ((stop.is_,) for stop in stops))
    return format_html('<span class="d2po-bars d2po-{}" role="img" aria-label="{}">{}</span>', tone, told, bars)
