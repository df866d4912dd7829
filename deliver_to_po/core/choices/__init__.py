"""The closed lists of values that are kept, each value with words that people read."""

from deliver_to_po.core.choices.answers import OfficeCheck, Rung
from deliver_to_po.core.choices.comparing import Compared, Differs
from deliver_to_po.core.choices.events import Change, HandoffStep, Outcome, PrivacyStep
from deliver_to_po.core.choices.notices import NoticeKind, NoticeOutcome, NoticeProblem
from deliver_to_po.core.choices.preferences import Language, PrintForm
from deliver_to_po.core.choices.reasons import CLOSED_OFFICE, REQUESTS, Reason
from deliver_to_po.core.choices.states import DeliveryState, ManifestState, ShipmentState
from deliver_to_po.core.choices.tracking import Doubt, ParcelState, Scan

__all__ = [
    "CLOSED_OFFICE",
    "REQUESTS",
    "Change",
    "Compared",
    "DeliveryState",
    "Differs",
    "Doubt",
    "HandoffStep",
    "Language",
    "ManifestState",
    "NoticeKind",
    "NoticeOutcome",
    "NoticeProblem",
    "OfficeCheck",
    "Outcome",
    "ParcelState",
    "PrintForm",
    "PrivacyStep",
    "Reason",
    "Rung",
    "Scan",
    "ShipmentState",
]
