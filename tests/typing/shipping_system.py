"""A shipping system of a third party, and its tests: with the types of the doors alone."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, assert_type

from deliver_to_po.shipping import (
    Address,
    Answer,
    ExportFile,
    Found,
    Handed,
    Label,
    Made,
    ManifestDocument,
    NotTransmitted,
    NotYet,
    Office,
    Parcel,
    Reason,
    Recipient,
    RefundAsked,
    Refused,
    Scan,
    Sender,
    ShipmentOption,
    ShipmentRequest,
    ShippingSystem,
    Sighting,
    Tracked,
    Transmission,
    Transmitted,
    Unknown,
    Voided,
)
from deliver_to_po.shipping.dummy import DummyShipping
from deliver_to_po.testing.shipping_systems import ShippingSystemTests


class Somebodys(ShippingSystem):
    """Answers each question that a system may be asked."""

    name = "Somebody's"
    supports_d2po = True
    option_names: ClassVar[Mapping[str, str]] = {"KEY": "the key of the account"}

    @property
    def can_look_up(self) -> bool:
        return True

    def create(self, request: ShipmentRequest) -> Made | Refused | Unknown:
        assert_type(request.office, Office)
        assert_type(request.recipient, Recipient)
        assert_type(request.recipient.address, Address)
        assert_type(request.sender, Sender)
        assert_type(request.parcel, Parcel)
        assert_type(request.parcel.weight_kg, Decimal)
        assert_type(request.options, tuple[ShipmentOption, ...])
        assert_type(request.mailing_date, date | None)
        if not request.live:
            return Refused(said="no tests here", reason=Reason.REFUSED)
        return Made(shipment_id="1", tracking_number="2", data={"label": 3}, price=Decimal("9.95"))

    def export(self, requests: Sequence[ShipmentRequest]) -> ExportFile:
        return ExportFile(b"", extension="txt")

    def look_up(self, request: ShipmentRequest) -> list[Found]:
        return [Found(Made(shipment_id="1"), same=True)]

    def label(self, made: Made) -> Label | NotYet:
        return Label(b"%PDF") if made.data else NotYet(seconds=5)

    def void(self, made: Made) -> Voided:
        return Voided()

    def refund(self, made: Made, email: str) -> RefundAsked:
        return RefundAsked()

    def track(self, tracking_number: str) -> Tracked:
        return Tracked((Sighting(Scan.IN_TRANSIT, date(2026, 11, 26), "10:00:00"),))

    def transmit(self, request: Transmission) -> Transmitted:
        return Transmitted(manifest_ids=request.groups)

    def find_transmission(self, request: Transmission) -> NotTransmitted:
        return NotTransmitted()

    def manifest(self, manifest_id: str) -> ManifestDocument:
        return ManifestDocument(manifest_id, b"")

    def group(self, day: date) -> str:
        return f"{day}"


class TestSomebodys(ShippingSystemTests):
    """What each system must pass."""

    backend = Somebodys
    options: ClassVar[Mapping[str, Any]] = {"KEY": "secret"}

    def make_request(self, **changes: Any) -> ShipmentRequest:
        return super().make_request(**{"reference": "1001", **changes})


def what_it_said(answer: Answer) -> str:
    assert_type(answer.codes, tuple[str, ...])
    return answer.said


def the_dummy_of_a_shops_tests() -> None:
    what_it_said(Handed(said="in the queue"))
    assert_type(DummyShipping.sent, list[ShipmentRequest])
    assert_type(DummyShipping("default", {}).group(date(2026, 11, 26)), str)
    DummyShipping.will_answer(Handed(), Unknown(exists=True))
    DummyShipping.reset()
