"""What is registered: jobs and housekeeping by their names, in order."""

from collections.abc import Callable
from threading import Thread

import pytest

from deliver_to_po.handoff.sending.next_step import SHIPMENTS
from deliver_to_po.offices.upkeep import find_zones
from deliver_to_po.outbox.jobs import Housekeeping, Registry, registry
from deliver_to_po.privacy.lifetimes import AT_A_TIME
from tests.outbox.conftest import job_of


def test_things_are_kept_in_the_order_in_which_they_came() -> None:
    made = Registry()
    a, b = job_of("a"), job_of("b")
    first, second = Housekeeping("first", int, 1), Housekeeping("second", int, 1)
    made.add(a, first)
    made.add(second, b)
    assert (made.jobs, made.housekeeping) == ((a, b), (first, second))


def test_one_of_the_same_name_takes_the_place_of_the_former() -> None:
    made = Registry()
    new = job_of("a")
    made.add(job_of("a"), job_of("b"), new)
    assert [job is new for job in made.jobs] == [True, False]


def test_a_job_and_a_housekeeping_may_have_the_same_name() -> None:
    made = Registry()
    made.add(job_of("a"), Housekeeping("a", int, 1))
    assert (len(list(made.jobs)), len(list(made.housekeeping))) == (1, 1)


def test_what_is_added_late_is_made_once_and_stands_before_what_others_add() -> None:
    made, asked = Registry(), []
    ours, theirs = job_of("ours"), job_of("theirs")

    def register() -> None:
        asked.append("registered")
        made.add(ours)

    made.add_late(register)
    assert asked == []
    made.add(theirs)
    assert (made.jobs, made.job("ours"), made.housekeeping) == ((ours, theirs), ours, ())
    assert asked == ["registered"]


@pytest.mark.parametrize("ask", [lambda made: made.jobs, lambda made: made.housekeeping, lambda made: made.job("a")])
def test_whoever_asks_first_gets_what_was_added_late(ask: Callable[[Registry], object]) -> None:
    made = Registry()
    made.add_late(lambda: made.add(job_of("a"), Housekeeping("b", int, 1)))
    assert ask(made)


def test_who_asks_while_another_thread_adds_what_is_late_gets_all_of_it() -> None:
    made, got = Registry(), list[object]()
    other = Thread(target=lambda: got.append(made.jobs))

    def register() -> None:
        other.start()
        other.join(0.05)
        made.add(job_of("a"))

    made.add_late(register)
    ours = made.jobs
    other.join()
    assert got == [ours]


def test_what_could_not_be_added_late_is_added_when_it_can_be() -> None:
    made, faults = Registry(), [MemoryError()]

    def register() -> None:
        if faults:
            raise faults.pop()
        made.add(job_of("a"))

    made.add_late(register)
    with pytest.raises(MemoryError):
        made.job("a")
    assert made.job("a")


JOBS = "shipments, manifests, notices, morning mail, tracking, parcel webhook"
HOUSEKEEPING = (
    "deliveries resumed after a pause, deliveries that the shop has mended, deliveries that waited too long, days that "
    "parcels took, expired drafts, exports, forgotten reservations, log of privacy requests, manifests, messages of "
    "webhooks, morning mail written, notices written, numbers by reference, offices of open orders checked, paid "
    "orders released, parcels to follow, parcels without news, print jobs, recipients, shipments never reported, "
    "shipments reconciled with Canada Post, time zones of post offices, unwanted labels held"
)
# What nobody can undo.
FOR_GOOD = (
    "deliveries that waited too long, expired drafts, exports, forgotten reservations, log of privacy requests, "
    "manifests, messages of webhooks, parcels without news, print jobs, recipients, shipments never reported"
)


def test_the_app_registers_all_that_is_done_by_itself() -> None:
    assert [job.name for job in registry.jobs] == JOBS.split(", ")
    assert SHIPMENTS in registry.jobs
    kept = {keeping.name: keeping for keeping in registry.housekeeping}
    assert sorted(kept) == sorted(HOUSEKEEPING.split(", "))
    assert {name for name, keeping in kept.items() if keeping.for_good} == set(FOR_GOOD.split(", "))
    assert {kept["expired drafts"].at_a_time, kept["recipients"].at_a_time} == {AT_A_TIME}
    assert kept["time zones of post offices"].do is find_zones
    assert {kept["expired drafts"].every_seconds, kept["recipients"].every_seconds} == {60}
