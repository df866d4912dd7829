"""The tests that every shipping system must pass: subclass ``ShippingSystemTests`` and name your class in it."""

import json
import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone, translation

from deliver_to_po.canadapost import lengths
from deliver_to_po.shipping import (
    Answer,
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
    Tracked,
    Transmitted,
    Unknown,
    Voided,
)
from deliver_to_po.testing.shipping_hooks import DAY, RECIPIENT, SENDER, Hooks

# What we keep of a shipment: longer ones go to a person.
GROUP_LENGTH = 32
THREADS = 6
STARTS = {"application/pdf": b"%PDF", "application/zpl": b"^XA"}
EMAIL = "refunds@example.com"
WHAT_IT_CAN = (
    *("supports_d2po", "has_labels", "can_look_up", "can_track", "can_void", "can_refund", "can_transmit"),
    *("refuses_repeated_ids", "takes_repeated_ids", "by_hand", "exports"),
)
CANARY = "canary Serin, 77 Canary Lane"


def changed(request: ShipmentRequest, what: str) -> ShipmentRequest:
    """Return ``request`` under the same id as another shipment: to another ``what``."""
    person, address = request.recipient, request.recipient.address
    others: dict[str, dict[str, Any]] = {
        "office": {"office": replace(request.office, office_id="0000999999")},
        "recipient": {"recipient": replace(person, name="Somebody Else")},
        "street": {"recipient": replace(person, address=replace(address, line_1="9 Other Street"))},
        "postal code": {"recipient": replace(person, address=replace(address, postal_code="H2X1Y4"))},
        "service": {"service": "DOM.XP" if request.service == "DOM.EP" else "DOM.EP"},
    }
    return replace(request, **others[what])


