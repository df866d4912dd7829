"""Many parcels at once through every fate, while Canada Post fails and workers die: each ends where it should."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from deliver_to_po.canadapost.calling.throttle import TRACKING_SHARE
from deliver_to_po.canadapost.types import PostOffice
from deliver_to_po.core.choices import Doubt, ParcelState, ShipmentState
from deliver_to_po.emulator.parcel_fates import FATES
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Shipment, Tracking
from deliver_to_po.outbox.claiming import claim_next, work
from deliver_to_po.shipping import Made
from deliver_to_po.shipping.canadapost import CanadaPostShipping
from deliver_to_po.tracking.following import FOLLOWING, begin_to_follow, pause
from tests.factories import make_delivery, make_shipment
from tests.shipping.requests import asked
from tests.tracking.test_following import DAYS_AGO, ENDS, begun

PARCELS = 80
CALLS_PER_MINUTE = 80
SHARE = int(CALLS_PER_MINUTE * TRACKING_SHARE)
# So many of a hundred claims end with the worker's death, and such a share of the calls fails.
KILLED, FAILED = 5, 0.03
# A pause that Canada Post wants has a test of its own.
FAULTS = ("garbage", "500", "503", "html", "truncate")
LIMIT = 60


class Tally:
    """What happened in one of the minutes that the throttle counts."""

    def __init__(self, emulator: EmulatorServer, chance: random.Random) -> None:
        self.emulator, self.chance, self.deaths = emulator, chance, 0

    def minute(self) -> int:
        """Ask until nothing is due or a pause is wanted; return how often Canada Post was asked."""
        cache.clear()
        pause.end()
        before = self.emulator.calls.get("tracking_details", 0)
        while not pause and (row := claim_next(FOLLOWING)) is not None:
            if self.chance.randrange(100) < KILLED:
                self.deaths += 1
                continue
            work(FOLLOWING, row)
        return self.emulator.calls.get("tracking_details", 0) - before


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("cache_of_this_process")
@pytest.mark.parametrize("api", ["portal", "webservices"])
def test_whatever_fails_each_parcel_ends_where_it_should_and_no_minute_has_too_many_calls(
    emulator: EmulatorServer, office: PostOffice, change_settings: Any, time_machine: Any, api: str
) -> None:
    # A minute of the throttle is over when the tally says so, however long a busy machine takes.
    time_machine.move_to(timezone.now(), tick=False)
    chance = random.Random(7)  # noqa: S311 - which fail is no secret
    change_settings(TRACKING=True, CANADA_POST={"API": api, "CALLS_PER_MINUTE": 0})
    shipped, fates = _shipped(office), sorted(FATES)
    expected = {}
    for number, pin in enumerate(shipped):
        fate = fates[number % len(fates)]
        if number % 10 == 0:
            # Another parcel had this number years ago.
            emulator.let_undergo(pin, "collected", at=begun() - timedelta(days=900))
        emulator.let_undergo(pin, fate, at=begun())
        expected[pin] = ENDS[fate]
    share = {"CALLS_PER_MINUTE": CALLS_PER_MINUTE, "TRACKING_CALLS_PER_MINUTE": SHARE}
    change_settings(CANADA_POST={"API": api, **share})
    for fault in FAULTS:
        emulator.faults.add("tracking_details", fault, count=None, probability=FAILED / len(FAULTS))
    while begin_to_follow():
        pass
    tally, asked_in = Tally(emulator, chance), []
    unanswered = Q(answered_at=None) | Q(tries__gt=0) | Q(lease__isnull=False)
    for minute in range(LIMIT):
        if minute > LIMIT // 2:
            emulator.faults.clear()
        # What is put off or was left by a dead worker comes again.
        Tracking.objects.filter(unanswered).update(due_at=timezone.now())
        asked_in.append(tally.minute())
        if _stand() == expected:
            break
    assert _stand() == expected
    assert max(asked_in) <= SHARE
    assert tally.deaths
    assert Tracking.objects.filter(lapses__gt=0).exists()
    twice = Counter(Tracking.objects.values_list("events__code", "events__on", "events__time", "shipment_id"))
    assert max(twice.values()) == 1


def _stand() -> dict[str, ParcelState | Doubt]:
    rows = Tracking.objects.values_list("shipment__tracking_pin", "state", "doubt")
    return {pin: Doubt(doubt) if doubt else ParcelState(state) for pin, state, doubt in rows}


def _shipped(office: PostOffice) -> list[str]:
    """Make the parcels at the emulator some weeks ago; return their tracking numbers."""
    system, ago = CanadaPostShipping("default", {}), timezone.now() - timedelta(days=DAYS_AGO)
    delivery, numbers = make_delivery(office_id=office.office_id), []
    for number in range(1, PARCELS + 1):
        request = asked(office=replace(asked().office, office_id=office.office_id), request_id=f"{number:032x}")
        made = system.create(request)
        assert isinstance(made, Made)
        fields = {"tracking_pin": made.tracking_number, "made_at": ago, "due_at": None}
        make_shipment(delivery, parcel=number, state=ShipmentState.DONE, **fields)
        numbers.append(made.tracking_number)
    Shipment.objects.filter(delivery=delivery).update(created_at=ago)
    return numbers
