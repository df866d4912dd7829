"""The dummy lets a shop's tests decide what is answered, and shows what was sent."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pypdfium2
import pytest

from deliver_to_po.canadapost.identifiers import is_tracking_number
from deliver_to_po.core.choices import Reason
from deliver_to_po.shipping import Handed, Label, Made, NotYet, RefundAsked, Refused, Unknown, Voided
from deliver_to_po.shipping.dummy import CreateAnswer, DummyShipping
from deliver_to_po.testing.shipping_systems import ShippingSystemTests
from tests.factories import PARCEL
from tests.shipping.requests import asked


@pytest.fixture
def system() -> Iterator[DummyShipping]:
    DummyShipping.reset()
    yield DummyShipping("default", {})
    DummyShipping.reset()


def made_by(system: DummyShipping) -> Made:
    answer = system.create(asked())
    assert isinstance(answer, Made)
    return answer


def test_a_shipment_is_made_with_a_tracking_number_that_looks_right(system: DummyShipping) -> None:
    assert is_tracking_number(made_by(system).tracking_number)
    assert made_by(system).tracking_number != made_by(system).tracking_number


def test_its_label_is_a_pdf_that_says_specimen_and_where_the_parcel_goes(system: DummyShipping) -> None:
    label = system.label(made_by(system))
    assert isinstance(label, Label)
    text = pypdfium2.PdfDocument(label.content)[0].get_textpage().get_text_bounded()
    for words in ("SPECIMEN", "Marie-Ève Côté", "Comptoir du Coin", "Example Shop", "Ottawa ON"):
        assert words in text


def test_what_was_sent_is_shown_in_its_order(system: DummyShipping) -> None:
    requests = [asked(reference=number) for number in ("1", "2")]
    for request in requests:
        system.create(request)
    assert DummyShipping.sent == requests


@pytest.mark.parametrize(
    "answer",
    [
        Refused(said="No such street."),
        NotYet(reason=Reason.THROTTLED, seconds=5),
        Unknown(),
        Handed(),
        Made(shipment_id="S1", suspended=True),
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_the_next_answer_is_the_one_that_the_test_gave(system: DummyShipping, answer: CreateAnswer) -> None:
    DummyShipping.will_answer(answer)
    assert system.create(asked()) == answer
    assert isinstance(system.create(asked()), Made)


def test_answers_are_given_one_after_the_other(system: DummyShipping) -> None:
    DummyShipping.will_answer(Unknown(), Handed())
    assert [system.create(asked()) for _ in range(2)] == [Unknown(), Handed()]


def test_a_shipment_that_the_test_gave_is_found_and_has_a_label(system: DummyShipping) -> None:
    given, request = Made(shipment_id="S1", tracking_number="7023210039414604"), asked()
    DummyShipping.will_answer(given)
    system.create(request)
    assert [found.made for found in system.look_up(request)] == [given]
    assert isinstance(system.label(given), Label)


def test_after_an_unknown_answer_nothing_was_made(system: DummyShipping) -> None:
    request = asked()
    DummyShipping.will_answer(Unknown())
    system.create(request)
    assert system.look_up(request) == []


def test_a_second_shipment_under_the_same_id_is_refused(system: DummyShipping) -> None:
    request = asked()
    first, second = system.create(request), system.create(request)
    assert isinstance(second, Unknown)
    assert second.exists
    assert [found.made for found in system.look_up(request)] == [first]


def test_a_label_can_be_late(system: DummyShipping) -> None:
    made, late = made_by(system), NotYet(reason=Reason.LABEL_NOT_READY)
    DummyShipping.will_label(late)
    assert system.label(made) == late
    assert isinstance(system.label(made), Label)


def test_a_shipment_that_it_never_made_has_no_label(system: DummyShipping) -> None:
    assert isinstance(system.label(Made(shipment_id="S9")), NotYet)


def test_nothing_real_is_ever_shipped(system: DummyShipping) -> None:
    assert system.obstacle(live=True) == NotYet(reason=Reason.LIVE_OFF)
    assert system.create(asked(live=True)) == NotYet(reason=Reason.LIVE_OFF)
    assert DummyShipping.sent == []


def test_a_parcel_that_breaks_a_rule_is_refused_as_in_earnest(system: DummyShipping) -> None:
    heavy = asked(parcel=replace(PARCEL, weight_kg=Decimal(31)))
    answer = system.create(heavy)
    assert answer == system.objection(heavy)
    assert isinstance(answer, Refused)
    assert DummyShipping.sent == []


def test_another_instance_knows_what_was_told_to_the_class(system: DummyShipping) -> None:
    DummyShipping.will_answer(Handed())
    assert DummyShipping("other", {}).create(asked()) == Handed()


def test_a_reset_forgets_everything(system: DummyShipping) -> None:
    request = asked()
    system.create(request)
    DummyShipping.will_answer(Handed())
    DummyShipping.will_label(NotYet())
    DummyShipping.reset()
    assert (DummyShipping.sent, system.look_up(request)) == ([], [])
    assert isinstance(system.label(made_by(system)), Label)


def test_what_it_never_made_is_neither_voided_nor_refunded(system: DummyShipping) -> None:
    stranger = Made(shipment_id="S1")
    assert (system.void(stranger), system.refund(stranger, "a@example.com")) == (Refused(reason=Reason.NOT_HELD),) * 2


def test_what_is_to_be_taken_back_is_answered_as_the_test_says_and_then_done(system: DummyShipping) -> None:
    made = made_by(system)
    DummyShipping.will_void(NotYet(), Unknown())
    assert [system.void(made) for _ in range(3)] == [NotYet(), Unknown(), Voided()]
    made = replace(made_by(system), transmitted=True)
    DummyShipping.will_refund(NotYet(), Refused())
    assert [type(system.refund(made, "a@example.com")) for _ in range(3)] == [NotYet, Refused, RefundAsked]


class TestDummyShipping(ShippingSystemTests):
    backend = "deliver_to_po.shipping.dummy.DummyShipping"

    def reset(self) -> None:
        DummyShipping.reset()

    def lose_the_answer(self) -> None:
        DummyShipping.will_lose_the_answer()

    def transmitted(self, made: Made) -> Made:
        return replace(made, transmitted=True)
