"""What a person does about a difference, by each answer of the shipping system, and whether it is settled then."""

from typing import Any

import pytest

from deliver_to_po.core.choices import Compared, Differs, Reason, ShipmentState
from deliver_to_po.errors import MoveRefused
from deliver_to_po.handoff.day_end import curing
from deliver_to_po.handoff.day_end.curing import Cure, Cured, cure
from deliver_to_po.handoff.releasing.release import hold
from deliver_to_po.models import Comparison, Shipment
from deliver_to_po.models.comparison import Difference
from deliver_to_po.shipping import Found, Made, NotYet, RefundAsked, Refused, Unknown, Voided
from deliver_to_po.shipping.listing import Held
from tests.factories import make_delivery, make_shipment
from tests.rounds import now

pytestmark = pytest.mark.django_db

TOO_LATE, MADE = Refused(reason=Reason.TRANSMITTED), Made(shipment_id="S-1", tracking_number="7023210039414604")
OTHER = Made(shipment_id="S-2")


class Answers:
    """A shipping system that answers so, and keeps what it was asked to void or refund."""

    doubles_repeated_ids = False

    def __init__(self, **answers: Any) -> None:
        self._answers = answers
        self.can_void, self.can_refund = "void" in answers, "refund" in answers
        self.asked: list[tuple[Any, ...]] = []

    def void(self, made: Made) -> Any:
        self.asked.append((made,))
        return self._answers["void"]

    def refund(self, made: Made, email: str) -> Any:
        self.asked.append((made, email))
        return self._answers["refund"]

    def look_up(self, request: Any) -> Any:
        return self._answers["look_up"]

    def about(self, shipment_id: str) -> Any:
        return self._answers[shipment_id]


def listed(difference: Difference) -> Comparison:
    """Return a list that holds it, and another shipment that differs."""
    one = Comparison.objects.create(what=Compared.GROUP, name="g", theirs=5, ours=4)
    one.keep([difference, Difference("S-9", Differs.UNKNOWN)])
    return one


def done(monkeypatch: pytest.MonkeyPatch, system: Answers, difference: Difference, how: Cure) -> tuple[Any, ...]:
    """Cure it; return what came of it, what differs still, and how many parcels each side has."""
    one = listed(difference)
    monkeypatch.setattr(curing, "system_of", lambda alias, api: system)
    came = cure(one, difference, how, note="seen there")
    one.refresh_from_db()
    return came, [each.shipment_id for each in one.open_ones], one.theirs, one.ours


KEPT = ["S-1", "S-9"], 5, 4
# What the system is asked.
VOID, REFUND = (MADE,), (MADE, "a@example.com")


