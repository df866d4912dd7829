"""When each step is tried again: the first time, the second and so on, by the clock and the sweep alone."""

from collections.abc import Callable
from datetime import timedelta
from math import inf, nan
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from deliver_to_po.canadapost import errors
from deliver_to_po.core.choices import HandoffStep, OfficeCheck, Outcome, Reason, ShipmentState
from deliver_to_po.handoff.by_hand.report import report_made
from deliver_to_po.handoff.changing.found_by_clerk import parcel_exists
from deliver_to_po.handoff.ladder import SAID_AT_MOST
from deliver_to_po.handoff.sending import labelling
from deliver_to_po.handoff.sending.fetch_label_again import fetch_label_again
from deliver_to_po.handoff.sending.next_step import hand_off
from deliver_to_po.models import Shipment
from deliver_to_po.offices.check import CheckAnswer
from deliver_to_po.outbox.sweep import Sweep
from deliver_to_po.shipping import Found, Label, NotYet, Refused, Unknown
from tests.factories import make_pause, make_shipment
from tests.handoff.conftest import GIVE_UP_AFTER, Clock, PostOffices
from tests.handoff.scripted import LABEL, MADE, Script
from tests.rounds import now

pytestmark = pytest.mark.django_db
S = ShipmentState

DAY = 24 * 3600
Lost = Callable[..., Shipment]


@pytest.fixture
def lost(script: Script, clock: Clock) -> Lost:
    """Return a function that makes a shipment whose answer got lost, and lets the sweep come to it so many times.

    ``later`` is answered if the same is sent again.
    """

    def make(times: int, *later: Any) -> Shipment:
        script.create(Unknown(), *later)
        shipment = make_shipment()
        clock.waits_of(shipment, times)
        return shipment

    return make


# Nothing was sent, or nothing came of it.


def test_a_system_that_is_not_reached_is_asked_again_by_the_ladder_of_retries(script: Script, clock: Clock) -> None:
    script.create(NotYet(said="busy", status=503, codes=("E1",)))
    shipment = make_shipment()
    assert clock.waits_of(shipment, 4) == [5, 50, 500, 500]
    assert (shipment.state, shipment.reason, shipment.reason_text) == (S.WAITING, Reason.UNAVAILABLE, "busy")
    assert (shipment.tries, shipment.requests, shipment.requested_at) == (4, 0, None)
    assert len(script.asked_to("create")) == 4
    attempt = shipment.attempts.latest("pk")
    assert (attempt.step, attempt.outcome) == (HandoffStep.CREATE, Outcome.UNAVAILABLE)
    assert (attempt.status, attempt.codes, attempt.request_id) == (503, "E1", shipment.request_id)


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.entry.slow])
def test_what_a_person_must_mend_first_is_tried_by_the_last_rung(script: Script, clock: Clock, reason: Reason) -> None:
    script.create(NotYet(reason=reason))
    shipment = make_shipment()
    assert clock.waits_of(shipment, 2) == [500, 500]
    assert shipment.reason == reason


@pytest.mark.parametrize(("seconds", "wait"), [(77.0, 77), (7 * DAY, DAY), (inf, DAY), (nan, DAY)])
def test_the_seconds_of_an_answer_count_up_to_a_day(script: Script, clock: Clock, seconds: float, wait: int) -> None:
    script.create(NotYet(reason=Reason.THROTTLED, seconds=seconds))
    assert clock.waits_of(make_shipment(), 2) == [wait, wait]


def test_what_was_put_off_while_the_clock_was_ahead_is_looked_at_once_the_clock_is_right(script: Script) -> None:
    script.create(NotYet(), MADE)
    shipment = make_shipment()
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        Sweep().round()
    assert (now(shipment).state, shipment.tries) == (S.WAITING, 1)
    Sweep().round()
    assert now(shipment).state == S.LABELLED


