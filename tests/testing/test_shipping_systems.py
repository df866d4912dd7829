"""The tests for shipping systems find each mistake that somebody's own system may have."""

import pickle
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import cycle
from typing import Any, NamedTuple

import pytest
from django.core.exceptions import ImproperlyConfigured

from deliver_to_po.shipping import (
    ExportFile,
    Found,
    Handed,
    Label,
    Made,
    ManifestDocument,
    NotTransmitted,
    NotYet,
    Reason,
    RefundAsked,
    Refused,
    ShipmentRequest,
    ShippingSystem,
    Transmitted,
    Unknown,
    Voided,
)
from deliver_to_po.shipping.dummy import DummyShipping
from deliver_to_po.testing.shipping_systems import WHAT_IT_CAN, ShippingSystemTests
from tests.shipping import test_dummy

FAILURES = (AssertionError, ImproperlyConfigured, KeyError, TypeError, ValueError, AttributeError, pickle.PicklingError)
PYTEST_FAILED = pytest.fail.Exception
PART: dict[str, Callable[[ShipmentRequest], object]] = {
    "office": lambda request: request.office.office_id,
    "recipient": lambda request: request.recipient.name,
    "street": lambda request: request.recipient.address.line_1,
    "postal code": lambda request: request.recipient.address.postal_code,
    "service": lambda request: request.service,
}


@dataclass(frozen=True)
class Talkative(Made):
    """An answer whose author wrote a repr that shows too much."""

    def __repr__(self) -> str:
        return f"Talkative({self.said!r})"


class Changing(Made):
    """An answer that is another one when it has been pickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(Made, shipment_id="another"), ()


class Open(Label):
    """A label that shows its content, with somebody's address on it."""

    def __repr__(self) -> str:
        return f"Open({self.content!r})"


class Forgetful(DummyShipping):
    """A system that compares only some parts when it looks up."""

    ignored = ""

    def look_up(self, request: ShipmentRequest) -> Sequence[Found]:
        sent = [each for each in self.sent if each.request_id == request.request_id]
        parts = [part for name, part in PART.items() if name != self.ignored]
        return [Found(Made(shipment_id="1"), all(part(each) == part(request) for part in parts)) for each in sent]


def always(answer: object) -> Callable[..., Any]:
    """Return a method that answers the same whatever it is asked."""
    return lambda *_, **__: answer


def in_turn(*answers: object) -> Callable[..., Any]:
    """Return a method that answers one after the other, and then from the beginning."""
    turns = cycle(answers)
    return lambda *_, **__: next(turns)


def make_another(_system: ShippingSystem, _request: ShipmentRequest) -> Made:
    return Made(shipment_id=uuid.uuid4().hex)


ONE = Made(shipment_id="1")
REFUSED_LIVE = Refused(reason=Reason.LIVE_OFF)
CSV, OTHER_CSV = ExportFile(b"1"), ExportFile(b"2")
KNOWS_IDS = {"takes_repeated_ids": True, "refuses_repeated_ids": False}
UNHEARD_OF: Any = "soon"
TRANSMITS = "a_shipment_is_transmitted_once_and_its_manifest_can_be_printed"
SAYS_WHAT_IT_CAN = "it_says_whether_it_offers_deliver_to_post_office"
LIVE = {"live": True}


class Wrong(NamedTuple):
    """A mistake in the dummy, the test that finds it, and what that is called with."""

    test: str
    arguments: dict[str, Any]
    mistake: dict[str, Any]


def wrong(test: str, arguments: dict[str, Any] | None = None, /, **mistake: Any) -> Wrong:
    return Wrong(f"test_{test}", arguments or {}, mistake)


