"""A shipping system that answers what a test wrote down for it, and keeps what it was asked."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, ClassVar

from deliver_to_po.models import Shipment
from deliver_to_po.shipping import (
    Found,
    Handed,
    Label,
    Made,
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

MADE = Made(shipment_id="S-1", tracking_number="7023210039414604", data={"label": "L-1"})
LABEL = Label(b"^XA^FDa label^FS^XZ", "application/zpl")


class Script:
    """What the system answers, and what it was asked, oldest first."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self._answers: dict[str, list[Any]] = {"create": [MADE], "look_up": [[]], "label": [LABEL]}
        self._answers |= {"void": [Voided()], "refund": [RefundAsked(said="T-1")]}
        self.can_look_up = True
        self.refuses_repeated_ids = False
        self.can_void = True
        self.can_refund = True
        self.obstacle: NotYet | None = None

    def answers(self, call: str, *answers: Any) -> None:
        """Answer a call so, one after the other, the last for all that follow; exceptions are raised."""
        self._answers[call] = list(answers)

    def create(self, *answers: Any) -> None:
        self.answers("create", *answers)

    def look_up(self, *answers: Any) -> None:
        self.answers("look_up", *answers)

    def label(self, *answers: Any) -> None:
        self.answers("label", *answers)

    def asked_to(self, call: str) -> list[Any]:
        """Return what was asked with ``call``, oldest first."""
        return [argument for name, argument in self.asked if name == call]

    def answer(self, call: str, argument: Any) -> Any:
        """Keep the question and return its answer; a function is asked for it."""
        self.asked.append((call, argument))
        answers = self._answers[call]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(argument) if callable(answer) else answer


def meanwhile(do: Callable[[Shipment], object], answer: Any) -> Callable[[ShipmentRequest], Any]:
    """Return an answer to a request that comes after something was done about its shipment."""

    def answered(request: ShipmentRequest) -> Any:
        do(Shipment.objects.get(request_id=request.request_id))
        return answer

    return answered


def _as_the_script_says(flag: str) -> Any:
    return property(lambda system: getattr(system.script, flag))


class Scripted(ShippingSystem):
    """Does what ``script`` says; each test gets a new one."""

    name = "Scripted"
    supports_d2po = True
    script: ClassVar[Script] = Script()
    can_look_up = _as_the_script_says("can_look_up")
    refuses_repeated_ids = _as_the_script_says("refuses_repeated_ids")
    can_void = _as_the_script_says("can_void")
    can_refund = _as_the_script_says("can_refund")

    def group(self, day: date) -> str:
        return f"{self.alias}-{day.isoformat()}"

    def obstacle(self, *, live: bool) -> NotYet | None:
        return self.script.obstacle

    def objection(self, request: ShipmentRequest) -> Refused | None:
        return None

    def create(self, request: ShipmentRequest) -> Made | Handed | NotYet | Refused | Unknown:
        answer: Made | Handed | NotYet | Refused | Unknown = self.script.answer("create", request)
        return answer

    def look_up(self, request: ShipmentRequest) -> Sequence[Found] | NotYet:
        found: Sequence[Found] | NotYet = self.script.answer("look_up", request)
        return found

    def label(self, made: Made) -> Label | NotYet:
        label: Label | NotYet = self.script.answer("label", made)
        return label

    def void(self, made: Made) -> Voided | NotYet | Refused | Unknown:
        answer: Voided | NotYet | Refused | Unknown = self.script.answer("void", made)
        return answer

    def refund(self, made: Made, email: str) -> RefundAsked | NotYet | Refused | Unknown:
        answer: RefundAsked | NotYet | Refused | Unknown = self.script.answer("refund", (made, email))
        return answer


class NotShownToMakeLabels(Scripted):
    """A system whose Deliver to Post Office labels nobody has seen."""

    supports_d2po = False


class WithoutLabels(Scripted):
    """A system that prints its labels itself."""

    has_labels = False


class Transmitting(Scripted):
    """A system that has a day's end."""

    can_transmit = True

    def transmit(self, request: Transmission) -> Transmitted | NotYet | Refused | Unknown:
        answer: Transmitted | NotYet | Refused | Unknown = self.script.answer("transmit", request)
        return answer

    def find_transmission(self, request: Transmission) -> Transmitted | NotTransmitted | NotYet:
        found: Transmitted | NotTransmitted | NotYet = self.script.answer("find_transmission", request)
        return found