@pytest.mark.parametrize(("reason", "said", "tries"), [(Reason.TEST_ONLY, "Not for real.", 2), (Reason.PAUSED, "", 0)])
def test_what_stands_in_the_way_is_looked_at_again_by_the_last_rung_and_nothing_is_asked(
    script: Script, clock: Clock, post_offices: PostOffices, reason: Reason, said: str, tries: int
) -> None:
    if reason == Reason.PAUSED:
        make_pause()
    else:
        script.obstacle = NotYet(reason=reason, said=said)
    shipment = make_shipment()
    assert clock.waits_of(shipment, 2) == [500, 500]
    assert (shipment.reason, shipment.reason_text, shipment.tries) == (reason, said, tries)
    assert (script.asked, post_offices.asked) == ([], [])


@pytest.mark.parametrize(
    ("error", "reason", "waits"),
    [
        (None, Reason.OFFICE_NOT_CHECKED, [5, 50, 500]),
        (errors.Unavailable("op"), Reason.OFFICE_NOT_CHECKED, [5, 50, 500]),
        (errors.CredentialsRefused("op"), Reason.CREDENTIALS, [500, 500, 500]),
        (errors.NotEntitled("op"), Reason.NOT_ENTITLED, [500, 500, 500]),
    ],
)
def test_an_office_that_cannot_be_asked_about_is_asked_about_again(
    script: Script, clock: Clock, post_offices: PostOffices, error: Any, reason: Reason, waits: list[int]
) -> None:
    post_offices.answer = CheckAnswer(OfficeCheck.COULD_NOT_ASK, error)
    shipment = make_shipment()
    assert clock.waits_of(shipment, 3) == waits
    assert (shipment.state, shipment.reason, script.asked) == (S.WAITING, reason, [])


def test_what_a_system_says_is_cut(script: Script, clock: Clock) -> None:
    script.create(NotYet(said="x" * 10_000))
    assert len(clock.sweep_when_due(make_shipment()).reason_text) == SAID_AT_MOST


# What a step raises.


def test_a_label_that_cannot_be_kept_for_a_day_is_a_persons_to_fetch_again(script: Script, clock: Clock) -> None:
    script.label(OSError("disk full"))
    began, shipment = timezone.now(), make_shipment()
    assert clock.waits_of(shipment, 2) == [500, 500]
    assert (shipment.state, shipment.reason, shipment.lease) == (S.MADE, Reason.CRASHED, None)
    clock.until_it_rests(shipment)
    assert (shipment.state, shipment.reason) == (S.ATTENTION, Reason.UNREADABLE)
    assert GIVE_UP_AFTER < timezone.now() - began <= GIVE_UP_AFTER + timedelta(seconds=500)
    script.label(LABEL)
    parcel_exists(shipment, shipment.shipment_id, shipment.tracking_pin)
    clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.reason) == (S.LABELLED, Reason.NONE)


def test_a_label_that_the_shop_cannot_store_is_fetched_until_it_can(
    script: Script, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_args: object) -> str:
        raise OSError(28, "No space left on device", "/srv/labels/Anne.pdf")

    with monkeypatch.context() as context:
        context.setattr(labelling, "write_file", full)
        began, shipment = timezone.now(), make_shipment()
        assert set(clock.waits_of(shipment, 8)) == {500}
    assert timezone.now() - began > GIVE_UP_AFTER
    assert (shipment.state, shipment.reason) == (S.MADE, Reason.LABEL_NOT_KEPT)
    assert f"Label of shipment {shipment.pk} cannot be stored: No space left on device" in caplog.messages
    assert clock.sweep_when_due(shipment).state == S.LABELLED


def test_the_label_of_a_parcel_made_long_after_its_request_is_tried_for_a_day(script: Script, clock: Clock) -> None:
    script.label(OSError("disk full"), LABEL)
    shipment = make_shipment(state=S.HANDED, requested_at=timezone.now() - 2 * GIVE_UP_AFTER)
    report_made(shipment.pk, MADE)
    shipment.refresh_from_db()
    assert clock.sweep_when_due(shipment).reason == Reason.CRASHED
    assert clock.sweep_when_due(shipment).state == S.LABELLED


