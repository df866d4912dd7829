"""The kinds of shipping system that a walk is made with: each call goes to the world, which has the answer."""

from collections.abc import Sequence
from datetime import date

from deliver_to_po.shipping import ExportFile, ManifestDocument, NotYet, ShipmentRequest
from deliver_to_po.shipping.by_hand import ByHand
from tests.handoff.scripted import Transmitting


class Answering(Transmitting):
    """One as Canada Post's: it makes parcels and labels, looks up, voids, refunds, and transmits at the day's end."""

    name = "Answering"
    can_look_up = True
    refuses_repeated_ids = True
    can_void = True
    can_refund = True

    def group(self, day: date) -> str:
        return "group"

    def is_own_group(self, group: str) -> bool:
        return True

    def manifest(self, manifest_id: str) -> ManifestDocument | NotYet:
        answer: ManifestDocument | NotYet = self.script.answer("manifest", manifest_id)
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
