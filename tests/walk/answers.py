"""What may be answered to each call of a worker: names, when each can come, and what it makes true."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfWriter

from deliver_to_po.core.choices import OfficeCheck, Reason
from deliver_to_po.offices.check import CheckAnswer
from deliver_to_po.shipping import (
    Found,
    Handed,
    Made,
    ManifestDocument,
    NotTransmitted,
    NotYet,
    RefundAsked,
    Refused,
    Transmitted,
    Unknown,
    Voided,
)
from tests.handoff.scripted import LABEL
from tests.walk.world import World


def _blank_pdf() -> bytes:
    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(width=72, height=72)
    writer.write(out)
    return out.getvalue()


PDF = _blank_pdf()


@dataclass(frozen=True)
class Answer:
    """``give`` returns it, or raises it; ``can_come`` says whether the shipping system could answer so here."""

    give: Callable[[World, Any], Any]
    can_come: Callable[[World], bool] = lambda world: True


def made(request_id: str, **more: Any) -> Made:
    """Return what the shipping system says of a parcel that it made: it calls it as we do."""
    return Made(shipment_id=request_id, **more)


def _makes(**more: Any) -> Callable[[World, Any], Any]:
    def give(world: World, request: Any) -> Made:
        world.make(request.request_id)
        return made(request.request_id, **more)

    return give


def _makes_and(answer: Any) -> Callable[[World, Any], Any]:
    def give(world: World, request: Any) -> Any:
        world.make(request.request_id)
        return _said(answer)

    return give


def _says(answer: Any) -> Callable[[World, Any], Any]:
    return lambda world, argument: _said(answer)


def _said(answer: Any) -> Any:
    if isinstance(answer, Exception):
        raise answer
    return answer


def _unmakes(answer: Any) -> Callable[[World, Any], Any]:
    def give(world: World, taken: Made) -> Any:
        world.unmake(taken.shipment_id)
        return answer

    return give


def _exists(world: World) -> bool:
    shipment = world.shipment()
    return shipment is not None and shipment.request_id in world.exists


def _new(world: World) -> bool:
    return not _exists(world)


def _found(*, same: bool) -> Callable[[World, Any], Any]:
    return lambda world, request: [Found(made(request.request_id), same=same)]


OFFICE = {
    "takes parcels": Answer(_says(CheckAnswer(OfficeCheck.TAKES_PARCELS))),
    "closed": Answer(_says(CheckAnswer(OfficeCheck.NO_LONGER))),
    "not reached": Answer(_says(CheckAnswer(OfficeCheck.COULD_NOT_ASK))),
}
CREATE = {
    "made": Answer(_makes(), _new),
    "made and transmitted": Answer(_makes(transmitted=True), _new),
    "made and suspended": Answer(_makes(suspended=True), _new),
    "handed": Answer(_says(Handed()), _new),
    "not yet": Answer(_says(NotYet())),
    "refused": Answer(_says(Refused()), _new),
    "unknown, made": Answer(_makes_and(Unknown()), _new),
    "unknown, not made": Answer(_says(Unknown()), _new),
    "raises": Answer(_says(RuntimeError())),
}
LOOK_UP = {
    "found": Answer(_found(same=True), _exists),
    "found, but different": Answer(_found(same=False), _exists),
    "nothing found": Answer(_says([]), _new),
    "not yet": Answer(_says(NotYet())),
    "raises": Answer(_says(RuntimeError())),
}
LABELS = {"label": Answer(_says(LABEL)), "not yet": Answer(_says(NotYet(reason=Reason.LABEL_NOT_READY)))}
VOID = {
    "voided": Answer(_unmakes(Voided())),
    "transmitted": Answer(_says(Refused(reason=Reason.TRANSMITTED)), _exists),
    "not held": Answer(_says(Refused(reason=Reason.NOT_HELD)), _new),
    "refused": Answer(_says(Refused()), _exists),
    "not yet": Answer(_says(NotYet())),
    "unknown, done": Answer(_unmakes(Unknown())),
    "unknown, not done": Answer(_says(Unknown()), _exists),
}
REFUND = {
    "refund asked": Answer(_says(RefundAsked(said="T-1"))),
    "refused": Answer(_says(Refused())),
    "not yet": Answer(_says(NotYet())),
    "unknown": Answer(_says(Unknown())),
}
TRANSMIT = {
    "transmitted": Answer(_says(Transmitted(manifest_ids=("M1",)))),
    "not yet, for a person to mend": Answer(_says(NotYet(reason=Reason.CREDENTIALS))),
    "unknown": Answer(_says(Unknown())),
}
FIND_TRANSMISSION = {
    "transmitted": Answer(_says(Transmitted(manifest_ids=("M1",)))),
    "not transmitted": Answer(_says(NotTransmitted())),
}
MANIFEST = {
    "a paper": Answer(_says(ManifestDocument("1", PDF))),
    "not yet": Answer(_says(NotYet(reason=Reason.MANIFEST_NOT_READY))),
}
ANSWERS: Mapping[str, Mapping[str, Answer]] = {
    "office": OFFICE,
    "create": CREATE,
    "look_up": LOOK_UP,
    "label": LABELS,
    "void": VOID,
    "refund": REFUND,
    "transmit": TRANSMIT,
    "find_transmission": FIND_TRANSMISSION,
    "manifest": MANIFEST,
}
