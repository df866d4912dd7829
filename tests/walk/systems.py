"""The kinds of shipping system that a walk is made with: each call goes to the world, which has the answer."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from deliver_to_po.shipping import (
    ExportFile,
    Found,
    Handed,
    Label,
    Made,
    ManifestDocument,
    NotTransmitted,
    NotYet,
    RefundAsked,
    Refused,
    ShipmentRequest,
    ShippingSystem,
    Transmission,
    Transmitted,
    Unknown,
    Voided,
)
from deliver_to_po.shipping.by_hand import ByHand


class Answering(ShippingSystem):
    """One as Canada Post's: it makes parcels and labels, looks up, voids, refunds, and transmits at the day's end."""

    name = "Answering"
    supports_d2po = True
    can_look_up = True
    refuses_repeated_ids = True
    can_void = True
    can_refund = True
    can_transmit = True
    world: ClassVar[Any] = None

    def group(self, day: date) -> str:
        return "group"

    def is_own_group(self, group: str) -> bool:
        return True

    def create(self, request: ShipmentRequest) -> Made | Handed | NotYet | Refused | Unknown:
        answer: Made | Handed | NotYet | Refused | Unknown = self.world.call("create", request)
        return answer

    def look_up(self, request: ShipmentRequest) -> Sequence[Found] | NotYet:
        found: Sequence[Found] | NotYet = self.world.call("look_up", request)
        return found

    def label(self, made: Made) -> Label | NotYet:
        label: Label | NotYet = self.world.call("label", made)
        return label

    def void(self, made: Made) -> Voided | NotYet | Refused | Unknown:
        answer: Voided | NotYet | Refused | Unknown = self.world.call("void", made)
        return answer

    def refund(self, made: Made, email: str) -> RefundAsked | NotYet | Refused | Unknown:
        answer: RefundAsked | NotYet | Refused | Unknown = self.world.call("refund", made)
        return answer

    def transmit(self, transmission: Transmission) -> Transmitted | NotYet | Refused | Unknown:
        answer: Transmitted | NotYet | Refused | Unknown = self.world.call("transmit", transmission)
        return answer

    def find_transmission(self, transmission: Transmission) -> Transmitted | NotTransmitted | NotYet:
        answer: Transmitted | NotTransmitted | NotYet = self.world.call("find_transmission", transmission)
        return answer

    def manifest(self, manifest_id: str) -> ManifestDocument | NotYet:
        answer: ManifestDocument | NotYet = self.world.call("manifest", manifest_id)
        return answer


class Reporting(Answering):
    """A system that takes parcels and reports later, with the label; it can neither look up, void nor refund."""

    name = "Reporting"
    has_labels = False
    can_look_up = False
    refuses_repeated_ids = False
    takes_repeated_ids = True
    can_void = False
    can_refund = False
    can_transmit = False

    def group(self, day: date) -> str:
        return ""


class Exporting(ByHand):
    """One to which a clerk carries files, and whose tracking numbers a clerk enters."""

    name = "Exporting"
    supports_d2po = True
    exports = True

    def export(self, requests: Sequence[ShipmentRequest]) -> ExportFile:
        return ExportFile(b"a file")
