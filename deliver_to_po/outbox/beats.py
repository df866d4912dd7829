"""When sweep and housekeeping were last done, and what that tells of the clock: one that jumped ends no patience."""

from datetime import datetime, timedelta

from django.utils import timezone

from deliver_to_po.models import Heartbeat
from deliver_to_po.models.due import ERASING_SINCE, SWEEP, SWEEP_SINCE

# A longer gap between two sweeps is a clock that jumped by a day: no shop's machine is off for so long each night.
# Erasing waits only after a longer one still: a shop that sweeps once a day must erase, too.
JUMPS = {SWEEP_SINCE: timedelta(hours=20), ERASING_SINCE: timedelta(hours=30)}
# How far the clocks of two machines may differ.
AHEAD_AT_MOST = timedelta(minutes=10)


def last_beats() -> dict[str, datetime]:
    """Return when each was last done, by name. A time that is still to come is none: the clock was wrong then."""
    known = Heartbeat.objects.filter(beat_at__lte=timezone.now() + AHEAD_AT_MOST)
    return dict(known.values_list("name", "beat_at"))


def beat() -> None:
    """Write down that the sweep is there, and that it is there again after a jump of the clock."""
    last, now = Heartbeat.objects.filter(name=SWEEP).first(), timezone.now()
    for name, jump in JUMPS.items():
        if last is not None and abs(now - last.beat_at) > jump:
            write_down(name)
    write_down(SWEEP)


def write_down(name: str) -> None:
    """Write down that the sweep, or the housekeeping of that name, was done just now."""
    # Single statements: in a transaction that reads first, SQLite refuses to wait for another writer.
    if not Heartbeat.objects.filter(name=name).update(beat_at=timezone.now()):
        Heartbeat.objects.bulk_create([Heartbeat(name=name, beat_at=timezone.now())], ignore_conflicts=True)


def past(since: datetime | None, patience: timedelta) -> bool:
    """Say whether ``since`` is longer ago than ``patience``."""
    return since is not None and timezone.now() - since > patience


def patience_is_over(since: datetime | None, patience: timedelta) -> bool:
    """Say whether ``since`` is longer ago than ``patience``, so that it is time to give up."""
    return past(since, patience) and no_jump_within(patience)


def no_jump_within(patience: timedelta, since: str = SWEEP_SINCE) -> bool:
    """Say whether the clock has gone on without a jump for so long, as far as the sweep can tell.

    ``since`` names one of JUMPS. After a jump, or while a machine was off, nobody has tried what is to be given up.
    Without a sweep all time counts.
    """
    now, beats = timezone.now(), last_beats()
    if SWEEP not in beats:
        return True
    return now - beats[SWEEP] <= JUMPS[since] and (since not in beats or now - beats[since] > patience)