def test_a_label_that_cannot_be_kept_beside_an_old_one_is_fetched_until_it_can(script: Script, clock: Clock) -> None:
    script.label(LABEL, OSError("disk full"))
    shipment = clock.sweep_when_due(make_shipment())
    clock.move_to(timezone.now() + 2 * GIVE_UP_AFTER)
    fetch_label_again(shipment)
    assert clock.waits_of(shipment, 3) == [500, 500, 500]
    assert (shipment.state, shipment.reason) == (S.MADE, Reason.CRASHED)


# The outcome is unknown.


def test_an_unknown_outcome_is_looked_up_by_its_own_ladder(script: Script, clock: Clock) -> None:
    script.create(Unknown(said="time-out", status=504))
    shipment = make_shipment()
    assert clock.waits_of(shipment, 3) == [2, 20, 200]
    assert (shipment.state, shipment.reason, shipment.tries) == (S.UNKNOWN, Reason.UNKNOWN, 2)
    assert [name for name, _ in script.asked] == ["create", "look_up", "look_up"]
    assert [(attempt.outcome, attempt.status) for attempt in shipment.attempts.exclude(step=HandoffStep.CHECK)] == [
        (Outcome.UNKNOWN, 504),
        (Outcome.FOUND_NONE, None),
        (Outcome.FOUND_NONE, None),
    ]


def test_what_the_system_holds_is_never_sent_again_and_a_persons_if_not_found(script: Script, clock: Clock) -> None:
    script.refuses_repeated_ids = True
    script.create(Unknown(exists=True))
    script.look_up([], NotYet(), [])
    shipment = make_shipment()
    # The first look-up is made at once.
    assert clock.waits_of(shipment, 2) == [20, 50]
    for _ in range(3):
        assert (shipment.state, shipment.reason) == (S.UNKNOWN, Reason.NOT_FOUND)
        clock.sweep_when_due(shipment)
        if shipment.state != S.UNKNOWN:
            break
    assert (shipment.state, shipment.reason) == (S.ATTENTION, Reason.NOT_FOUND)
    assert [name for name, _ in script.asked] == ["create", *["look_up"] * 4]


@pytest.mark.parametrize("trouble", ["obstacle", "slow", "crash"])
def test_trouble_meanwhile_makes_nobody_forget_to_hold_it(script: Script, clock: Clock, trouble: str) -> None:
    script.create(Unknown(exists=True))
    answers: dict[str, Any] = {"slow": NotYet(reason=Reason.CREDENTIALS), "crash": RuntimeError()}
    script.look_up([], answers.get(trouble, []), [])
    shipment = make_shipment()
    clock.waits_of(shipment, 1)
    script.obstacle = NotYet(reason=Reason.NOT_CONFIGURED) if trouble == "obstacle" else None
    clock.sweep_when_due(shipment)
    script.obstacle = None
    assert (shipment.state, shipment.reason) == (S.UNKNOWN, Reason.NOT_FOUND)
    clock.waits_of(shipment, 1)
    clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.reason) == (S.ATTENTION, Reason.NOT_FOUND)
    assert len(script.asked_to("create")) == 1


def test_what_the_system_holds_is_a_persons_if_its_look_up_crashes_without_end(script: Script, clock: Clock) -> None:
    script.create(Unknown(exists=True))
    script.look_up([], RuntimeError())
    shipment = make_shipment()
    assert clock.waits_of(shipment, 4)[1:] == [500, 500, 500]
    clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.reason) == (S.ATTENTION, Reason.GAVE_UP)


