"""Following parcels at Canada Post's emulator, by either API, from the row that is due to the parcel's end."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import F
from django.utils import timezone

from deliver_to_po.canadapost.types import NearPostalCode, PostOffice
from deliver_to_po.core.carrier import canada_post
from deliver_to_po.core.choices import Doubt, ParcelState, Reason, Scan, ShipmentState
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.emulator.parcel_fates import FATES
from deliver_to_po.emulator.server import EmulatorServer
from deliver_to_po.models import Delivery, Shipment, Tracking
from deliver_to_po.outbox.claiming import claim_next
from deliver_to_po.shipping import Made, NotYet, ShippingSystem, Sighting, Tracked
from deliver_to_po.shipping.canadapost import CanadaPostShipping
from deliver_to_po.shipping.dummy import DummyShipping
from deliver_to_po.tracking import following, learning
from deliver_to_po.tracking.following import (
    FOLLOWING,
    back_off,
    begin_to_follow,
    end_what_is_silent,
    follow,
    followed,
    hear,
)
from tests.factories import make_delivery, make_shipment
from tests.rounds import do_job
from tests.shipping.requests import asked

P = ParcelState
# These answers keep no other parcel waiting.
ABOUT_THIS_PARCEL = (Reason.REFUSED, Reason.NOT_FOUND)
DAYS_AGO = 40
ENDS = {
    "collected": P.COLLECTED,
    "collected_late": P.COLLECTED,
    "uncollected": P.RETURNED,
    "back_in_words": P.RETURNED,
    "waiting": P.READY,
    "on_its_way": P.IN_TRANSIT,
    "never_mailed": P.ANNOUNCED,
    "delayed": P.IN_TRANSIT,
    "redirected": Doubt.REDIRECTED,
    "card_left": Doubt.CARD_LEFT,
    "in_a_locker": Doubt.DELIVERED_ELSEWHERE,
    "at_the_door": Doubt.DELIVERED_ELSEWHERE,
    "never_ready": Doubt.NEVER_READY,
    "disposed": Doubt.DISPOSED,
    "undeliverable": Doubt.UNDELIVERABLE,
    "unknown_event": P.IN_TRANSIT,
}


@pytest.fixture(autouse=True)
def _followed(change_settings: Any) -> Iterator[None]:
    change_settings(TRACKING=True)
    yield
    back_off.end()


@pytest.fixture
def parcel(db: None, emulator: EmulatorServer, office: PostOffice) -> Callable[..., Shipment]:
    """Return a function that makes a parcel at the emulator, and its shipment, some weeks ago."""

    def make(**fields: Any) -> Shipment:
        request = asked(office=replace(asked().office, office_id=office.office_id))
        made = CanadaPostShipping("default", {}).create(request)
        assert isinstance(made, Made)
        ago = timezone.now() - timedelta(days=DAYS_AGO)
        values = {"state": ShipmentState.DONE, "tracking_pin": made.tracking_number, "made_at": ago, **fields}
        shipment = make_shipment(make_delivery(office_id=office.office_id), **values)
        Shipment.objects.filter(pk=shipment.pk).update(created_at=ago)
        return shipment

    return make


def begun() -> datetime:
    """Return when the fates of parcels began, as a local time."""
    return (datetime.now(UTC) - timedelta(days=DAYS_AGO)).replace(tzinfo=None, microsecond=0)


def ask_for_all() -> None:
    begin_to_follow()
    # Nobody is asked at night, whenever this runs.
    Tracking.objects.filter(answered_at=None).update(due_at=timezone.now())
    do_job(FOLLOWING)


def test_every_fate_ends_where_it_should(api: str, parcel: Callable[..., Shipment], emulator: EmulatorServer) -> None:
    assert set(ENDS) == set(FATES)
    shipments = {fate: parcel() for fate in FATES}
    for fate, shipment in shipments.items():
        emulator.let_undergo(shipment.tracking_pin, fate, at=begun())
    ask_for_all()
    rows = {fate: Tracking.objects.get(shipment=shipment) for fate, shipment in shipments.items()}
    assert {fate: Doubt(row.doubt) if row.doubt else P(row.state) for fate, row in rows.items()} == ENDS
    assert {row.lease for row in rows.values()} == {None}
    events = {fate: row.events.count() for fate, row in rows.items()}
    Tracking.objects.update(due_at=timezone.now())
    ask_for_all()
    assert {fate: row.events.count() for fate, row in rows.items()} == events
    assert emulator.calls["tracking_details"] == 2 * len(FATES)


def test_another_post_office_is_told_apart_from_the_chosen_one(
    api: str, parcel: Callable[..., Shipment], emulator: EmulatorServer
) -> None:
    other = canada_post().find_offices(NearPostalCode("H2X1Y4"))[0]
    emulator.let_undergo(parcel().tracking_pin, "waiting", at=begun(), office_id=other.office_id)
    ask_for_all()
    tracking = Tracking.objects.get()
    assert tracking.state == P.ELSEWHERE
    assert tracking.office_id.lstrip("0") == other.office_id.lstrip("0")


def test_a_rejection_pauses_the_whole_batch(parcel: Callable[..., Shipment], emulator: EmulatorServer) -> None:
    for _ in range(3):
        parcel()
    emulator.faults.add("tracking_details", "429", seconds=30)
    ask_for_all()
    assert emulator.calls["tracking_details"] == 1
    assert 20 < back_off.seconds() <= 30
    back_off.end()
    assert sorted(Tracking.objects.values_list("tries", flat=True)) == [0, 0, 1]


def test_an_answer_that_cannot_be_read_costs_only_its_own_parcel(
    parcel: Callable[..., Shipment], emulator: EmulatorServer, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        emulator.move_parcel(parcel().tracking_pin, "in_transit", at=begun())
    emulator.faults.add("tracking_details", "garbage")
    learning._warned.clear()
    ask_for_all()
    assert sorted(Tracking.objects.values_list("state", flat=True)) == ["", "in_transit"]
    assert not back_off
    assert [message.partition(" is")[0] for message in caplog.messages] == ["Tracking: the form of an answer"]


@pytest.mark.parametrize(
    "answer",
    [*(NotYet(reason=reason) for reason in (Reason.UNAVAILABLE, *ABOUT_THIS_PARCEL)), NotYet(seconds=60)],
    ids=repr,
)
def test_a_parcel_that_never_gets_an_answer_keeps_no_other_waiting(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, answer: NotYet
) -> None:
    asked_for: list[str] = []

    def track(self: CanadaPostShipping, number: str) -> NotYet | Tracked:
        asked_for.append(number)
        return answer if number == "odd" else Tracked()

    monkeypatch.setattr(CanadaPostShipping, "track", track)
    for number, state in {"odd": P.READY, "1": P.IN_TRANSIT, "2": P.IN_TRANSIT}.items():
        shipment = make_shipment(state=ShipmentState.DONE, tracking_pin=number)
        Tracking.objects.create(shipment=shipment, state=state, due_at=timezone.now())
    for _minute in range(3):
        do_job(FOLLOWING)
        assert bool(back_off) is (asked_for[-1] == "odd" and answer.reason not in ABOUT_THIS_PARCEL)
        back_off.end()
        Tracking.objects.update(due_at=F("due_at") - timedelta(minutes=1))
    assert (sorted(set(asked_for)), caplog.messages) == (["1", "2", "odd"], [])


def test_a_pause_without_end_is_one_of_an_hour() -> None:
    back_off.begin(float("inf"))
    assert 3500 < back_off.seconds() <= 3600


def test_the_most_urgent_are_asked_for_first(db: None) -> None:
    order = [P.READY, P.ELSEWHERE, P.IN_TRANSIT, P.RETURNING, P.ANNOUNCED, P.NOT_SEEN, P.COLLECTED]
    for number, state in enumerate(reversed(order)):
        shipment = make_shipment(state=ShipmentState.DONE, tracking_pin=f"{number}")
        due = timezone.now() - timedelta(hours=10 - number)
        Tracking.objects.create(shipment=shipment, state=state, due_at=due)
    claimed = [claim_next(FOLLOWING) for _ in order]
    assert [row.state for row in claimed if row] == order


def test_only_what_can_be_in_the_post_is_followed(db: None, change_settings: Any) -> None:
    now = timezone.now()
    stands: dict[str, Any] = {"tracking_pin": "1", "made_at": now}
    followed = make_shipment(state=ShipmentState.LABELLED, **stands)
    make_shipment(state=ShipmentState.DONE, **{**stands, "tracking_pin": ""})
    make_shipment(state=ShipmentState.DONE, **{**stands, "made_at": now - timedelta(days=61)})
    make_shipment(state=ShipmentState.ATTENTION, **stands)
    real = make_shipment(make_delivery(live=True), state=ShipmentState.DONE, **stands)
    erased = make_shipment(state=ShipmentState.DONE, **stands)
    Delivery.objects.filter(pk=erased.delivery_id).update(erased_at=now)
    change_settings(TRACKING=False)
    assert begin_to_follow() == 0
    change_settings(TRACKING=True)
    assert begin_to_follow() == 1
    assert begin_to_follow() == 0
    assert [row.shipment for row in Tracking.objects.all()] == [followed]
    change_settings(CANADA_POST={"LIVE": True})
    begin_to_follow()
    assert [row.shipment for row in Tracking.objects.order_by("pk")] == [followed, real]


def test_a_parcel_that_another_process_follows_at_the_same_moment_is_followed_once(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipment = make_shipment(state=ShipmentState.DONE, tracking_pin="1", made_at=timezone.now())

    def beside_another(moment: datetime) -> datetime:
        Tracking.objects.create(shipment=shipment)
        return moment

    monkeypatch.setattr(following, "by_day", beside_another)
    begin_to_follow()
    assert Tracking.objects.get().shipment == shipment


def test_what_is_made_at_night_is_first_asked_for_in_the_morning(
    db: None, change_settings: Any, time_machine: Any
) -> None:
    change_settings(TIME_ZONE="America/Toronto")
    time_machine.move_to(datetime(2026, 11, 27, 7, tzinfo=UTC), tick=False)
    make_shipment(state=ShipmentState.DONE, tracking_pin="1", made_at=timezone.now())
    begin_to_follow()
    due_at = Tracking.objects.get().due_at
    assert due_at is not None
    assert timedelta(hours=4) <= due_at - timezone.now() <= timedelta(hours=6)


def test_what_a_system_tells_by_itself_moves_that_parcel_alone_whoever_asks_for_it_just_now(db: None) -> None:
    one, other = (make_shipment(state=ShipmentState.DONE, tracking_pin=pin) for pin in "12")
    assert all(hear(shipment.pk, Tracked()) for shipment in (one, other))
    Tracking.objects.update(lease=(lease := uuid4()))
    assert hear(one.pk, Tracked((Sighting(Scan.IN_TRANSIT, shop_day()),)))
    rows = {row.shipment: (row.state, row.lease) for row in Tracking.objects.all()}
    assert rows == {one: (P.IN_TRANSIT, None), other: (P.NOT_SEEN, lease)}


def test_what_is_voided_is_asked_for_no_more(db: None) -> None:
    known: dict[str, Any] = {"state": ShipmentState.DONE, "made_at": timezone.now()}
    shipment, beside = (make_shipment(tracking_pin=pin, **known) for pin in ("1", "2"))
    begin_to_follow()
    Shipment.objects.filter(pk=shipment.pk).update(state=ShipmentState.VOIDED, open_parcel=None)
    assert [row.shipment for row in followed()] == [beside]


def test_a_parcel_without_news_ends_though_nobody_can_be_asked(db: None, change_settings: Any) -> None:
    news = {"old": 61, "fresh": 59}
    for name, days in news.items():
        shipment = make_shipment(state=ShipmentState.DONE, tracking_pin=name)
        Tracking.objects.create(shipment=shipment, due_at=timezone.now(), news_at=timezone.now() - timedelta(days=days))
    change_settings(TRACKING=False)
    assert end_what_is_silent() == 0
    change_settings(TRACKING=True)
    assert end_what_is_silent() == 1
    assert end_what_is_silent() == 0
    old, fresh = (Tracking.objects.get(shipment__tracking_pin=name) for name in news)
    assert (old.due_at, old.ended_at is not None) == (None, True)
    assert (fresh.due_at is not None, fresh.ended_at) == (True, None)


@pytest.mark.parametrize("can_track", [True, False])
def test_a_shipping_system_of_ones_own_is_asked_where_it_can_tell_and_otherwise_canada_post(
    db: None, monkeypatch: pytest.MonkeyPatch, change_settings: Any, can_track: bool
) -> None:
    change_settings(SHIPPING_SYSTEMS={"default": {"BACKEND": "deliver_to_po.shipping.dummy.DummyShipping"}})
    asked: list[tuple[type, str]] = []

    def track(self: ShippingSystem, number: str) -> NotYet:
        asked.append((type(self), number))
        return NotYet()

    monkeypatch.setattr(DummyShipping, "can_track", can_track)
    for system in (DummyShipping, CanadaPostShipping):
        monkeypatch.setattr(system, "track", track)
    make_shipment(state=ShipmentState.DONE, tracking_pin="5", made_at=timezone.now())
    ask_for_all()
    assert asked == [(DummyShipping if can_track else CanadaPostShipping, "5")]


def test_a_question_that_nobody_can_answer_leaves_the_parcel_as_it_is(db: None) -> None:
    shipment = make_shipment(state=ShipmentState.DONE, tracking_pin="1", system="gone")
    tracking = Tracking.objects.create(shipment=shipment, due_at=timezone.now())
    claimed = claim_next(FOLLOWING)
    assert claimed is not None
    # Whoever has lost the lease writes nothing.
    follow(Tracking(pk=claimed.pk, shipment=shipment, lease=uuid4()))
    tracking.refresh_from_db()
    assert (tracking.lease, tracking.tries) == (claimed.lease, 0)
    follow(claimed)
    tracking.refresh_from_db()
    assert (tracking.state, tracking.lease, tracking.tries) == (P.NOT_SEEN, None, 1)
    assert tracking.due_at is not None
    assert tracking.due_at > timezone.now()
