"""What a parcel's row comes to as more and more is told: no way back, and an end is doubted but never replaced."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from deliver_to_po import signals
from deliver_to_po.core.choices import Doubt, ParcelState, Scan, ShipmentState
from deliver_to_po.core.choices.tracking import PARCEL_ENDS
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.models import Delivery, History, Tracking, TrackingEvent
from deliver_to_po.models.tracking import PARCEL_MOVES
from deliver_to_po.shipping import Sighting, Tracked
from deliver_to_po.tracking import learning
from deliver_to_po.tracking.learning import (
    end_as_told,
    is_a_persons_word,
    learn,
    let_go_on,
    may_go_on,
    revised,
    undo_end,
)
from deliver_to_po.tracking.place import Place, place_of
from tests.factories import make_delivery, make_shipment
from tests.tracking.test_place import CHOSEN, OTHER, SIGHTINGS

pytestmark = pytest.mark.django_db
P, S = ParcelState, Scan


@given(SIGHTINGS, st.integers(1, 5), st.data())
def test_told_bit_by_bit_a_parcel_comes_to_be_where_all_of_it_says(
    sightings: list[Sighting], bits: int, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(sightings))
    state, doubt, known, was_over = P.NOT_SEEN, Doubt.NONE, set[Sighting](), set[ParcelState]()
    for bit in range(bits):
        known |= set(shuffled[bit::bits])
        found, doubt = revised(state, doubt, place_of(known, sent_to=CHOSEN))
        assert found == state or state in PARCEL_MOVES[found]
        assert state not in PARCEL_ENDS or found in (state, P.PERSON)
        state = found
        was_over |= {state} & set(PARCEL_ENDS)
    if was_over - {state}:
        assert state == P.PERSON
    else:
        assert state == place_of(sightings, sent_to=CHOSEN).state


def followed(**fields: Any) -> Tracking:
    """Return the row of a parcel that a worker has under lease."""
    made_at = timezone.now() - timedelta(days=30)
    delivery = make_delivery(office_id=CHOSEN)
    shipment = make_shipment(delivery, state=ShipmentState.DONE, tracking_pin="7023210039414604", made_at=made_at)
    type(shipment).objects.filter(pk=shipment.pk).update(created_at=made_at - timedelta(days=2))
    shipment.refresh_from_db()
    tracking = Tracking.objects.create(shipment=shipment, lease=uuid4(), **fields)
    Tracking.objects.filter(pk=tracking.pk).update(created_at=made_at)
    tracking.refresh_from_db()
    return tracking


def told(tracking: Tracking, *scans: Scan | tuple[Scan, str], days_ago: int = 10, comes_back: bool = False) -> None:
    """Let a worker be told of these events, one a day."""
    sightings = []
    for number, each in enumerate(scans):
        scan, office = each if isinstance(each, tuple) else (each, "")
        day = shop_day() - timedelta(days=days_ago - number)
        sightings.append(Sighting(scan, day, "10:00:00", 100 + number, office, "OFFICE", "said"))
    tracking.lease = uuid4()
    Tracking.objects.filter(pk=tracking.pk).update(lease=tracking.lease)
    assert learn(tracking, Tracked(tuple(sightings), comes_back=comes_back))


@pytest.fixture
def moved() -> Any:
    """Return what the shop was told of, as a list that grows."""
    heard: list[tuple[str, str]] = []

    def hear(sender: type, state: str, tracking_number: str, **more: Any) -> None:
        heard.append((state, tracking_number))

    signals.parcel_moved.connect(hear, weak=False)
    yield heard
    signals.parcel_moved.disconnect(hear)


READY = (S.ANNOUNCED, S.IN_TRANSIT, (S.READY, OTHER))


def test_each_event_is_kept_once_and_the_row_says_where_the_parcel_is(
    moved: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    tracking = followed()
    with django_capture_on_commit_callbacks(execute=True):
        told(tracking, *READY)
        told(tracking, *READY)
    assert TrackingEvent.objects.filter(tracking=tracking).count() == 3
    assert (tracking.state, tracking.office_id, tracking.office_name) == (P.ELSEWHERE, OTHER, "OFFICE")
    assert tracking.ready_on == shop_day() - timedelta(days=8)
    assert moved == [("elsewhere", "7023210039414604")]
    assert tracking.lease is None
    assert tracking.due_at is not None


def test_an_event_that_is_told_twice_at_the_same_moment_is_kept_once(monkeypatch: pytest.MonkeyPatch) -> None:
    row_of = learning._row

    def beside_another(tracking: Tracking, sighting: Sighting) -> TrackingEvent:
        row_of(tracking, sighting).save()
        return row_of(tracking, sighting)

    monkeypatch.setattr(learning, "_row", beside_another)
    tracking = followed()
    told(tracking, S.IN_TRANSIT)
    assert (tracking.state, tracking.events.count()) == (P.IN_TRANSIT, 1)


def test_after_its_end_a_parcel_is_asked_for_once_more_and_then_never() -> None:
    tracking = followed()
    told(tracking, *READY, S.DELIVERED)
    assert tracking.state == P.COLLECTED
    assert tracking.ended_at is not None
    assert tracking.due_at is not None
    ended_at = tracking.ended_at
    told(tracking, *READY, S.DELIVERED)
    assert tracking.due_at is None
    assert tracking.ended_at == ended_at


def test_an_end_that_is_contradicted_later_is_a_persons_and_begins_anew() -> None:
    tracking = followed()
    told(tracking, *READY, S.DELIVERED)
    told(tracking, *READY, S.RETURNING)
    assert (tracking.state, tracking.doubt, tracking.ended_at) == (P.PERSON, Doubt.CONTRADICTED, None)
    told(tracking, S.ANNOUNCED)
    assert tracking.state == P.PERSON


def test_neither_the_events_of_an_earlier_parcel_nor_those_of_a_wrong_clock_count() -> None:
    tracking = followed()
    told(tracking, *READY, S.DELIVERED, days_ago=900)
    first, last = (shop_day() - shop_day(tracking.shipment.created_at)).days + 1, -1
    for days_ago in (first + 1, last - 1):
        told(tracking, S.ANNOUNCED, days_ago=days_ago)
    assert (tracking.state, tracking.events.count()) == (P.NOT_SEEN, 0)
    for days_ago in (first, last):
        told(tracking, S.ANNOUNCED, days_ago=days_ago)
    assert (tracking.state, tracking.events.count()) == (P.ANNOUNCED, 2)


def test_of_one_moment_an_event_with_a_number_and_one_without_are_both_kept() -> None:
    tracking = followed()
    both = Tracked(tuple(Sighting(S.READY, shop_day(), "10:00:00", code) for code in (None, 1701)))
    assert learn(tracking, both)
    assert (tracking.state, tracking.events.count()) == (P.READY, 2)
    news_at = tracking.news_at
    assert learn(tracking, both)
    assert tracking.news_at == news_at


def test_the_day_that_was_told_last_is_the_one_expected() -> None:
    tracking, day = followed(), shop_day()
    for told_day, expected in ((day, day), (None, day), (day + timedelta(days=1), day + timedelta(days=1))):
        assert learn(tracking, Tracked(expected_on=told_day))
        assert tracking.expected_on == expected


def test_a_return_label_is_remembered_and_contradicts_that_the_parcel_was_picked_up() -> None:
    tracking = followed()
    for comes_back in (True, False):
        told(tracking, *READY, comes_back=comes_back)
        assert (tracking.state, tracking.comes_back) == (P.RETURNING, True)
    settled = followed()
    told(settled, *READY)
    assert end_as_told(settled, P.COLLECTED, user=None, note="")
    told(settled, *READY, comes_back=True)
    assert (settled.state, settled.doubt) == (P.PERSON, Doubt.CONTRADICTED)


def test_more_events_than_a_parcel_goes_through_are_a_persons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "MOST_EVENTS", 3)
    within, alarmed, tracking = followed(), followed(), followed()
    told(within, *READY)
    told(alarmed, S.ANNOUNCED, S.DISPOSED, *READY)
    assert [(one.state, one.doubt) for one in (within, alarmed)] == [(P.ELSEWHERE, ""), (P.PERSON, Doubt.DISPOSED)]
    monkeypatch.setattr(learning, "MOST_EVENTS", 2)
    told(tracking, *READY)
    assert (tracking.state, tracking.doubt, tracking.events.count()) == (P.PERSON, Doubt.TOO_MANY, 2)
    told(tracking, *READY)
    assert tracking.events.count() == 2


def test_an_unknown_event_changes_nothing_and_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    learning._warned.clear()
    first, second = followed(), followed()
    for tracking in (first, second):
        told(tracking, S.ANNOUNCED, S.UNKNOWN)
        assert tracking.state == P.ANNOUNCED
    assert [message.partition(" is")[0] for message in caplog.messages] == ["Tracking: an event 101"]


def test_what_was_so_before_a_parcel_was_followed_is_old_news(
    moved: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    tracking = followed()
    Tracking.objects.filter(pk=tracking.pk).update(created_at=timezone.now())
    tracking.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        told(tracking, *READY)
        assert tracking.old_news
        told(tracking, *READY)
        assert tracking.old_news
    assert moved == []
    with django_capture_on_commit_callbacks(execute=True):
        told(tracking, *READY, S.RETURNING)
    assert not tracking.old_news
    assert [state for state, _number in moved] == ["returning"]


def test_a_parcel_without_news_for_60_days_ends_where_it_is() -> None:
    news_at, began = timezone.now() - timedelta(days=61), timezone.now()
    tracking = followed(news_at=news_at, tries=3)
    told(tracking)
    assert (tracking.news_at, tracking.tries) == (news_at, 0)
    assert tracking.answered_at is not None
    assert tracking.answered_at >= began
    assert (tracking.state, tracking.due_at) == (P.NOT_SEEN, None)
    assert tracking.ended_at is not None


def test_another_workers_row_is_left_alone() -> None:
    tracking = followed()
    Tracking.objects.filter(pk=tracking.pk).update(lease=uuid4())
    assert not learn(tracking, Tracked((Sighting(S.READY, shop_day()),)))
    tracking.refresh_from_db()
    assert (tracking.state, tracking.events.count()) == (P.NOT_SEEN, 0)


def test_a_person_lets_a_redirected_parcel_go_on_and_a_later_alarm_counts_again() -> None:
    tracking, beside = followed(), followed()
    for one in (tracking, beside):
        told(one, *READY, S.REDIRECTED)
        assert (one.state, one.doubt) == (P.PERSON, Doubt.REDIRECTED)
    assert let_go_on(tracking, user=None, note="by phone")
    assert not beside.events.filter(accepted=True).exists()
    assert (tracking.state, tracking.doubt) == (P.ELSEWHERE, Doubt.NONE)
    assert History.objects.get(shipment=tracking.shipment).note == "by phone"
    told(tracking, *READY, S.REDIRECTED)
    assert tracking.state == P.ELSEWHERE
    told(tracking, *READY, S.REDIRECTED, S.DISPOSED)
    assert (tracking.state, tracking.doubt) == (P.PERSON, Doubt.DISPOSED)


@pytest.mark.parametrize("end", PARCEL_ENDS)
def test_a_person_says_how_a_parcel_ended_and_nobody_asks_for_it_further(end: ParcelState, admin_user: Any) -> None:
    tracking, beside = followed(), followed()
    told(tracking, S.IN_TRANSIT, S.DELIVERED)
    assert end_as_told(tracking, end, user=admin_user, note="by phone")
    beside.refresh_from_db()
    assert History.objects.values_list("note", "user").get(shipment=tracking.shipment) == ("by phone", admin_user.pk)
    assert (beside.state, beside.ended_at) == (P.NOT_SEEN, None)
    assert (tracking.state, tracking.doubt, tracking.due_at) == (end, Doubt.NONE, None)
    assert tracking.ended_at is not None
    assert not end_as_told(tracking, next(other for other in PARCEL_ENDS if other != end), user=None, note="")


@pytest.mark.parametrize("end", PARCEL_ENDS)
def test_what_a_person_settled_is_doubted_by_news_but_not_by_what_was_known_then(end: ParcelState) -> None:
    tracking = followed()
    told(tracking, *READY, S.RETURNING)
    assert end_as_told(tracking, end, user=None, note="")
    told(tracking, *READY, S.RETURNING)
    assert (tracking.state, tracking.on, tracking.due_at) == (end, shop_day(), None)
    told(tracking, *READY, S.RETURNING, S.REDIRECTED)
    assert (tracking.state, tracking.doubt) == (P.PERSON, Doubt.CONTRADICTED)


def test_dates_stay_as_they_were_told() -> None:
    tracking = followed()
    told(tracking, (S.READY, CHOSEN), days_ago=3)
    assert isinstance(tracking.on, date)
    assert not isinstance(tracking.on, datetime)
    assert (tracking.on, tracking.time) == (shop_day() - timedelta(days=3), "10:00:00")
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    ("before", "end", "late", "stays"),
    [
        ((S.RETURNING,), P.RETURNED, (S.RETURNING,), True),
        ((S.DELIVERED,), P.COLLECTED, (S.NO_CHANGE, S.UNKNOWN), True),
        ((S.DELIVERED,), P.COLLECTED, (S.RETURNING,), False),
        ((S.READY,), P.COLLECTED, (S.CARD_LEFT,), False),
    ],
)
def test_what_a_person_said_is_doubted_only_by_events_that_say_something_else_than_those_before(
    before: tuple[Scan, ...], end: ParcelState, late: tuple[Scan, ...], stays: bool, admin_user: Any
) -> None:
    tracking = followed()
    told(tracking, S.IN_TRANSIT, *before)
    assert end_as_told(tracking, end, user=admin_user, note="")
    told(tracking, S.IN_TRANSIT, *before, *late)
    assert (tracking.state, tracking.doubt) == ((end, "") if stays else (P.PERSON, Doubt.CONTRADICTED))
    assert (tracking.on == shop_day()) == stays


@pytest.mark.parametrize(("scan", "stands"), [(S.IN_TRANSIT, P.IN_TRANSIT), (S.READY, P.READY)])
def test_what_is_told_of_a_parcel_that_was_said_to_be_lost_lets_a_person_follow_it_further(
    scan: Scan, stands: ParcelState
) -> None:
    tracking = followed()
    assert end_as_told(tracking, P.LOST, user=None, note="")
    told(tracking, scan)
    assert (tracking.doubt, may_go_on(tracking)) == ("contradicted", True)
    assert let_go_on(tracking, user=None, note="")
    assert (tracking.state, tracking.ended_at) == (stands, None)


@pytest.mark.parametrize("late", [(S.RETURNING,), (S.DELIVERED, S.RETURNING)], ids=["back", "picked up, and back"])
def test_nobody_follows_a_parcel_further_that_came_to_an_end_whichever_it_was(late: tuple[Scan, ...]) -> None:
    tracking = followed()
    told(tracking, *READY, S.DELIVERED)
    told(tracking, *READY, *late)
    assert (tracking.doubt, may_go_on(tracking)) == ("contradicted", False)


def test_a_persons_mistake_about_an_end_is_undone_and_canada_posts_own_end_is_not(admin_user: Any) -> None:
    tracking, beside = followed(), followed()
    told(tracking, *READY, S.RETURNING)
    told(beside, *READY, S.DELIVERED)
    stood = [getattr(tracking, name) for name in Place._fields]
    assert not is_a_persons_word(tracking)
    assert end_as_told(tracking, P.RETURNED, user=admin_user, note="it is here")
    assert [is_a_persons_word(one) for one in (tracking, beside)] == [True, False]
    assert undo_end(tracking, user=admin_user, note="another parcel")
    assert [getattr(tracking, name) for name in Place._fields] == stood
    # It counts as under way again: asked for now, and not over.
    assert (tracking.ended_at, tracking.due_at is None) == (None, False)
    said = History.objects.filter(shipment=tracking.shipment).order_by("pk").values_list("change", "note", "user")
    assert list(said)[-1] == ("unsettle_parcel", "another parcel", admin_user.pk)
    assert not undo_end(tracking, user=admin_user, note="twice")
