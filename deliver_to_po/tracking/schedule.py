"""When a parcel is asked for again: the sooner, the more it may change; less while it rests, and not at night."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import SystemRandom
from zlib import crc32

from deliver_to_po.core.choices import ParcelState as P
from deliver_to_po.core.choices.tracking import PARCEL_ENDS
from deliver_to_po.core.conf import app_settings
from deliver_to_po.core.shop_time import shop_time

CHANCE = SystemRandom()
HOUR = timedelta(hours=1)
# The most urgent first.
SOONEST: Mapping[P, timedelta] = {
    P.READY: 3 * HOUR,
    P.ELSEWHERE: 3 * HOUR,
    P.IN_TRANSIT: 3 * HOUR,
    P.RETURNING: 12 * HOUR,
    P.ANNOUNCED: 6 * HOUR,
    P.NOT_SEEN: 6 * HOUR,
    P.PERSON: 12 * HOUR,
}
LATEST = 24 * HOUR
# A parcel that has rested for so long is asked for once while it rests as long again.
RESTS = 8
# At a post office it will soon go back.
AGEING, AGEING_LATEST = timedelta(days=10), 6 * HOUR
# Once more after the end: what contradicts it may come late.
AFTER_THE_END = timedelta(days=2)
MORNING = 6
# Nothing is expected of a parcel of which nobody has heard for so long.
SILENT = timedelta(days=60)


def next_look(state: P, *, rested: timedelta, ready_for: timedelta, now: datetime) -> datetime:
    """Return when to ask again for a parcel that ``rested`` since its last news and is ready for so long."""
    if state in PARCEL_ENDS:
        return now + AFTER_THE_END
    wait = min(max(SOONEST[state], rested / RESTS), AGEING_LATEST if ready_for >= AGEING else LATEST)
    # No two parcels of one morning stay together for long.
    return by_day(now + wait * CHANCE.uniform(0.9, 1.1))


def by_day(moment: datetime) -> datetime:
    """Put off what falls into the night, to a minute of the morning that differs from shop to shop."""
    local = shop_time(moment)
    if local.hour >= MORNING:
        return moment
    morning = local.replace(hour=MORNING, minute=0)
    return morning + timedelta(seconds=own_offset(), minutes=CHANCE.uniform(0, 30))


def own_offset() -> int:
    """Return seconds below an hour, always the same for one shop: not all shops ask at six."""
    account = app_settings.canada_post
    return crc32(f"{account.customer_number} {account.contract_id} {account.base_url}".encode()) % 3600