def test_only_at_the_ladders_end_the_same_is_sent_once_more(
    lost: Lost, script: Script, clock: Clock, post_offices: PostOffices
) -> None:
    shipment = lost(3, MADE)
    assert len(script.asked_to("create")) == 1
    clock.sweep_when_due(shipment)
    assert [name for name, _ in script.asked] == ["create", *["look_up"] * 3, "create", "label"]
    first, second = script.asked_to("create")
    assert first == second
    assert len(post_offices.asked) == 2
    assert (shipment.state, shipment.requests) == (S.LABELLED, 2)


def test_look_ups_that_a_clerk_presses_for_shorten_no_wait_before_the_same_is_sent_once_more(
    lost: Lost, script: Script, clock: Clock
) -> None:
    shipment = lost(2, MADE)
    for _ in range(4):
        hand_off(shipment.pk, now=True)
    assert len(script.asked_to("create")) == 1
    shipment.refresh_from_db()
    clock.waits_of(shipment, 1)
    assert clock.sweep_when_due(shipment).state == S.LABELLED


def test_what_is_found_is_adopted_and_its_label_fetched_at_once(script: Script, clock: Clock) -> None:
    script.create(Unknown(said="time-out"))
    script.look_up([], [Found(MADE, same=True)])
    shipment = make_shipment()
    clock.waits_of(shipment, 2)
    clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.shipment_id, shipment.tracking_pin) == (
        S.LABELLED,
        MADE.shipment_id,
        MADE.tracking_number,
    )
    assert (shipment.reason, shipment.reason_text, shipment.made_at) == (Reason.NONE, "", timezone.now())
    assert shipment.attempts.filter(step=HandoffStep.LOOK_UP).latest("pk").outcome == Outcome.FOUND_SAME


@pytest.mark.parametrize(
    "found", [[Found(MADE, same=False)], [Found(MADE, same=True), Found(MADE, same=True)]], ids=["other", "two"]
)
def test_anything_else_that_is_found_is_a_persons(lost: Lost, script: Script, clock: Clock, found: list[Found]) -> None:
    script.look_up(found)
    shipment = lost(1)
    clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.reason) == (S.ATTENTION, Reason.MISMATCH)
    assert (shipment.due_at, shipment.shipment_id) == (None, "")
    assert shipment.attempts.latest("pk").outcome == Outcome.FOUND_OTHER


@pytest.mark.parametrize(
    ("found", "waits", "tries", "reason"),
    [
        # It is 2, 7 and 57 seconds old by then, and more than 500.
        ([NotYet(reason=Reason.THROTTLED, said="slow down")], [2, 5, 50, 500, 500, 500], 0, Reason.UNKNOWN),
        ([[], NotYet(seconds=77.0)], [2, 20, 77, 77], 1, Reason.UNKNOWN),
        ([NotYet(reason=Reason.CREDENTIALS)], [2, 500, 500], 0, Reason.CREDENTIALS),
    ],
    ids=["throttled", "the system says when", "for a person to mend"],
)
def test_a_look_up_without_an_answer_counts_for_no_try_and_is_made_again_ever_more_seldom(
    script: Script, clock: Clock, found: list[Any], waits: list[int], tries: int, reason: Reason
) -> None:
    script.create(Unknown())
    script.look_up(*found)
    shipment, answer = make_shipment(), found[-1]
    assert clock.waits_of(shipment, len(waits)) == waits
    assert (shipment.state, shipment.tries, shipment.reason) == (S.UNKNOWN, tries, reason)
    attempt = shipment.attempts.latest("pk")
    assert (attempt.step, attempt.outcome) == (HandoffStep.LOOK_UP, answer.reason.entry.outcome or Outcome.UNAVAILABLE)
    assert (shipment.reason_text, len(script.asked_to("create"))) == (answer.said, 1)


def assert_given_up_in_time(shipment: Shipment, began: Any) -> None:
    assert (shipment.state, shipment.reason, shipment.lease) == (S.ATTENTION, Reason.GAVE_UP, None)
    # GIVE_UP_AFTER is over, and was not yet when it was looked up the time before.
    assert GIVE_UP_AFTER < timezone.now() - began <= GIVE_UP_AFTER + timedelta(seconds=500)


