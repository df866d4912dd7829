"""No state is a dead end: whatever can happen is tried from each place that the shop's order can come to."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.admin import site

from deliver_to_po.admin.changes import buttons
from deliver_to_po.admin.deliveries.standing import newest_of
from deliver_to_po.admin.deliveries.standing_of_delivery import standing_of_delivery
from deliver_to_po.core.choices import DeliveryState, ShipmentState
from deliver_to_po.core.choices.states import IN_PROGRESS, NOT_LIVE
from deliver_to_po.models.parts import RECIPIENT_FIELDS
from tests.walk import events
from tests.walk.drawing import drawn, keep, kept
from tests.walk.events import By, Event
from tests.walk.said import what_is_false
from tests.walk.search import Step, Walked, walk
from tests.walk.standing import Place
from tests.walk.systems import Answering, Exporting, Reporting
from tests.walk.world import World

# A walk is some thousand steps with the real code.
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(1800)]

D, S = DeliveryState, ShipmentState
EVERYWHERE = (*events.PLACING, *events.SHOP, *events.BUTTONS, *events.ITSELF, *events.FATE)
# What comes before a parcel is handed over is the same with each kind.
FROM_HAND_OVER = tuple(event for event in EVERYWHERE if event.name not in events.BEFORE_HAND_OVER)
OPEN = {"office": "takes parcels"}


@dataclass(frozen=True)
class Kind:
    """A kind of shipping system, and what can happen with it."""

    system: type
    events: Sequence[Event]
    at_once: Mapping[str, str] = field(default_factory=dict)


LONGEST = "makes parcels when it is asked"
# The others' walks take longer than a person waits for `make test`.
SHORTEST = "takes files"
KINDS: Mapping[str, Kind] = {
    # At the day's end only what becomes of a parcel: how a manifest is asked for again is no matter of the walk.
    LONGEST: Kind(
        Answering,
        (
            *EVERYWHERE,
            *events.PRINTING,
            *events.TRANSMITTING,
            *events.MANIFESTS_TURN,
            *events.answers(create=["handed"]),
        ),
    ),
    "reports later": Kind(
        Reporting,
        (
            *FROM_HAND_OVER,
            *events.PRINTING,
            *events.REPORTS,
            *events.answers(create=["made", "made and transmitted", "made and suspended", "unknown, made"]),
        ),
        OPEN,
    ),
    SHORTEST: Kind(Exporting, (*FROM_HAND_OVER, *events.BY_HAND), OPEN),
}
_walked: dict[str, Walked] = {}


@pytest.fixture
def take_walk(world: Callable[..., World]) -> Callable[[str], Walked]:
    """Return a function that tells where a walk with one kind of shipping system has been; each is made once."""

    def take(name: str) -> Walked:
        if name not in _walked:
            kind = KINDS[name]
            _walked[name] = walk(world(kind.system, kind.at_once), kind.events, what_is_wrong)
        return _walked[name]

    return take


@pytest.fixture(params=[pytest.param(name, marks=[] if name == SHORTEST else [pytest.mark.slow]) for name in KINDS])
def walked(request: pytest.FixtureRequest, take_walk: Callable[[str], Walked]) -> Walked:
    """Return where the walk with each kind of shipping system has been."""
    return take_walk(request.param)


def what_is_wrong(world: World, place: Place) -> Iterator[str]:
    delivery = world.delivery()
    if delivery is None:
        return
    shipments = list(delivery.shipments.all())
    if len([row for row in shipments if row.state not in NOT_LIVE]) > 1:
        yield "two shipments of one parcel are live"
    if delivery.erased_at and any(getattr(row, name) for row in (delivery, *shipments) for name in RECIPIENT_FIELDS):
        yield "something of an erased recipient is kept"
    if delivery.order_id is not None:
        yield from _what_cannot_be_pressed(world, delivery, shipments)


LABELS = [str(change.label) for change in (*buttons.CHANGES, *buttons.SHIPMENT_CHANGES)] + [events.REQUEST]


def _what_cannot_be_pressed(world: World, delivery: Any, shipments: Sequence[Any]) -> Iterator[str]:
    """Say which words name buttons of which there is none; of two the second may come when the first is pressed."""
    standing = standing_of_delivery(delivery, newest_of(shipments))
    told = " ".join((*standing.why, *standing.follows))
    named = set(re.findall("“(.*?)”", told)).intersection(LABELS)
    if named and not any(events.is_offered(label, world, site) for label in named):
        yield f"it is said to press {', '.join(sorted(named))}, which is not there: {told}"


def test_nothing_happens_that_must_never_happen(walked: Walked) -> None:
    wrong = [f"{words}\n    at {place}\n    by {walked.way_to(place)}" for words, place in walked.found_wrong.items()]
    assert not wrong, "\n".join(wrong)


def leads_on(step: Step, place: Place) -> bool:
    """Say whether a step is one that happens by itself, or that a button is for, and goes anywhere."""
    pressed = step.event.by == By.CLERK and step.event.onward
    before_placing = place.delivery in (D.DRAFT, D.RESERVED) and step.event.by in (By.BUYER, By.SHOP)
    return step.to != place and (step.event.by == By.ITSELF or pressed or before_placing)


def is_end(place: Place) -> bool:
    """Say whether nothing more is to happen: nothing is kept, it is over, or the parcel is in the post."""
    if place.delivery in ("", D.CANCELLED):
        return True
    made = place.shipment in (S.LABELLED, S.DONE)
    never_made = place.closed or not place.shipment
    return (made and place.transmitted) or (place.erased and (made or never_made))


@pytest.mark.slow
def test_everything_that_can_happen_leads_somewhere(take_walk: Callable[[str], Walked]) -> None:
    taken = [(place, step) for name in KINDS for place, steps in take_walk(name).steps.items() for step in steps]
    lead = {step.event.name for place, step in taken if step.to != place}
    assert {event.name for kind in KINDS.values() for event in kind.events} - lead == set()


@pytest.mark.slow
def test_every_state_is_reached(take_walk: Callable[[str], Walked]) -> None:
    places = [place for name in KINDS for place in take_walk(name).steps]
    assert {place.delivery for place in places} - {""} == set(D.values)
    assert {place.shipment for place in places} - {""} == set(S.values)


def test_from_each_place_something_leads_on_or_it_is_an_end(walked: Walked) -> None:
    stuck = [
        place
        for place, steps in walked.steps.items()
        if not is_end(place) and not any(leads_on(step, place) for step in steps)
    ]
    assert not stuck, _told(walked, stuck)


def is_the_workers(place: Place) -> bool:
    """Say whether the next step is the worker's, so that nobody is to press anything for it."""
    may_be_sent = place.delivery == D.RELEASED and not (place.stop_asked or place.erased)
    return place.shipment in IN_PROGRESS or (place.shipment == S.WAITING and may_be_sent and not place.to_export)


