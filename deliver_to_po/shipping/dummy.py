"""A shipping system for the tests of a shop: it ships nothing, shows what it was sent, and answers as a test says."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import ClassVar, TypeAlias

from django.utils.translation import gettext_lazy as _

from deliver_to_po.canadapost.identifiers import comparable_office_id, display_postal_code, tracking_number
from deliver_to_po.canadapost.types import Address, Service
from deliver_to_po.core.choices import Reason
from deliver_to_po.labels.specimen import SpecimenWords, render_specimen
from deliver_to_po.labels.specimen_manifest import ManifestWords, render_manifest
from deliver_to_po.shipping.answers import (
    Found,
    Handed,
    Label,
    Made,
    ManifestDocument,
    NotTransmitted,
    NotYet,
    Office,
    RefundAsked,
    Refused,
    ShipmentRequest,
    Transmission,
    Transmitted,
    Unknown,
    Voided,
)
from deliver_to_po.shipping.base import ShippingSystem
from deliver_to_po.shipping.objections import objection_to

CreateAnswer: TypeAlias = Made | Handed | NotYet | Refused | Unknown
VoidAnswer: TypeAlias = Voided | NotYet | Refused | Unknown
RefundAnswer: TypeAlias = RefundAsked | NotYet | Refused | Unknown
# No customer has this number, so no parcel has such a tracking number.
NOBODY = "0000000"
SERVICE_NAMES = {each.value: " / ".join(dict.fromkeys((each.english, each.french))) for each in Service}


@dataclass
class _Memory:
    """What all instances share: the registry makes a new one whenever a test changes the settings."""

    sent: list[ShipmentRequest] = field(default_factory=list)
    made: dict[str, tuple[ShipmentRequest, Made]] = field(default_factory=dict)
    answers: deque[Callable[[ShipmentRequest], CreateAnswer]] = field(default_factory=deque)
    labels: deque[Label | NotYet] = field(default_factory=deque)
    void_answers: deque[VoidAnswer] = field(default_factory=deque)
    refund_answers: deque[RefundAnswer] = field(default_factory=deque)
    voided: list[str] = field(default_factory=list)
    refunded: list[str] = field(default_factory=list)
    transmissions: deque[Transmitted | NotYet | Refused | Unknown] = field(default_factory=deque)
    transmitted: list[Transmission] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)


_memory = _Memory()


class DummyShipping(ShippingSystem):
    """Makes every shipment that keeps the rules of Deliver to Post Office, with a label that says SPECIMEN.

    It never ships for real: ``obstacle`` holds back whatever is live. All instances share what was sent and what a test
    has told them, so a test speaks to the class.
    """

    name = _("Dummy system")
    gives_to = ""
    supports_d2po = True
    can_look_up = True
    refuses_repeated_ids = True
    can_void = True
    can_refund = True
    can_transmit = True

    #: Every request that was sent, oldest first.
    sent: ClassVar[list[ShipmentRequest]] = _memory.sent
    #: The ids of the shipments that were voided, and of those whose refund was asked for, oldest first.
    voided: ClassVar[list[str]] = _memory.voided
    refunded: ClassVar[list[str]] = _memory.refunded
    #: Every transmission that was done, oldest first.
    transmitted: ClassVar[list[Transmission]] = _memory.transmitted

    @staticmethod
    def reset() -> None:
        """Forget what was sent, what was made and what was to be answered."""
        with _memory.lock:
            for name, kept in vars(_memory).items():
                if name != "lock":
                    kept.clear()

    @staticmethod
    def will_answer(*answers: CreateAnswer) -> None:
        """Give the next requests these answers, in this order; those after them are made as usual.

        A ``Made`` is kept as the shipment of its request, so that it is found and has a label.
        """
        _memory.answers.extend(_answering(answer) for answer in answers)

    @staticmethod
    def will_lose_the_answer() -> None:
        """Make the next shipment as usual, but answer ``Unknown``, as after a time-out."""
        _memory.answers.append(_make_and_lose)

    @staticmethod
    def will_label(*answers: Label | NotYet) -> None:
        """Give these answers when labels are asked for next, in this order."""
        _memory.labels.extend(answers)

    @staticmethod
    def will_void(*answers: VoidAnswer) -> None:
        """Give these answers when shipments are to be voided next, in this order."""
        _memory.void_answers.extend(answers)

    @staticmethod
    def will_refund(*answers: RefundAnswer) -> None:
        """Give these answers when refunds are asked for next, in this order."""
        _memory.refund_answers.extend(answers)

    @staticmethod
    def will_transmit(*answers: Transmitted | NotYet | Refused | Unknown) -> None:
        """Give these answers when something is transmitted next, in this order; only ``Transmitted`` transmits it."""
        _memory.transmissions.extend(answers)

    def group(self, day: date) -> str:
        return day.isoformat()

    def obstacle(self, *, live: bool) -> NotYet | None:
        return NotYet(reason=Reason.LIVE_OFF) if live else None

    def objection(self, request: ShipmentRequest) -> Refused | None:
        return objection_to(request)

    def create(self, request: ShipmentRequest) -> CreateAnswer:
        if answer := self.obstacle(live=request.live) or self.objection(request):
            return answer
        with _memory.lock:
            _memory.sent.append(request)
            if request.request_id in _memory.made:
                return Unknown(exists=True, said="There is a shipment with this request ID.")
            return (_memory.answers.popleft() if _memory.answers else _make)(request)

    def look_up(self, request: ShipmentRequest) -> Sequence[Found]:
        with _memory.lock:
            held = _memory.made.get(request.request_id)
            gone = held is None or held[1].shipment_id in _memory.voided
        return [] if held is None or gone else [Found(held[1], _goes_to(held[0]) == _goes_to(request))]

    def label(self, made: Made) -> Label | NotYet:
        with _memory.lock:
            if _memory.labels:
                return _memory.labels.popleft()
            held = list(_memory.made.values())
        for request, kept in held:
            if kept.shipment_id == made.shipment_id:
                return Label(render_specimen(_words(request, kept)))
        return NotYet(reason=Reason.UNAVAILABLE, said="There is no such shipment.")

    def void(self, made: Made) -> VoidAnswer:
        with _memory.lock:
            if _memory.void_answers:
                return _memory.void_answers.popleft()
            if not _is_held(made):
                return Refused(reason=Reason.NOT_HELD)
            if _is_transmitted(made):
                return Refused(reason=Reason.TRANSMITTED)
            _memory.voided.append(made.shipment_id)
            return Voided()

    def refund(self, made: Made, email: str) -> RefundAnswer:
        with _memory.lock:
            if _memory.refund_answers:
                return _memory.refund_answers.popleft()
            if not _is_held(made):
                return Refused(reason=Reason.NOT_HELD)
            if not _is_transmitted(made):
                return Refused(reason=Reason.NOT_TRANSMITTED)
            if made.shipment_id not in _memory.refunded:
                _memory.refunded.append(made.shipment_id)
            return RefundAsked()

    def transmit(self, request: Transmission) -> Transmitted | NotYet | Refused | Unknown:
        if obstacle := self.obstacle(live=request.live):
            return obstacle
        with _memory.lock:
            if _memory.transmissions:
                answer = _memory.transmissions.popleft()
                if not isinstance(answer, Transmitted):
                    return answer
            _memory.transmitted.append(request)
            return Transmitted(manifest_ids=(str(len(_memory.transmitted)),))

    def find_transmission(self, request: Transmission) -> Transmitted | NotTransmitted:
        meant = set(request.shipment_ids)
        with _memory.lock:
            done = list(enumerate(_memory.transmitted, start=1))
        ids = [str(number) for number, one in done if meant.intersection(one.shipment_ids)]
        left = meant.difference(*(one.shipment_ids for _, one in done))
        return Transmitted(manifest_ids=tuple(ids), left=tuple(sorted(left))) if ids else NotTransmitted()

    def manifest(self, manifest_id: str) -> ManifestDocument | NotYet:
        with _memory.lock:
            done = dict(enumerate(_memory.transmitted, start=1))
        request = done.get(int(manifest_id)) if manifest_id.isdecimal() else None
        if request is None:
            return NotYet(reason=Reason.UNAVAILABLE, said="There is no such manifest.")
        number = f"DUMMY-{manifest_id}"
        sender = (request.sender.company, *_lines(request.sender.address))
        words = ManifestWords(number=number, sender=sender, facts=request.groups, rows=())
        return ManifestDocument(number, render_manifest(words), request.shipment_ids)


def _is_transmitted(made: Made) -> bool:
    return made.transmitted or any(made.shipment_id in one.shipment_ids for one in _memory.transmitted)


def _is_held(made: Made) -> bool:
    ids = {kept.shipment_id for _request, kept in _memory.made.values()}
    return made.shipment_id in ids.difference(_memory.voided)


def _make(request: ShipmentRequest) -> Made:
    number = len(_memory.made) + 1
    return _keep(request, Made(shipment_id=f"DUMMY-{number}", tracking_number=tracking_number(NOBODY, number)))


def _make_and_lose(request: ShipmentRequest) -> Unknown:
    _make(request)
    return Unknown()


def _answering(answer: CreateAnswer) -> Callable[[ShipmentRequest], CreateAnswer]:
    return lambda request: _keep(request, answer) if isinstance(answer, Made) else answer


def _keep(request: ShipmentRequest, made: Made) -> Made:
    _memory.made[request.request_id] = (request, made)
    return made


def _goes_to(request: ShipmentRequest) -> tuple[object, ...]:
    recipient = request.recipient
    return comparable_office_id(request.office.office_id), recipient.name, recipient.address, request.service


def _words(request: ShipmentRequest, made: Made) -> SpecimenWords:
    sender = request.sender
    return SpecimenWords(
        sender=(sender.company, *_lines(sender.address)),
        office=(request.office.name, *_office_lines(request.office)),
        recipient=request.recipient.name,
        service=SERVICE_NAMES.get(request.service, request.service),
        tracking_pin=made.tracking_number or made.shipment_id,
        reference=request.reference,
        facts=(f"{request.parcel.weight_kg} kg", f"{request.number}/{request.parcels}"),
        language=f"{request.language}-CA",
    )


def _office_lines(office: Office) -> tuple[str, ...]:
    return (office.location, office.street, _city_line(office.city, office.province, office.postal_code))


def _lines(address: Address) -> tuple[str, ...]:
    second = (address.line_2,) if address.line_2 else ()
    return (address.line_1, *second, _city_line(address.city, address.province, address.postal_code))


def _city_line(city: str, province: str, postal_code: str) -> str:
    return f"{city} {province}  {display_postal_code(postal_code)}"