@pytest.mark.parametrize(
    ("found", "requests"),
    [([], 2), (NotYet(), 1), (RuntimeError("of their own"), 1), (None, 1)],
    ids=["nothing", "not yet", "raises", "no answer"],
)
def test_the_clock_alone_leads_from_unknown_to_persons(script: Script, clock: Clock, found: Any, requests: int) -> None:
    script.create(Unknown())
    script.look_up(found)
    began, shipment = timezone.now(), make_shipment()
    clock.until_it_rests(shipment)
    assert_given_up_in_time(shipment, began)
    assert shipment.requested_at == began
    assert [request.request_id for request in script.asked_to("create")] == [shipment.request_id] * requests


def test_after_the_second_request_the_ladder_begins_anew_and_nothing_is_sent(script: Script, clock: Clock) -> None:
    script.create(Unknown())
    shipment = make_shipment()
    assert clock.waits_of(shipment, 8) == [2, 20, 200, 2, 20, 200, 200, 200]
    assert (len(script.asked_to("create")), shipment.requests) == (2, 2)


def test_an_office_that_can_never_be_asked_about_again_is_given_up_too(
    lost: Lost, script: Script, clock: Clock, post_offices: PostOffices
) -> None:
    began, shipment = timezone.now(), lost(3)
    post_offices.answer = CheckAnswer(OfficeCheck.COULD_NOT_ASK)
    assert clock.waits_of(shipment, 2) == [200, 200]
    assert shipment.tries == 2
    clock.until_it_rests(shipment)
    assert_given_up_in_time(shipment, began)
    assert len(script.asked_to("create")) == 1


@pytest.mark.parametrize(
    ("check", "reason"),
    [(OfficeCheck.NO_LONGER, Reason.OFFICE_NO_LONGER), (OfficeCheck.GONE, Reason.OFFICE_GONE)],
)
def test_an_office_that_closed_before_the_second_request_is_a_persons_to_judge(
    lost: Lost, script: Script, clock: Clock, post_offices: PostOffices, check: OfficeCheck, reason: Reason
) -> None:
    shipment = lost(3)
    post_offices.answer = CheckAnswer(check)
    clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.reason) == (S.ATTENTION, reason)
    assert len(script.asked_to("create")) == 1


def test_during_a_pause_it_is_looked_for_and_not_sent_again_before_the_pause_is_over(
    lost: Lost, script: Script, clock: Clock, post_offices: PostOffices
) -> None:
    shipment = lost(2, MADE)
    strike = make_pause()
    assert clock.waits_of(shipment, 3) == [200, 500, 500]
    assert (shipment.state, shipment.reason, shipment.tries) == (S.UNKNOWN, Reason.PAUSED, 2)
    assert [name for name, _ in script.asked] == ["create", *["look_up"] * 4]
    strike.delete()
    clock.sweep_when_due(shipment)
    assert shipment.state == S.LABELLED
    assert len(post_offices.asked) == 2


def test_what_was_made_is_adopted_during_a_pause(lost: Lost, script: Script, clock: Clock) -> None:
    script.look_up([Found(MADE, same=True)])
    shipment = lost(1)
    make_pause()
    clock.sweep_when_due(shipment)
    assert shipment.state == S.LABELLED


def test_while_the_system_may_not_be_asked_no_try_is_lost(lost: Lost, script: Script, clock: Clock) -> None:
    shipment = lost(2)
    script.obstacle = NotYet(reason=Reason.LIVE_OFF)
    assert clock.waits_of(shipment, 2) == [500, 500]
    assert (shipment.state, shipment.reason, shipment.tries) == (S.UNKNOWN, Reason.LIVE_OFF, 1)
    assert len(script.asked_to("look_up")) == 1