def test_what_is_the_workers_is_done_without_anybody(walked: Walked) -> None:
    left = [
        place
        for place, steps in walked.steps.items()
        if is_the_workers(place) and not any(step.event.by == By.ITSELF for step in steps)
    ]
    assert not left, _told(walked, left)


def _told(walked: Walked, places: Iterable[Place]) -> str:
    return "\n".join(f"{place}\n    by {walked.way_to(place)}" for place in places)


def from_where(walked: Walked, goals: Callable[[Place], bool]) -> set[Place]:
    """Return the places from which a goal is reached by what happens by itself and by what clerks press."""
    before: dict[Place, set[Place]] = {}
    for place, steps in walked.steps.items():
        for step in steps:
            if leads_on(step, place):
                before.setdefault(step.to, set()).add(place)
    found = {place for place in walked.steps if goals(place)}
    todo = list(found)
    while todo:
        for place in before.get(todo.pop(), set()) - found:
            found.add(place)
            todo.append(place)
    return found


def has_its_label(place: Place) -> bool:
    usable = not (place.stop_asked or place.erased or place.change_asked)
    return usable and place.delivery == D.RELEASED and place.shipment in (S.LABELLED, S.DONE)


def may_still_ship(place: Place) -> bool:
    return place.delivery not in ("", D.CANCELLED) and not (place.stop_asked or place.erased)


def test_whatever_may_still_ship_can_come_to_its_label(walked: Walked) -> None:
    reached = from_where(walked, has_its_label)
    stuck = [place for place in walked.steps if may_still_ship(place) and place not in reached]
    assert not stuck, _told(walked, stuck)


def test_whatever_is_to_stop_comes_to_its_cancellation(walked: Walked) -> None:
    reached = from_where(walked, lambda place: place.delivery == D.CANCELLED)
    stuck = [place for place in walked.steps if place.stop_asked and place not in reached]
    assert not stuck, _told(walked, stuck)


# How many combinations each kind has at least: its places and their reasons, under each setting of RELEASE, each with
# its queue and its button, and with the sweep where the order is paid or not, in a pause or not.
COMBINATIONS = {LONGEST: 2200, "reports later": 1240, SHORTEST: 330}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMBINATIONS)
def test_the_desk_says_what_the_sweep_then_does(
    take_walk: Callable[[str], Walked], world: Callable[..., World], change_settings: Any, name: str
) -> None:
    walked, kind = take_walk(name), KINDS[name]
    false: dict[str, Place] = {}
    tried = 0
    for place, words in what_is_false(
        world(kind.system, kind.at_once, walked.order), walked, kind.events, change_settings
    ):
        tried += 1
        if words:
            false.setdefault(words, place)
    assert not false, "\n".join(f"{words}\n    at {place}" for words, place in false.items())
    assert tried >= COMBINATIONS[name]


@pytest.mark.slow
def test_the_page_about_states_draws_what_was_walked(take_walk: Callable[[str], Walked]) -> None:
    found = drawn({name: take_walk(name) for name in KINDS}, is_end)
    if os.environ.get("WALK") == "write":
        keep(found)
    assert found == kept(), "run WALK=write python -m pytest tests/walk, then python -m scripts.write_tables"
