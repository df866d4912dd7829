"""Registers with the outbox which parcels are followed, asking for them, and telling another system of them."""

from deliver_to_po.outbox.jobs import Housekeeping, registry
from deliver_to_po.tracking.days_taken import COUNTING
from deliver_to_po.tracking.following import AT_A_TIME, FOLLOWING, begin_to_follow, end_what_is_silent
from deliver_to_po.tracking.telling import TELLING


def register() -> None:
    """Register the job that asks where parcels are, after all others, and the one that tells another system."""
    registry.add(
        FOLLOWING,
        TELLING,
        COUNTING,
        Housekeeping("parcels to follow", begin_to_follow, AT_A_TIME),
        Housekeeping("parcels without news", end_what_is_silent, AT_A_TIME, 3600.0, for_good=True),
    )