MISTAKES = [
    *(wrong(SAYS_WHAT_IT_CAN, **{name: "yes"}) for name in WHAT_IT_CAN),
    wrong("the_same_parcels_make_the_same_file", exports=True, export=in_turn(CSV, OTHER_CSV)),
    wrong("the_same_parcels_make_the_same_file", exports=True, export=always(ExportFile(b"1", "."))),
    wrong("each_parcel_is_in_the_file", exports=True, export=always(CSV)),
    wrong("staff_have_a_name_for_it", {"language": "fr"}, name=" "),
    wrong("every_option_says_what_it_is_for", option_names={"URL": ""}),
    wrong("an_option_that_it_does_not_know_is_an_error_that_names_the_alias", __init__=always(None)),
    wrong("a_shipment_can_stay_with_the_api_that_it_was_made_through", speaking=always(None)),
    wrong("the_group_of_a_day_is_a_short_text_and_always_the_same", group=in_turn("a", "b")),
    wrong("the_group_of_a_day_is_a_short_text_and_always_the_same", group=always("g" * 33)),
    wrong("the_group_of_a_day_is_a_short_text_and_always_the_same", group=always("a\nb")),
    wrong("a_request_that_it_takes_meets_no_objection", objection=always(Refused())),
    wrong("creating_is_answered_in_the_words_of_the_port", create=always(None)),
    wrong("creating_is_answered_in_the_words_of_the_port", create=always(Made(shipment_id=""))),
    wrong("creating_is_answered_in_the_words_of_the_port", create=always(Made(shipment_id="1" * 41))),
    wrong("creating_is_answered_in_the_words_of_the_port", create=always(replace(ONE, tracking_number="\n"))),
    wrong("creating_is_answered_in_the_words_of_the_port", create=always(replace(ONE, data={"a": date.min}))),
    wrong("a_shipment_is_made_or_handed_over", create=always(Refused())),
    wrong("two_requests_are_two_shipments", create=always(ONE)),
    wrong("the_same_id_twice_makes_one_shipment", create=make_another),
    wrong("the_same_id_twice_makes_one_shipment", create=make_another, can_look_up=False),
    wrong("the_same_id_twice_makes_one_shipment", create=in_turn(ONE, NotYet()), can_look_up=False),
    wrong("the_same_id_twice_makes_one_shipment", create=in_turn(Handed(), Refused())),
    *(
        wrong(
            "the_same_id_twice_makes_one_shipment", create=in_turn(ONE, answer), look_up=always([Found(ONE, same=True)])
        )
        for answer in (NotYet(), Refused())
    ),
    wrong("the_same_id_twice_makes_one_shipment", create=always(ONE), look_up=always([])),
    wrong("the_same_id_twice_makes_one_shipment", doubles_repeated_ids=True),
    wrong("accents_and_names_of_44_characters_survive", look_up=always([Found(ONE, same=False)])),
    wrong("accents_and_names_of_44_characters_survive", create=always(Refused())),
    wrong("the_same_id_twice_is_answered_alike_where_it_says_so", create=make_another, **KNOWS_IDS),
    wrong("the_same_id_twice_is_answered_alike_where_it_says_so", create=in_turn(Handed(), Refused()), **KNOWS_IDS),
    wrong("a_repeated_id_is_refused_where_it_says_so", create=make_another),
    wrong("a_repeated_id_is_refused_where_it_says_so", create=in_turn(ONE, NotYet())),
    wrong("what_was_made_can_be_voided_where_it_says_so", void=always(NotYet())),
    wrong("what_was_made_can_be_voided_where_it_says_so", void=always(Voided())),
    wrong("what_is_void_already_is_not_held", void=in_turn(Voided(), Refused())),
    wrong("what_is_void_already_is_not_held", void=in_turn(Voided(), Unknown())),
    wrong("what_is_transmitted_can_be_refunded_where_it_says_so", refund=always(Refused())),
    wrong("what_is_transmitted_can_be_refunded_where_it_says_so", refund=in_turn(RefundAsked(), Refused())),
    wrong("what_is_transmitted_is_not_voided", void=always(Voided())),
    wrong("what_is_transmitted_is_not_voided", void=always(Refused())),
    wrong("what_is_not_transmitted_is_not_refunded", refund=always(RefundAsked())),
    wrong("what_is_not_transmitted_is_not_refunded", refund=always(Refused())),
    wrong("one_instance_serves_several_threads", create=always(ONE)),
    wrong("one_instance_serves_several_threads", create=always(ONE), can_look_up=False),
    wrong("one_instance_serves_several_threads", create=in_turn(Handed(), NotYet())),
    wrong("one_instance_serves_several_threads", look_up=always([Found(ONE, same=True)])),
    wrong("nothing_is_sent_while_there_is_an_obstacle", LIVE, create=make_another),
    wrong("nothing_is_sent_while_there_is_an_obstacle", LIVE, create=always(NotYet())),
    wrong("nothing_is_sent_while_there_is_an_obstacle", LIVE, create=always(REFUSED_LIVE)),
    wrong("nothing_is_sent_while_there_is_an_obstacle", LIVE, obstacle=always(NotYet(reason=Reason.NONE))),
    wrong("nothing_is_sent_while_there_is_an_obstacle", LIVE, look_up=always([Found(ONE, same=True)])),
    wrong("nothing_is_found_under_an_id_that_was_never_sent", look_up=always([Found(ONE, same=True)])),
    wrong("nothing_is_found_under_an_id_that_was_never_sent", look_up=always(NotYet())),
    wrong("a_shipment_whose_answer_got_lost_is_found_again", look_up=always([])),
    # The hand-off says then when it was sent, which nobody knew when it was.
    wrong(
        "a_shipment_whose_answer_got_lost_is_found_again",
        look_up=lambda system, request: [Found(ONE, same=request in system.sent)],
    ),
    wrong("a_shipment_whose_answer_got_lost_is_found_again", look_up=always([Found(ONE, same=False)])),
    wrong("a_shipment_whose_answer_got_lost_is_found_again", create=make_another),
    wrong("a_label_is_pdf_or_zpl", label=always(Label(b"<html>"))),
    wrong("a_label_is_pdf_or_zpl", label=always(Label(b"%PDF", "image/png"))),
    wrong("a_label_is_pdf_or_zpl", label=always(None)),
    wrong("a_label_is_pdf_or_zpl", label=always(NotYet(reason=Reason.LABEL_NOT_READY))),
    wrong("a_parcel_is_followed_where_it_says_so", can_track=True, track=always(None)),
    wrong("a_label_is_pdf_or_zpl", label=always(NotYet(reason=UNHEARD_OF))),
    wrong("a_shipment_to_another_one_is_not_the_same", {"what": "office"}, look_up=always([Found(ONE, same=False)])),
    wrong("each_shipment_has_a_label_of_its_own", label=always(Label(b"%PDF"))),
    wrong("a_label_can_be_fetched_again", label=in_turn(Label(b"%PDF"), Label(b"^XA", "application/zpl"))),
    wrong("without_labels_a_shipment_is_done_when_it_is_made", has_labels=False),
    wrong("what_the_system_said_is_in_no_repr", create=always(Talkative(shipment_id="1"))),
    wrong("what_the_system_said_is_in_no_repr", label=always(Open(b"%PDF"))),
    wrong("answers_survive_pickling", create=always(Changing(shipment_id="1"))),
    wrong("answers_survive_pickling", create=always(replace(ONE, data={"a": lambda: None}))),
    *(
        wrong("a_shipment_to_another_one_is_not_the_same", {"what": part}, look_up=Forgetful.look_up, ignored=part)
        for part in PART
    ),
    wrong("a_group_of_its_own_may_be_transmitted", is_own_group=always(False)),
    wrong("a_group_of_its_own_may_be_transmitted", is_own_group=always(True)),
    wrong("nothing_is_transmitted_while_there_is_an_obstacle", transmit=always(Transmitted())),
    wrong("nothing_is_transmitted_while_there_is_an_obstacle", transmit=always(NotYet())),
    wrong(TRANSMITS, transmit=always(Unknown())),
    wrong(TRANSMITS, transmit=always(Transmitted(manifest_ids=("1",)))),
    wrong(TRANSMITS, find_transmission=always(NotTransmitted())),
    wrong(TRANSMITS, find_transmission=always(Transmitted(manifest_ids=("1",)))),
    wrong(TRANSMITS, manifest=always(ManifestDocument("1", b"<html>"))),
    wrong(TRANSMITS, manifest=always(ManifestDocument("1", b"%PDF", ("another",)))),
    wrong(TRANSMITS, manifest=always(NotYet(reason=UNHEARD_OF))),
]


