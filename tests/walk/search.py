"""The walk: from each place everything that can happen there, and on from every place that was not reached before."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from deliver_to_po.errors import DeliverToPoError
from deliver_to_po.models import Pause
from tests.walk.events import By, Event, matters_now
from tests.walk.rows import undone
from tests.walk.standing import Place, place_of, reasons_of
from tests.walk.world import Point, Shop, World


class Step(NamedTuple):
    """What happened, and where that led."""

    event: Event
    to: Place


# Whatever happens while these are awaited can as well happen before or after.
QUIET = ("look_up", "label", "refund", "transmit", "find_transmission", "manifest")


@dataclass
class Walked:
    """Where a walk has been: from each place every step, how each was first reached, and what must not be there."""

    steps: dict[Place, list[Step]] = field(default_factory=dict)
    came_from: dict[Place, tuple[Place, str]] = field(default_factory=dict)
    found_wrong: dict[str, Place] = field(default_factory=dict)
    #: Where it has been, once with each reason that a page may tell there, and the order that it was all about.
    points: list[tuple[Place, Point]] = field(default_factory=list)
    order: Any = None

    @property
    def transitions(self) -> int:
        """Return how many steps were taken."""
        return sum(map(len, self.steps.values()))

    def way_to(self, place: Place) -> list[str]:
        """Return what happened from the beginning until ``place`` was first reached."""
        way: list[str] = []
        while place in self.came_from:
            place, name = self.came_from[place]
            way.append(name)
        return way[::-1]


Look = Callable[[World, Place], Iterable[str]]


def walk(world: World, events: Sequence[Event], look: Look) -> Walked:
    """Walk from where the world is until nothing new is reached; ``look`` says of each place what is wrong there."""
    walked = Walked(order=world.order)
    start = world.point()
    begin = place_of(world, start.rows)
    todo = deque([(begin, start)])
    seen = {begin}
    looked_at: set[tuple[Place, tuple[str, ...]]] = set()
    while todo:
        place, point = todo.popleft()
        walked.steps[place] = []
        with undone():
            world.go_to(point)
            possible = [event for event in events if _can_happen(world, event)]
            known = world.known()
            for event in possible:
                with undone():
                    world.lend(known)
                    reached = _after(world, event, walked, place)
                    to = place_of(world, reached.rows)
                    if to not in seen:
                        seen.add(to)
                        walked.came_from[to] = (place, event.name)
                        todo.append((to, reached))
                    if (told := (to, reasons_of(reached.rows))) not in looked_at:
                        looked_at.add(told)
                        walked.points.append((to, reached))
                        for wrong in look(world, to):
                            walked.found_wrong.setdefault(wrong, to)
                    walked.steps[place].append(Step(event, to))
                world.stand_at(point)
    return walked


def _can_happen(world: World, event: Event) -> bool:
    if world.worker is not None and not event.meanwhile:
        return False
    if world.worker is not None and world.worker.call in QUIET and event.by not in (By.ITSELF, By.FATE):
        return False
    world.shop = event.says
    return event.when(world)


def _after(world: World, event: Event, walked: Walked, place: Place) -> Point:
    """Let something happen, and return where the world is then."""
    world.shop = event.says
    with suppress(DeliverToPoError):
        event.do(world)
    for words in world.wrong:
        walked.found_wrong.setdefault(f"{event.name}: {words}", place)
    world.wrong.clear()
    world.shop = Shop()
    world.forget()
    reached = world.point()
    if not reached.rows[Pause] or matters_now(world):
        return reached
    Pause.objects.all().delete()
    return world.point()
