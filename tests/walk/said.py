"""What the desk says of where the world stands, held against what the sweep then does and what its button leads to."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import product
from typing import Any

from deliver_to_po.admin import queues
from deliver_to_po.admin.changes import buttons
from deliver_to_po.admin.deliveries.standing import Standing, Waits, newest_of
from deliver_to_po.admin.deliveries.standing_of_delivery import standing_of_delivery
from deliver_to_po.core.choices.states import READY
from deliver_to_po.errors import DeliverToPoError
from deliver_to_po.handoff.releasing import missed_calls
from deliver_to_po.models import Delivery, Pause
from tests.walk import events
from tests.walk.events import Event
from tests.walk.rows import Rows, as_dicts, kept, undone
from tests.walk.search import Walked
from tests.walk.standing import Place
from tests.walk.world import Point, Shop, World

RELEASE = ("when_paid", "by_merchant", "on_placing")
# What the button is called where it is none of the desk's changes.
ELSEWHERE = {
    "hand_off": ("Request the label",),
    "choose": ("Choose another post office",),
    "print": ("Print the label",),
    "day_end": ("Transmit",),
    "manifest": ("Check again",),
    "ship_by_hand": ("Export", "Enter the tracking number"),
    # The order's own page is the shop's.
    "open_order": (),
}
CHANGES = {change.name: (str(change.label),) for change in (*buttons.CHANGES, *buttons.SHIPMENT_CHANGES)}
LABELS = CHANGES | ELSEWHERE
TO_BE_FOUND_OUT = ("exists", "nothing_made")


def what_is_false(
    world: World, walked: Walked, possible: Sequence[Event], change_settings: Callable[..., None]
) -> Iterator[tuple[Place, str]]:
    """Say what the desk says wrongly, one answer, ``""`` for none, for each combination that is tried.

    Each place, with each reason that was met there, under each setting of RELEASE until it is released; then the sweep,
    where the order is paid or not until it is released, and where there is a pause or none: all four of it under the
    first setting, and under the others each of both once.
    """
    for release in RELEASE:
        change_settings(RELEASE=release)
        for place, point in walked.points:
            released = place.delivery in ("released", "cancelled")
            if point.worker is not None or not place.delivery or place.delivery in ("draft", "reserved"):
                continue
            if released and release != RELEASE[0]:
                continue
            with undone():
                world.go_to(point)
                standing = _standing(world)
                for words in (*_of_queue(world, standing), *_of_button(world, standing, possible, point)):
                    yield place, words and f"{release}: {words}"
                of_both = product((True,) if released else (True, False), (True, False))
                for paid, paused in of_both if release == RELEASE[0] else ((True, False), (False, True)):
                    words = _of_sweep(world, standing, point, paid=paid, paused=paused)
                    yield place, words and f"{release}, {paid=}, {paused=}: {words}"


def _standing(world: World) -> Standing:
    delivery = world.the_delivery()
    return standing_of_delivery(delivery, newest_of(delivery.shipments.select_related("tracking", "manifest")))


def _told(standing: Standing) -> str:
    return f"{standing.word} ({', '.join(standing.waits)}; {', '.join(standing.cures)}): {' '.join(standing.follows)}"


def _of_queue(world: World, standing: Standing) -> Iterator[str]:
    pk = world.the_delivery().pk
    listed = {queue.name for queue in queues.queues() if queue.rows().filter(pk=pk).exists()}
    named = standing.queue.name if standing.queue else ""
    right = named in listed if named else not listed
    yield "" if right else f"it is in {listed or 'no queue'}, and said to be in {named or 'none'}: {_told(standing)}"


def _of_button(world: World, standing: Standing, possible: Sequence[Event], point: Point) -> Iterator[str]:
    """Press the one button, and see that it leads on."""
    needed = not standing.waits.isdisjoint({Waits.CLERK, Waits.CHOICE})
    if needed and not standing.cures:
        yield f"it waits for a clerk, and names no button: {_told(standing)}"
    if not standing.cures or not (names := LABELS[standing.cures[0]]):
        return
    if standing.cures[0] in TO_BE_FOUND_OUT:
        # Which of them is true a clerk finds out in the shipping system.
        names = tuple(label for cure in standing.cures if cure in TO_BE_FOUND_OUT for label in LABELS[cure])
    before = _what_counts(point.rows)
    for event in possible:
        if event.name not in names:
            continue
        with undone():
            world.shop = event.says
            if event.when(world):
                with suppress(DeliverToPoError):
                    event.do(world)
                if _what_counts(kept()) != before or world.worker is not None:
                    names = ()
        world.stand_at(point)
        if not names:
            yield ""
            return
    yield f"“{names[0]}” is not there, or leads nowhere: {_told(standing)}"


def _of_sweep(world: World, standing: Standing, point: Point, *, paid: bool, paused: bool) -> str:
    expected = (
        Waits.WORKER in standing.waits
        or (Waits.PAYMENT in standing.waits and paid)
        or (Waits.PAUSE in standing.waits and not paused)
    )
    with undone():
        if not paused:
            Pause.objects.all().delete()
        elif not world.paused():
            events._pause(world)
        world.forget()
        world.shop = Shop(paid=paid)
        before = _what_counts(kept())
        _sweep(world)
        done = _what_counts(kept()) != before or world.worker is not None
    world.stand_at(replace(point, worker=None))
    if done == expected:
        return ""
    return f"it {'goes on' if done else 'does not go on'} by itself: {_told(standing)}"


def _sweep(world: World) -> None:
    missed_calls.release_what_is_paid()
    missed_calls.resume_after_pause()
    Delivery.objects.update(paid_asked_at=None)
    missed_calls.release_what_is_mended()
    world.forget()
    shipment = world.shipment()
    ready = shipment is not None and shipment.state in READY
    # A manifest whose parcel is no longer one is a matter of its own page.
    for event in (*events.ITSELF[:1], *(events.MANIFESTS_TURN[:1] if ready else ())):
        if event.when(world):
            event.do(world)
            return


def _what_counts(rows: Rows) -> list[dict[str, Any]]:
    """Return the rows without when the shop was asked last."""
    return [
        {name: value for name, value in row.items() if name != "paid_asked_at"}
        for model in rows
        for row in as_dicts(rows, model)
        if model is not Pause
    ]