class Suite(test_dummy.TestDummyShipping):
    """The tests, run one by one on a system with one mistake."""

    __test__ = False


def suite_of(backend: str | type[ShippingSystem]) -> ShippingSystemTests:
    suite: type[Suite] = type("Suite", (Suite,), {"backend": backend})
    return suite()


def run(test: str, arguments: dict[str, Any], mistake: dict[str, Any]) -> None:
    """Run one test on the dummy with one mistake in it."""
    suite = suite_of(type("Mistaken", (DummyShipping,), mistake))
    suite.reset()
    getattr(suite, test)(suite.make_system(), **arguments)


def test_each_mistake_is_found() -> None:
    found = []
    for row in MISTAKES:
        with suppress(*FAILURES, PYTEST_FAILED):
            run(*row)
            continue
        found.append(row)
    assert [row for row in MISTAKES if row not in found] == []


def test_the_same_tests_pass_without_a_mistake() -> None:
    for row in MISTAKES:
        run(row.test, row.arguments, {})


def test_every_test_finds_some_mistake() -> None:
    tests = {name for name in vars(ShippingSystemTests) if name.startswith("test_")}
    assert {row.test for row in MISTAKES} == tests


@pytest.mark.parametrize("backend", ["", "no.Where", "datetime.date"])
def test_a_backend_that_names_no_system_is_an_error(backend: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"Suite\.backend"):
        suite_of(backend).make_system()


def test_a_system_is_made_with_the_options_that_are_given() -> None:
    class Desk(DummyShipping):
        option_names = {"URL": "where it answers"}

    class DeskSuite(ShippingSystemTests):
        backend = Desk
        options = {"URL": "http://127.0.0.1:9"}

    assert DeskSuite().make_system().options == {"URL": "http://127.0.0.1:9"}


def test_a_system_that_can_look_up_must_be_able_to_lose_an_answer() -> None:
    with pytest.raises(NotImplementedError, match="lose_the_answer"):
        ShippingSystemTests().lose_the_answer()


def test_a_system_that_can_refund_must_be_able_to_take_a_shipment_over() -> None:
    with pytest.raises(NotImplementedError, match="transmitted"):
        ShippingSystemTests().transmitted(ONE)
    assert ShippingSystemTests().transmitted(replace(ONE, transmitted=True)).transmitted


def test_a_system_that_only_hands_over_and_has_no_labels_passes() -> None:
    class Fax(ShippingSystem):
        name = "Fax"
        supports_d2po = True
        has_labels = False

        def create(self, request: ShipmentRequest) -> Handed:
            return Handed()

    suite = suite_of(Fax)
    for row in MISTAKES:
        getattr(suite, row.test)(suite.make_system(), **row.arguments)