@pytest.mark.parametrize(
    ("answers", "email", "asked", "expected"),
    [
        ({"void": Voided(), "refund": RefundAsked()}, "a@example.com", [VOID], (Cured.VOIDED, ["S-9"], 4, 4)),
        (
            {"void": TOO_LATE, "refund": RefundAsked()},
            "a@example.com",
            [VOID, REFUND],
            (Cured.REFUND_ASKED, ["S-9"], 5, 4),
        ),
        ({"refund": RefundAsked()}, "a@example.com", [REFUND], (Cured.REFUND_ASKED, ["S-9"], 5, 4)),
        ({"refund": RefundAsked()}, "", [], (Cured.NO_REFUND_EMAIL, *KEPT)),
        ({"void": TOO_LATE}, "a@example.com", [VOID], (Cured.REFUSED, *KEPT)),
        ({"void": Refused(), "refund": RefundAsked()}, "a@example.com", [VOID], (Cured.REFUSED, *KEPT)),
        ({"void": Refused(reason=Reason.NOT_HELD)}, "", [VOID], (Cured.NOT_THERE, ["S-9"], 4, 4)),
        ({"void": NotYet()}, "", [VOID], (Cured.NOT_NOW, *KEPT)),
        ({"void": Unknown()}, "", [VOID], (Cured.NOT_NOW, *KEPT)),
    ],
)
def test_a_stranger_is_voided_or_refunded(
    monkeypatch: pytest.MonkeyPatch,
    change_settings: Any,
    answers: dict[str, Any],
    email: str,
    asked: list[tuple[Any, ...]],
    expected: tuple[Any, ...],
) -> None:
    change_settings(REFUND_EMAIL=email)
    system = Answers(**answers)
    stranger = Difference("S-1", Differs.UNKNOWN, MADE.tracking_number)
    assert done(monkeypatch, system, stranger, Cure.TAKE_BACK) == expected
    assert system.asked == asked


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (NotYet(), (Cured.NOT_NOW, *KEPT)),
        ([], (Cured.NOT_THERE, ["S-9"], 4, 4)),
        ([Found(OTHER, same=True)], (Cured.NOT_THERE, ["S-9"], 4, 4)),
        ([Found(MADE, same=False)], (Cured.NOT_THE_SAME, *KEPT)),
        ([Found(OTHER, same=False), Found(MADE, same=True)], (Cured.ADOPTED, ["S-9"], 4, 4)),
    ],
)
def test_what_was_made_for_a_row_is_taken_over_only_if_it_is_the_same(
    monkeypatch: pytest.MonkeyPatch, answer: Any, expected: tuple[Any, ...]
) -> None:
    row = make_shipment(state=ShipmentState.ATTENTION)
    waits = Difference("S-1", Differs.WAITS, row=row.pk)
    assert done(monkeypatch, Answers(look_up=answer), waits, Cure.ADOPT) == expected
    row.refresh_from_db()
    adopted = expected[0] == Cured.ADOPTED
    assert (row.shipment_id, row.tracking_pin) == (("S-1", MADE.tracking_number) if adopted else ("", ""))
    assert list(row.history.values_list("note", flat=True)) == ["seen there"] * adopted


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (NotYet(), (Cured.NOT_NOW, *KEPT)),
        (None, (Cured.NOT_THERE, ["S-9"], 5, 3)),
        (Held(MADE), (Cured.NOT_THERE, ["S-9"], 5, 3)),
        (Held(Made(shipment_id="S-1", transmitted=True)), (Cured.MARKED, ["S-9"], 5, 3)),
    ],
)
def test_a_row_is_marked_as_transmitted_only_if_it_is_so_there(
    monkeypatch: pytest.MonkeyPatch, answer: Any, expected: tuple[Any, ...]
) -> None:
    row = make_shipment(state=ShipmentState.LABELLED, shipment_id="S-1")
    mark = Difference("S-1", Differs.TRANSMITTED, row=row.pk)
    assert done(monkeypatch, Answers(**{"S-1": answer}), mark, Cure.MARK) == expected
    assert (now(row).transmitted_at is not None) == (expected[0] == Cured.MARKED)
    assert list(row.history.values_list("note", flat=True)) == ["seen there"] * (expected[0] == Cured.MARKED)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (NotYet(), (Cured.NOT_NOW, *KEPT)),
        (Held(MADE), (Cured.REFUSED, *KEPT)),
        (None, (Cured.MADE_AGAIN, ["S-9"], 5, 3)),
    ],
)
def test_a_parcel_is_made_again_only_if_the_system_does_not_hold_it(
    monkeypatch: pytest.MonkeyPatch, answer: Any, expected: tuple[Any, ...]
) -> None:
    row = make_shipment(state=ShipmentState.LABELLED, shipment_id="S-1")
    gone = Difference("S-1", Differs.GONE, row=row.pk)
    assert done(monkeypatch, Answers(**{"S-1": answer}), gone, Cure.MAKE_AGAIN) == expected
    row.refresh_from_db()
    again = expected[0] == Cured.MADE_AGAIN
    assert (row.state, row.reason) == (("voiding", Reason.TAKE_BACK_UNKNOWN) if again else ("labelled", ""))


def test_what_was_made_before_a_restore_is_released_unless_that_doubles_it(monkeypatch: pytest.MonkeyPatch) -> None:
    system, held = Answers(), make_delivery(state="placed", released_at=None)
    hold(held.order)
    for delivery, came in ((make_delivery(state="placed", released_at=None), Cured.RELEASED), (held, Cured.KEPT)):
        early = Difference("S-1", Differs.EARLY, delivery=str(delivery.pk))
        left = ["S-9"] if came == Cured.RELEASED else ["S-1", "S-9"]
        assert done(monkeypatch, system, early, Cure.RELEASE)[:2] == (came, left)
        assert Shipment.objects.filter(delivery=delivery).count() == (came == Cured.RELEASED)
        Comparison.objects.all().delete()
    with pytest.raises(MoveRefused):
        done(monkeypatch, system, early._replace(delivery="00000000-0000-0000-0000-000000000001"), Cure.RELEASE)
    Comparison.objects.all().delete()
    system.doubles_repeated_ids = True
    with pytest.raises(MoveRefused):
        done(monkeypatch, system, early, Cure.RELEASE)


@pytest.mark.parametrize("how", [Cure.MARK, Cure.MAKE_AGAIN, Cure.ADOPT])
def test_of_a_row_that_is_gone_nothing_is_cured(monkeypatch: pytest.MonkeyPatch, how: Cure) -> None:
    kind = {Cure.MARK: Differs.TRANSMITTED, Cure.MAKE_AGAIN: Differs.GONE, Cure.ADOPT: Differs.WAITS}[how]
    answers = Answers(**{"S-1": Held(Made(shipment_id="S-1", transmitted=True))}, look_up=[])
    with pytest.raises(MoveRefused):
        done(monkeypatch, answers, Difference("S-1", kind, row=1), how)
