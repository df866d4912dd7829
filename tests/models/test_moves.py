"""The allowed moves: where a row must be, whose lease it must be under, and what its delivery must be."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from deliver_to_po import signals
from deliver_to_po.core.choices import Change, DeliveryState, Reason, ShipmentState
from deliver_to_po.core.choices.states import CLOSED
from deliver_to_po.models import Delivery, History, Manifest, Shipment
from deliver_to_po.models.moves import DELIVERY_MOVES, SHIPMENT_MOVES, move_delivery, move_shipment, needing_a_person
from deliver_to_po.models.placing import add_unchosen, draft_from
from tests.factories import RECIPIENT, make_delivery, make_draft, make_order, make_pause, make_shipment
from tests.models.ready import brought, ready_for, shipment_in
from tests.models.tables import (
    ALSO_ONCE_ERASED,
    BY_WORKER,
    DELIVERIES,
    NOT_BY_WORKER,
    NOT_ONCE_ERASED,
    ONLY_AFTER_TRANSMISSION,
    ONLY_BEFORE_TRANSMISSION,
    ONLY_WHEN_IDLE,
    ONLY_WHILE_RELEASED,
    SHIPMENTS,
    TIMES_OF_DELIVERIES,
    TIMES_OF_SHIPMENTS,
    WRITTEN_OF_SHIPMENTS,
    sources_of,
)
from tests.rounds import now

pytestmark = pytest.mark.django_db

YESTERDAY = timezone.now() - timedelta(days=1)


@pytest.mark.parametrize("change", DELIVERY_MOVES)
def test_a_delivery_moves_as_the_table_says_and_no_other_way(change: Change) -> None:
    became = {}
    for state in DeliveryState.values:
        delivery = make_delivery(state=state)
        moved = move_delivery(delivery, change, note="because", **brought(change))
        delivery.refresh_from_db()
        lines = list(delivery.history.values_list("change", "note"))
        assert lines == ([(change, "because")] if moved else [])
        if moved or delivery.state != state:
            became[state] = delivery.state
    assert became == {row.source: row.target for row in DELIVERIES if row.move == change}


@pytest.mark.parametrize("name", SHIPMENT_MOVES)
def test_a_shipment_moves_as_the_table_says_and_no_other_way(name: str) -> None:
    became = {}
    for state in ShipmentState.values:
        shipment = ready_for(name, state)
        moved = move_shipment(shipment, name, lease=shipment.lease, **brought(name))
        shipment.refresh_from_db()
        if moved or shipment.state != state:
            became[state] = shipment.state
    assert became == {row.source: row.target for row in SHIPMENTS if row.move == name}


def test_the_tables_name_every_move_and_no_other() -> None:
    assert {row.move for row in DELIVERIES} == set(DELIVERY_MOVES)
    assert {row.move for row in SHIPMENTS} == set(SHIPMENT_MOVES) == {*BY_WORKER, *NOT_BY_WORKER}


@pytest.mark.parametrize("lease", [None, uuid.uuid4()])
def test_only_the_holder_of_the_lease_makes_a_workers_move(lease: uuid.UUID | None) -> None:
    rows = {name: ready_for(name, SHIPMENT_MOVES[name].sources[0]) for name in BY_WORKER}
    moved = [name for name, row in rows.items() if move_shipment(row, name, lease=lease, **brought(name))]
    assert moved == []


def test_nobody_makes_a_workers_move_of_a_row_that_nobody_has() -> None:
    shipment = shipment_in(ShipmentState.WAITING, lease=None)
    assert not move_shipment(shipment, "request", lease=None)


STAYS = ("transmit", "label_destroyed", "ship_again")


def test_a_persons_move_takes_the_row_from_whoever_has_it() -> None:
    left = {}
    for name in sorted(set(NOT_BY_WORKER) - set(STAYS)):
        shipment = ready_for(name, SHIPMENT_MOVES[name].sources[0])
        assert move_shipment(shipment, name, **brought(name))
        left[name] = (shipment.lease, shipment.due_at)
    assert {name: row for name, row in left.items() if row != (None, None)} == {}


@pytest.mark.parametrize("name", STAYS)
def test_a_move_that_stays_leaves_the_next_step_to_whoever_is_at_it(name: str) -> None:
    """A parcel may be transmitted while its label is being fetched again."""
    shipment = ready_for(name, SHIPMENT_MOVES[name].sources[0])
    lease, due_at = uuid.uuid4(), timezone.now() + timedelta(seconds=9)
    Shipment.objects.filter(pk=shipment.pk).update(lease=lease, due_at=due_at)
    assert move_shipment(shipment, name, **brought(name))
    assert (shipment.lease, shipment.due_at) == (lease, due_at)


@pytest.mark.parametrize("name", ONLY_WHILE_RELEASED)
@pytest.mark.parametrize(
    "delivery",
    [*({"state": state} for state in ("placed", "held", "needs_choice", "cancelled")), {"stop_asked_at": YESTERDAY}],
)
def test_nothing_is_sent_while_the_delivery_is_not_released_or_to_be_stopped(name: str, delivery: Any) -> None:
    shipment = shipment_in(ShipmentState.WAITING, delivery=delivery)
    assert not move_shipment(shipment, name, lease=shipment.lease)


def test_nothing_is_sent_during_a_pause_and_no_other_move_waits_for_its_end() -> None:
    make_pause()
    rows = {name: ready_for(name, sources_of(name)[0]) for name in SHIPMENT_MOVES}
    moved = {name for name, row in rows.items() if move_shipment(row, name, lease=row.lease, **brought(name))}
    assert set(SHIPMENT_MOVES) - moved == set(ONLY_WHILE_RELEASED)


def test_of_an_erased_delivery_nothing_is_released_resumed_or_chosen_again() -> None:
    erased = {"erased_at": YESTERDAY, "recipient_name": ""}
    moved = {
        change: {
            move_delivery(make_delivery(state=source, **erased), change, **brought(change))
            for source in sources_of(change)
        }
        for change in DELIVERY_MOVES
    }
    assert moved == {change: {change in ALSO_ONCE_ERASED} for change in DELIVERY_MOVES}


def test_of_an_erased_delivery_nothing_is_sent() -> None:
    moved: dict[str, set[bool]] = {name: set() for name in SHIPMENT_MOVES}
    for name in SHIPMENT_MOVES:
        for source in sources_of(name):
            shipment = ready_for(name, source)
            Delivery.objects.filter(pk=shipment.delivery_id).update(erased_at=YESTERDAY)
            moved[name].add(move_shipment(shipment, name, lease=shipment.lease, **brought(name)))
    assert moved == {name: {name not in NOT_ONCE_ERASED} for name in SHIPMENT_MOVES}


def test_some_moves_wait_until_no_worker_has_the_row() -> None:
    now, minute = timezone.now(), timedelta(minutes=1)
    hands = ((uuid.uuid4(), now + minute), (uuid.uuid4(), now - minute), (None, now + minute), (None, None))
    moved: dict[str, list[bool]] = {name: [] for name in NOT_BY_WORKER}
    for name in NOT_BY_WORKER:
        for lease, due_at in hands:
            shipment = ready_for(name, sources_of(name)[0])
            Shipment.objects.filter(pk=shipment.pk).update(lease=lease, due_at=due_at)
            moved[name].append(move_shipment(shipment, name, **brought(name)))
    assert moved == {name: [name not in ONLY_WHEN_IDLE, True, True, True] for name in NOT_BY_WORKER}


def test_what_was_sent_before_is_looked_up_whatever_became_of_the_delivery() -> None:
    shipment = shipment_in(ShipmentState.UNKNOWN, delivery={"state": "held"})
    assert move_shipment(shipment, "made", lease=shipment.lease, shipment_id="1")


@pytest.mark.parametrize("transmitted", [True, False])
def test_what_is_transmitted_is_refunded_what_is_not_is_voided_and_no_other_move_asks(transmitted: bool) -> None:
    when = timezone.now() if transmitted else None
    # What is being refunded is transmitted.
    rows = [row for row in SHIPMENTS if transmitted or row.source != ShipmentState.REFUNDING]
    refused = set()
    for row in rows:
        shipment = shipment_in(row.source, transmitted_at=when)
        if not move_shipment(shipment, row.move, lease=shipment.lease, **brought(row.move)):
            refused.add(row.move)
    assert refused == set(ONLY_BEFORE_TRANSMISSION if transmitted else ONLY_AFTER_TRANSMISSION)


def times_of(row: Delivery | Shipment) -> dict[str, Any]:
    """Return every time of a row that a move may set."""
    set_otherwise = ("created_at", "expires_at", "due_at")
    names = [field.name for field in row._meta.fields if field.name.endswith("_at")]
    return {name: getattr(row, name) for name in names if name not in set_otherwise}


def test_a_move_of_a_delivery_sets_its_times() -> None:
    changed = {}
    for row in DELIVERIES:
        asked = {"release_asked_at": YESTERDAY, "released_at": YESTERDAY} if row.source == "released" else {}
        delivery = make_delivery(
            state=row.source, **{"placed_at": None, "release_asked_at": None, "released_at": None, **asked}
        )
        before, began = times_of(delivery), timezone.now()
        assert move_delivery(delivery, Change(row.move), **brought(row.move))
        changed[row] = _set_since(began, before, times_of(delivery))
    assert changed == {row: TIMES_OF_DELIVERIES.get(Change(row.move), set()) for row in DELIVERIES}


def test_a_move_of_a_shipment_sets_its_times() -> None:
    changed = {}
    for row in SHIPMENTS:
        asked = row.source == "refunding" or row.move in ONLY_AFTER_TRANSMISSION
        shipment = shipment_in(row.source, labelled_at=None, transmitted_at=YESTERDAY if asked else None)
        before, began = times_of(shipment), timezone.now()
        assert move_shipment(shipment, row.move, lease=shipment.lease, **brought(row.move))
        changed[row] = _set_since(began, before, times_of(shipment))
    assert changed == {row: TIMES_OF_SHIPMENTS.get(row.move, set()) for row in SHIPMENTS}


def _set_since(began: datetime, before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    changed = {name for name in after if after[name] != before[name]}
    assert all(after[name] >= began for name in changed)
    return changed


@pytest.mark.parametrize(("name", "times"), TIMES_OF_SHIPMENTS.items())
def test_the_first_time_of_a_shipment_is_kept(name: str, times: set[str]) -> None:
    source = sources_of(name)[0]
    shipment = shipment_in(source, **dict.fromkeys(times, YESTERDAY))
    assert move_shipment(shipment, name, lease=shipment.lease, **brought(name))
    assert {getattr(shipment, name) for name in times} == {YESTERDAY}


# What is erased is erased once.
@pytest.mark.parametrize(("change", "times"), [row for row in TIMES_OF_DELIVERIES.items() if row[0] != Change.ERASE])
def test_the_first_time_of_a_delivery_is_kept(change: Change, times: set[str]) -> None:
    source = sources_of(change)[0]
    delivery = make_delivery(state=source, **dict.fromkeys(times, YESTERDAY))
    assert move_delivery(delivery, change, **brought(change))
    assert {getattr(delivery, name) for name in times} == {YESTERDAY}


def test_what_a_person_or_a_delivery_does_to_a_shipment_is_in_the_history(admin_user: User) -> None:
    person = {"user": admin_user, "note": "by phone", "reason": Reason.ON_HOLD}
    lines: dict[str, list[Any]] = {}
    for name in SHIPMENT_MOVES:
        shipment = ready_for(name, sources_of(name)[0])
        assert move_shipment(shipment, name, lease=shipment.lease, **{**person, **brought(name)})
        written: Any = shipment.delivery.history.values_list("shipment", "change", "user", "note", "reason")
        lines[name] = [line for of, *line in written if of == shipment.pk] or list(written)
    told = [admin_user.pk, "by phone", Reason.ON_HOLD]
    expected = {name: [[change, *told]] for name, change in WRITTEN_OF_SHIPMENTS.items()}
    assert lines == {name: expected.get(name, []) for name in SHIPMENT_MOVES}


def test_who_moved_a_delivery_and_why_is_in_the_history(admin_user: User) -> None:
    delivery = make_delivery()
    assert move_delivery(delivery, Change.HOLD, user=admin_user, note="by phone", reason=Reason.ON_HOLD)
    line = delivery.history.get()
    assert (line.user, line.note, line.reason, line.shipment) == (admin_user, "by phone", Reason.ON_HOLD, None)


def test_a_move_that_has_no_reason_writes_none_into_the_history() -> None:
    delivery = make_delivery(reason=Reason.OFFICE_NOT_CHECKED)
    waiting = make_shipment(delivery)
    assert move_shipment(waiting, "drop")
    assert move_delivery(delivery, Change.HOLD)
    assert [line.reason for line in delivery.history.all()] == [Reason.NONE, Reason.NONE]


def test_a_delivery_moves_only_if_what_else_is_asked_of_it_holds() -> None:
    delivery = make_delivery()
    assert not move_delivery(delivery, Change.HOLD, only_if=Q(live=True))
    assert move_delivery(delivery, Change.HOLD, only_if=Q(live=False))


def test_a_shipment_moves_only_if_what_else_is_asked_of_it_holds() -> None:
    shipment = shipment_in(ShipmentState.WAITING)
    assert not move_shipment(shipment, "drop", only_if=Q(parcel=2))
    assert move_shipment(shipment, "drop", only_if=Q(parcel=1))


def test_what_a_manifest_has_claimed_is_not_voided_and_no_other_move_asks() -> None:
    refused = []
    for name in SHIPMENT_MOVES:
        shipment = ready_for(name, sources_of(name)[0])
        Shipment.objects.filter(pk=shipment.pk).update(manifest=Manifest.objects.create())
        if not move_shipment(shipment, name, lease=shipment.lease, **brought(name)):
            refused.append(name)
    assert refused == ["void"]


def test_the_lease_ends_with_every_move_but_the_request() -> None:
    shipment = shipment_in(ShipmentState.WAITING)
    lease = shipment.lease
    move_shipment(shipment, "request", lease=lease)
    assert shipment.lease == lease
    move_shipment(shipment, "lose_sight", lease=lease)
    assert shipment.lease is None


@pytest.mark.parametrize("state", CLOSED)
def test_the_next_revision_may_follow_a_closed_shipment(state: str) -> None:
    delivery = make_delivery()
    first = make_shipment(delivery, state=state)
    again = make_shipment(delivery, revision=2)
    assert again.request_id != first.request_id


def test_after_a_refund_the_next_revision_waits_for_a_persons_word_that_the_label_is_destroyed() -> None:
    delivery = make_delivery()
    refunded = make_shipment(delivery, state=ShipmentState.REFUND_ASKED)
    assert _refused(lambda: make_shipment(delivery, revision=2))
    assert move_shipment(refunded, "label_destroyed", note="torn up")
    make_shipment(delivery, revision=2)
    [line] = History.objects.filter(delivery=delivery)
    assert (line.change, line.shipment, line.note) == (Change.LABEL_DESTROYED, refunded, "torn up")


@pytest.mark.parametrize("state", ["refused", "dropped", "voided"])
def test_a_shipment_that_closes_frees_its_parcel(state: str) -> None:
    [row, *_] = [row for row in SHIPMENTS if row.target == state]
    shipment = ready_for(row.move, row.source)
    move_shipment(shipment, row.move, lease=shipment.lease)
    assert shipment.open_parcel is None


@pytest.mark.parametrize("state", ["requested", "unknown", "voiding", "refunding"])
def test_another_office_is_kept_while_an_answer_is_awaited_and_no_second_shipment_of_the_parcel_is_made(
    state: str,
) -> None:
    delivery = make_delivery(state=DeliveryState.NEEDS_CHOICE)
    make_shipment(delivery, state=state)
    assert move_delivery(delivery, Change.CHOOSE_AGAIN)
    assert _refused(lambda: make_shipment(delivery, revision=2))


LIVE = sorted(set(ShipmentState.values) - {"waiting", "refused", "dropped", "voided", "refund_asked"})


@pytest.mark.parametrize("change", [Change.CANCEL, Change.EXPIRE])
def test_a_delivery_is_cancelled_only_when_no_shipment_of_it_is_live(change: Change) -> None:
    moved = {}
    for state in ShipmentState.values:
        delivery = make_delivery()
        make_shipment(delivery, state=state)
        moved[state] = move_delivery(delivery, change)
    assert moved == {state: state not in LIVE for state in ShipmentState.values}


@pytest.mark.parametrize("change", [Change.CANCEL, Change.EXPIRE, Change.NEED_CHOICE, Change.ERASE])
def test_what_still_waits_is_dropped_with_its_delivery_and_nothing_else_is(change: Change) -> None:
    delivery = make_delivery()
    waiting = make_shipment(delivery, lease=uuid.uuid4())
    refused = make_shipment(delivery, parcel=2, state=ShipmentState.REFUSED, reason=Reason.REFUSED)
    assert move_delivery(delivery, change, reason=Reason.OFFICE_GONE)
    waiting.refresh_from_db()
    refused.refresh_from_db()
    assert (waiting.state, waiting.reason) == (ShipmentState.DROPPED, Reason.OFFICE_GONE)
    assert (waiting.lease, waiting.due_at, waiting.open_parcel) == (None, None, None)
    assert (refused.state, refused.reason) == (ShipmentState.REFUSED, Reason.REFUSED)


def test_a_parcel_that_is_dropped_with_its_delivery_keeps_the_clerks_name_in_the_history(admin_user: User) -> None:
    delivery = make_delivery()
    waiting = make_shipment(delivery)
    assert move_delivery(delivery, Change.CANCEL, user=admin_user)
    line = History.objects.get(shipment=waiting)
    assert (line.change, line.user) == (Change.DROP, admin_user)


@pytest.mark.parametrize("change", [Change.HOLD, Change.RELEASE, Change.RESUME])
def test_what_waits_stays_where_it_is_when_its_delivery_only_stands_still(change: Change) -> None:
    delivery = make_delivery(state=DELIVERY_MOVES[change].sources[0])
    waiting = make_shipment(delivery)
    assert move_delivery(delivery, change, **brought(change))
    assert now(waiting).state == ShipmentState.WAITING


def test_a_move_that_the_database_refuses_changes_nothing() -> None:
    delivery, other = make_draft(), make_delivery()
    assert _refused(lambda: move_delivery(delivery, Change.PLACE, order=other.order, current_order=other.order))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.history.count()) == (DeliveryState.DRAFT, 0)


def test_editing_what_is_reserved_makes_a_draft_and_leaves_the_reserved_one_as_it_is() -> None:
    reserved = make_delivery(state=DeliveryState.RESERVED, reserved_at=timezone.now())
    before = Delivery.objects.filter(pk=reserved.pk).values().get()
    draft = draft_from(reserved)
    assert (draft.state, draft.recipient, draft.office) == (DeliveryState.DRAFT, RECIPIENT, reserved.office)
    assert draft.pk != reserved.pk
    assert draft.reserved_at is None
    assert timedelta(days=1, hours=23) < draft.expires_at - timezone.now() <= timedelta(days=2)
    assert Delivery.objects.filter(pk=reserved.pk).values().get() == before


@pytest.mark.parametrize("seen", [True, False])
def test_editing_keeps_the_service_of_what_is_reserved_only_with_a_price_that_the_buyer_has_seen(seen: bool) -> None:
    quoted: dict[str, Any] = {"price": Decimal("9.50"), "price_quoted_at": timezone.now(), "quote": {"kind": "rate"}}
    reserved = make_delivery(state=DeliveryState.RESERVED, service="DOM.XP", **(quoted if seen else {}))
    draft = draft_from(reserved)
    kept = (draft.service, draft.price, draft.price_quoted_at, draft.quote)
    if seen:
        assert kept == ("DOM.XP", quoted["price"], quoted["price_quoted_at"], quoted["quote"])
    else:
        assert kept == ("", None, None, {})


def test_an_order_without_a_choice_gets_a_row_that_needs_one_and_the_shop_is_told(
    django_capture_on_commit_callbacks: Any,
) -> None:
    order, heard = make_order(), list[Any]()
    signals.needs_choice.connect(lambda sender, **said: heard.append(said["delivery_id"]), weak=False, dispatch_uid="x")
    try:
        with django_capture_on_commit_callbacks(execute=True):
            delivery = add_unchosen(order, language="fr")
    finally:
        signals.needs_choice.disconnect(dispatch_uid="x")
    assert delivery is not None
    assert heard == [delivery.pk]
    assert (delivery.state, delivery.reason) == (DeliveryState.NEEDS_CHOICE, Reason.NEVER_CHOSEN)
    assert (delivery.order, delivery.current_order, delivery.language) == (order, order, "fr")
    assert delivery.history.get().change == Change.ADD_UNCHOSEN
    assert delivery.placed_at is not None


def test_an_order_with_a_current_delivery_gets_no_other_row() -> None:
    assert add_unchosen(make_delivery().order) is None


def test_a_row_without_a_choice_takes_the_place_of_a_cancelled_one() -> None:
    former = make_delivery(state=DeliveryState.CANCELLED)
    delivery = add_unchosen(former.order)
    assert delivery is not None
    former.refresh_from_db()
    assert (delivery.replaces, former.current_order, former.order) == (former, None, delivery.order)


def _refused(make: Any) -> bool:
    try:
        with transaction.atomic():
            make()
    except IntegrityError:
        return True
    return False


def test_the_database_refuses_what_must_not_be() -> None:
    delivery = make_delivery()
    make_shipment(delivery)
    order = make_order()
    assert _refused(lambda: make_delivery(order=delivery.order))
    assert _refused(lambda: make_delivery(recipient_phone=""))
    assert _refused(lambda: make_delivery(office_id=""))
    assert _refused(lambda: make_delivery(state="cancelled", recipient_phone=""))
    assert _refused(lambda: make_delivery(release_asked_at=None))
    assert _refused(lambda: make_draft(order=order))
    assert _refused(lambda: make_draft(state="reserved", order=order))
    assert _refused(lambda: make_draft(state="reserved", recipient_name=""))
    assert _refused(lambda: make_delivery(current_order=order))
    assert _refused(lambda: make_shipment(delivery, revision=2))
    assert _refused(lambda: make_shipment(delivery, open_parcel="x"))
    assert _refused(lambda: make_shipment(open_parcel=None))
    assert _refused(lambda: make_shipment(state="refused", open_parcel="x"))
    assert _refused(lambda: make_shipment(recipient_email=""))
    assert _refused(lambda: make_shipment(state="made", shipment_id=""))
    assert _refused(lambda: make_shipment(state="labelled", label=""))
    assert _refused(lambda: make_shipment(state="refunding", transmitted_at=None))
    assert _refused(lambda: Shipment.objects.filter(delivery=delivery).update(state="lost"))
    assert _refused(lambda: History.objects.create(delivery=delivery, change="anything"))


def test_what_was_never_chosen_may_be_cancelled_without_office_and_recipient() -> None:
    delivery = add_unchosen(make_order())
    assert delivery is not None
    assert move_delivery(delivery, Change.CANCEL, reason=Reason.CANCELLED)


@pytest.mark.parametrize(("state", "needs"), [(DeliveryState.RELEASED, True), (DeliveryState.HELD, False)])
def test_a_label_to_be_destroyed_needs_a_person_while_its_delivery_may_be_sent(
    state: DeliveryState, needs: bool
) -> None:
    asked = {"state": ShipmentState.REFUND_ASKED, "change_asked_at": timezone.now()}
    shipment = make_shipment(make_delivery(state=state), **asked)
    assert (shipment in needing_a_person()) is needs