def test_an_unknown_outcome_of_a_system_that_is_gone_is_a_persons_in_the_end(script: Script, clock: Clock) -> None:
    shipment = make_shipment(system="gone", state=S.UNKNOWN, requests=1, requested_at=timezone.now())
    clock.until_it_rests(shipment)
    assert (shipment.state, shipment.reason) == (S.ATTENTION, Reason.GAVE_UP)


def test_a_second_request_that_made_nothing_is_looked_up_from_the_first_rung(script: Script, clock: Clock) -> None:
    script.create(Unknown(), NotYet(reason=Reason.NOT_ENTITLED, said="no"), MADE)
    began, shipment = timezone.now(), make_shipment()
    assert clock.waits_of(shipment, 5) == [2, 20, 200, 5, 20]
    assert (shipment.requests, shipment.tries, shipment.requested_at) == (1, 1, began)
    clock.waits_of(shipment, 1)
    clock.sweep_when_due(shipment)
    assert (shipment.state, len(script.asked_to("create"))) == (S.LABELLED, 3)


def test_a_second_request_that_is_refused_is_a_persons_as_the_first_may_have_made_one(lost: Lost, clock: Clock) -> None:
    shipment = lost(3, Refused(said="no"))
    clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.reason, shipment.reason_text) == (S.ATTENTION, Reason.REFUSED, "no")


# The label.


def test_a_label_that_is_being_made_is_fetched_by_its_own_ladder(script: Script, clock: Clock) -> None:
    script.label(
        NotYet(reason=Reason.LABEL_NOT_READY, said="wait"), *[NotYet(reason=Reason.LABEL_NOT_READY)] * 3, LABEL
    )
    shipment = make_shipment()
    assert clock.waits_of(shipment, 4) == [1, 10, 110, 110]
    assert (shipment.state, shipment.reason, shipment.tries) == (S.MADE, Reason.LABEL_NOT_READY, 4)
    clock.sweep_when_due(shipment)
    assert (shipment.state, shipment.reason, shipment.reason_text) == (S.LABELLED, Reason.NONE, "")
    assert (shipment.labelled_at, shipment.label_media_type) == (timezone.now(), LABEL.media_type)
    assert shipment.label.read() == LABEL.content
    assert len(script.asked_to("create")) == 1


def test_a_label_of_a_kind_that_cannot_be_kept_is_fetched_again(script: Script, clock: Clock) -> None:
    script.label(Label(b"GIF89a", "image/gif"), LABEL)
    shipment = make_shipment()
    assert clock.waits_of(shipment, 1) == [5]
    assert (shipment.reason, str(shipment.label)) == (Reason.LABEL_UNREADABLE, "")
    attempt = shipment.attempts.latest("pk")
    assert (attempt.step, attempt.outcome) == (HandoffStep.LABEL, Outcome.UNREADABLE)
    clock.sweep_when_due(shipment)
    assert shipment.state == S.LABELLED


def test_tries_of_the_request_do_not_count_for_the_label(script: Script, clock: Clock) -> None:
    script.create(NotYet(), NotYet(), MADE)
    script.label(NotYet(reason=Reason.LABEL_NOT_READY))
    assert clock.waits_of(make_shipment(), 4) == [5, 50, 1, 10]


def test_where_a_repeated_id_is_refused_it_is_sent_after_each_round(lost: Lost, script: Script, clock: Clock) -> None:
    script.refuses_repeated_ids = True
    shipment = clock.until_it_rests(lost(1))
    assert (shipment.state, shipment.reason) == (S.ATTENTION, Reason.GAVE_UP)
    sent, looked_up = script.asked_to("create"), len(script.asked_to("look_up"))
    assert len(sent) > 3
    # Two look-ups before the second request, a round of three before each other; a day ends in the middle of one.
    assert [name for name, _ in script.asked[:4]] == ["create", "look_up", "look_up", "create"]
    assert (looked_up - 2) // 3 == len(sent) - 2
    assert all(request == sent[0] for request in sent)