class ShippingSystemTests(Hooks):
    """Subclass it as ``TestMySystem`` in a file of your own tests; override what your system needs.

    ``reset`` runs before each test. Where the system cannot do something, such as looking up, the tests about that ask
    that it does not claim to.
    """

    # What it says of itself

    def test_it_says_whether_it_offers_deliver_to_post_office(self, system: ShippingSystem) -> None:
        for name in WHAT_IT_CAN:
            assert isinstance(getattr(system, name), bool), name

    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_staff_have_a_name_for_it(self, system: ShippingSystem, language: str) -> None:
        with translation.override(language):
            assert str(system.name).strip()

    def test_every_option_says_what_it_is_for(self, system: ShippingSystem) -> None:
        assert all(name and str(words).strip() for name, words in system.option_names.items())

    def test_an_option_that_it_does_not_know_is_an_error_that_names_the_alias(self, system: ShippingSystem) -> None:
        with pytest.raises(ImproperlyConfigured, match="conformance"):
            type(system)("conformance", {**self.options, "NO_SUCH_OPTION": 1})

    def test_a_shipment_can_stay_with_the_api_that_it_was_made_through(self, system: ShippingSystem) -> None:
        then = system.speaking(system.api)
        assert (type(then), then.api) == (type(system), system.api)

    def test_the_group_of_a_day_is_a_short_text_and_always_the_same(self, system: ShippingSystem) -> None:
        group = system.group(DAY)
        assert group == self.make_system().group(DAY)
        assert group.isprintable()
        assert len(group) <= GROUP_LENGTH

    # Making a shipment

    def test_a_request_that_it_takes_meets_no_objection(self, system: ShippingSystem) -> None:
        assert system.objection(self.make_request()) is None

    def test_creating_is_answered_in_the_words_of_the_port(self, system: ShippingSystem) -> None:
        answer = system.create(self.make_request())
        assert isinstance(answer, Made | Handed | NotYet | Refused | Unknown)
        self._numbers_fit(answer)

    def test_a_shipment_is_made_or_handed_over(self, system: ShippingSystem) -> None:
        assert isinstance(system.create(self.make_request()), Made | Handed)

    def test_two_requests_are_two_shipments(self, system: ShippingSystem) -> None:
        answers = [system.create(self.make_request()) for _ in range(2)]
        ids = [answer.shipment_id for answer in answers if isinstance(answer, Made)]
        assert len(set(ids)) == len(ids)

    def test_the_same_id_twice_makes_one_shipment(self, system: ShippingSystem) -> None:
        request = self.make_request()
        first, second = system.create(request), system.create(request)
        ids = [answer.shipment_id for answer in (first, second) if isinstance(answer, Made)]
        assert (len(set(ids)) == 2) == system.doubles_repeated_ids
        assert not isinstance(second, NotYet | Refused), "“not yet” and “refused” say that nothing was made"
        if system.can_look_up and ids:
            assert sorted(found.made.shipment_id for found in _found(system, request)) == sorted(set(ids))

    def test_the_same_id_twice_is_answered_alike_where_it_says_so(self, system: ShippingSystem) -> None:
        """What was asked for twice, since the first answer got lost, gets that answer now."""
        if system.takes_repeated_ids:
            request = self.make_request()
            first, second = system.create(request), system.create(request)
            assert type(second) is type(first)
            if isinstance(first, Made) and isinstance(second, Made):
                assert (second.shipment_id, second.tracking_number) == (first.shipment_id, first.tracking_number)

    def test_a_repeated_id_is_refused_where_it_says_so(self, system: ShippingSystem) -> None:
        request = self.make_request()
        if system.refuses_repeated_ids and isinstance(system.create(request), Made):
            assert isinstance(system.create(request), Unknown)

    def test_accents_and_names_of_44_characters_survive(self, system: ShippingSystem) -> None:
        person = replace(RECIPIENT, name="Éléonore Ὀδυσσεύς O’Hara-Côté ".ljust(lengths.RECIPIENT_NAME, "ß"))
        request = self.make_request(recipient=person, sender=replace(SENDER, company="Œuvres & <Cie> \"n° 1\" 'é'"))
        assert isinstance(system.create(request), Made | Handed)
        if system.can_look_up:
            assert [found.same for found in _found(system, request)] in ([], [True])

    def test_one_instance_serves_several_threads(self, system: ShippingSystem) -> None:
        requests = [self.make_request() for _ in range(THREADS)]
        with ThreadPoolExecutor(THREADS) as pool:
            answers = list(pool.map(system.create, requests))
        assert all(isinstance(answer, Made | Handed) for answer in answers)
        made = [answer for answer in answers if isinstance(answer, Made)]
        assert len({answer.shipment_id for answer in made}) == len(made)
        if system.can_look_up:
            for request, answer in zip(requests, answers, strict=True):
                if isinstance(answer, Made):
                    assert [found.made.shipment_id for found in _found(system, request)] == [answer.shipment_id]

    @pytest.mark.parametrize("live", [True, False], ids=["live", "test"])
    def test_nothing_is_sent_while_there_is_an_obstacle(self, system: ShippingSystem, live: bool) -> None:
        obstacle = system.obstacle(live=live)
        if obstacle is None:
            return
        assert obstacle.reason
        request = self.make_request(live=live)
        answer = system.create(request)
        assert isinstance(answer, NotYet)
        assert answer.reason == obstacle.reason
        assert not system.can_look_up or _found(system, request) == []

    # Looking up

    def test_nothing_is_found_under_an_id_that_was_never_sent(self, system: ShippingSystem) -> None:
        if system.can_look_up:
            assert _found(system, self.make_request()) == []

    def test_a_shipment_whose_answer_got_lost_is_found_again(self, system: ShippingSystem) -> None:
        if not system.can_look_up:
            return
        self.lose_the_answer()
        request = self.make_request()
        assert isinstance(system.create(request), Unknown)
        [found] = _found(system, request)
        assert found.same
        self._numbers_fit(found.made)

    @pytest.mark.parametrize("what", ["office", "recipient", "street", "postal code", "service"])
    def test_a_shipment_to_another_one_is_not_the_same(self, system: ShippingSystem, what: str) -> None:
        if not system.can_look_up:
            return
        request = self.make_request()
        system.create(request)
        assert not any(found.same for found in _found(system, changed(request, what)))
        # The bystander: what was asked for is still the same.
        assert [found.same for found in _found(system, request)] in ([], [True])

    # Labels

    def test_a_label_is_pdf_or_zpl(self, system: ShippingSystem) -> None:
        for label in self._labels(system, 1):
            assert label.content.startswith(STARTS[label.media_type])

    def test_each_shipment_has_a_label_of_its_own(self, system: ShippingSystem) -> None:
        contents = [label.content for label in self._labels(system, 2)]
        assert len(set(contents)) == len(contents)

    def test_a_label_can_be_fetched_again(self, system: ShippingSystem) -> None:
        answer = system.create(self.make_request())
        if system.has_labels and isinstance(answer, Made):
            assert self._label(system, answer).media_type == self._label(system, answer).media_type

    def test_without_labels_a_shipment_is_done_when_it_is_made(self, system: ShippingSystem) -> None:
        """Whoever says that there are no labels is never asked for one, so there must be none to fetch."""
        assert system.has_labels == (type(system).label is not ShippingSystem.label)

    # On its way

    def test_a_parcel_is_followed_where_it_says_so(self, system: ShippingSystem) -> None:
        made = system.create(self.make_request())
        if system.can_track and isinstance(made, Made):
            assert isinstance(system.track(made.tracking_number), Tracked | NotYet)

    # Voiding and refunding

    def test_what_was_made_can_be_voided_where_it_says_so(self, system: ShippingSystem) -> None:
        request, bystander = self.make_request(), self.make_request()
        made, other = system.create(request), system.create(bystander)
        if not (system.can_void and isinstance(made, Made) and isinstance(other, Made)):
            return
        assert isinstance(system.void(_kept(made)), Voided)
        if system.can_look_up:
            assert _found(system, request) == []
            assert [found.made.shipment_id for found in _found(system, bystander)] == [other.shipment_id]

    def test_what_is_void_already_is_not_held(self, system: ShippingSystem) -> None:
        """So a call whose answer got lost is made again until it is known how it ended."""
        made = system.create(self.make_request())
        if system.can_void and isinstance(made, Made):
            system.void(_kept(made))
            again = system.void(_kept(made))
            assert isinstance(again, Voided) or (isinstance(again, Refused) and again.reason == Reason.NOT_HELD)

    def test_what_is_transmitted_can_be_refunded_where_it_says_so(self, system: ShippingSystem) -> None:
        made = system.create(self.make_request())
        if system.can_refund and isinstance(made, Made):
            taken_over = self.transmitted(made)
            assert isinstance(system.refund(taken_over, EMAIL), RefundAsked)
            # The second time says no more than the first.
            assert isinstance(system.refund(taken_over, EMAIL), RefundAsked)

    def test_what_is_transmitted_is_not_voided(self, system: ShippingSystem) -> None:
        made = system.create(self.make_request())
        if system.can_void and system.can_refund and isinstance(made, Made):
            answer = system.void(self.transmitted(made))
            assert isinstance(answer, Refused)
            assert answer.reason == Reason.TRANSMITTED

    def test_what_is_not_transmitted_is_not_refunded(self, system: ShippingSystem) -> None:
        made = system.create(self.make_request())
        if system.can_refund and isinstance(made, Made) and not made.transmitted:
            answer = system.refund(_kept(made), EMAIL)
            assert isinstance(answer, Refused)
            assert answer.reason == Reason.NOT_TRANSMITTED

    # The day's end

    def test_a_group_of_its_own_may_be_transmitted(self, system: ShippingSystem) -> None:
        if system.can_transmit:
            assert system.is_own_group(system.group(DAY))
            assert not system.is_own_group("")

    def test_nothing_is_transmitted_while_there_is_an_obstacle(self, system: ShippingSystem) -> None:
        for live in (True, False):
            obstacle = system.obstacle(live=live)
            if system.can_transmit and obstacle is not None:
                answer = system.transmit(replace(self.make_transmission("1"), live=live))
                assert isinstance(answer, NotYet)
                assert answer.reason == obstacle.reason

    def test_a_shipment_is_transmitted_once_and_its_manifest_can_be_printed(self, system: ShippingSystem) -> None:
        if not system.can_transmit:
            return
        made, left = (system.create(self.make_request()) for _ in range(2))
        assert isinstance(made, Made)
        assert isinstance(left, Made)
        request = self.make_transmission(made.shipment_id, excluded=(left.shipment_id,))
        assert isinstance(system.find_transmission(request), NotTransmitted)
        answer = system.transmit(request)
        assert isinstance(answer, Transmitted)
        assert all(one.isprintable() and 0 < len(one) <= lengths.SHIPMENT_ID for one in answer.manifest_ids)
        found = system.find_transmission(request)
        assert isinstance(found, Transmitted)
        assert set(found.manifest_ids) == set(answer.manifest_ids)
        # The bystander: what was excluded waits for another day.
        others = self.make_transmission(left.shipment_id)
        assert isinstance(system.find_transmission(others), NotTransmitted)
        # A manifest that holds only some of what was meant is told apart.
        both = replace(request, shipment_ids=(made.shipment_id, left.shipment_id), excluded=())
        found = system.find_transmission(both)
        assert isinstance(found, Transmitted)
        assert found.left == (left.shipment_id,)
        for manifest_id in answer.manifest_ids:
            paper = self._manifest(system, manifest_id)
            assert paper is None or paper.content.startswith(b"%PDF")
            assert paper is None or set(paper.shipment_ids) <= {made.shipment_id}

    # Files

    def test_the_same_parcels_make_the_same_file(self, system: ShippingSystem) -> None:
        if not system.exports:
            return
        requests = [self.make_request(), self.make_request()]
        one, other = (self.make_system().export(requests) for _ in range(2))
        assert one.content == other.content
        assert one.extension.isalnum()

    def test_each_parcel_is_in_the_file(self, system: ShippingSystem) -> None:
        if not system.exports:
            return
        requests = [self.make_request(), self.make_request()]
        contents = {system.export(chosen).content for chosen in (requests, requests[:1], requests[1:])}
        assert len(contents) == 3, "parcels of one order must be told apart"

    # What becomes of its answers

    def test_what_the_system_said_is_in_no_repr(self, system: ShippingSystem) -> None:
        for answer in self._answers(system):
            assert CANARY not in repr(replace(answer, said=CANARY))

    def test_answers_survive_pickling(self, system: ShippingSystem) -> None:
        for answer in self._answers(system):
            assert pickle.loads(pickle.dumps(answer)) == answer

    # How the tests above do it

    def _answers(self, system: ShippingSystem) -> Iterator[Answer]:
        """Yield some answers: to a new request, to the same again, to one that waits for its label."""
        request = self.make_request()
        for answer in (system.create(request), system.create(request)):
            yield answer
            if system.has_labels and isinstance(answer, Made):
                label = system.label(_kept(answer))
                if isinstance(label, Label):
                    assert repr(label.content) not in repr(label)
                else:
                    yield label

    def _labels(self, system: ShippingSystem, count: int) -> list[Label]:
        """Return the labels of new shipments."""
        if not system.has_labels:
            return []
        answers = [system.create(self.make_request()) for _ in range(count)]
        return [self._label(system, answer) for answer in answers if isinstance(answer, Made)]

    def _label(self, system: ShippingSystem, made: Made) -> Label:
        for _ in range(self.label_tries):
            label = system.label(_kept(made))
            if isinstance(label, Label):
                return label
            assert label.reason in Reason
        pytest.fail(
            f"It has labels, but none came in {self.label_tries} tries: let your server make it, or set label_tries."
        )

    def _manifest(self, system: ShippingSystem, manifest_id: str) -> ManifestDocument | None:
        for _ in range(self.label_tries):
            paper = system.manifest(manifest_id)
            if isinstance(paper, ManifestDocument):
                return paper
            assert paper.reason in Reason
        return None

    def _numbers_fit(self, answer: Answer) -> None:
        """Ask that a shipment's id, number and data fit where they are kept."""
        if isinstance(answer, Made):
            for text, longest in (
                (answer.shipment_id, lengths.SHIPMENT_ID),
                (answer.tracking_number, lengths.TRACKING_NUMBER),
            ):
                assert text.isprintable()
                assert len(text) <= longest
            assert answer.shipment_id
            assert json.loads(json.dumps(answer.data)) == answer.data


def _kept(made: Made) -> Made:
    """Return a shipment as it is when its label is fetched later: ``data`` has been kept as JSON."""
    kept = json.loads(json.dumps(dict(made.data)))
    return Made(shipment_id=made.shipment_id, tracking_number=made.tracking_number, data=kept)


def _found(system: ShippingSystem, request: ShipmentRequest) -> Sequence[Found]:
    # As the hand-off asks.
    found = system.look_up(replace(request, sent_at=timezone.now()))
    assert not isinstance(found, NotYet), f"the system could not look up: {found}"
    return found
