"""Faults on request: what goes wrong, in which operation, how often, how likely, before or after the work is done."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from threading import Lock
from typing import Any

from werkzeug.exceptions import BadRequest

ANY_OPERATION = "*"
NAMED_FAULTS = (
    "delay",
    "drip",
    "reset",
    "truncate",
    "garbage",
    "encoding",
    "empty",
    "html",
    "slm",
    "redirect",
    "duplicate",
)
_LONGEST_DELAY_SECONDS = 600.0


@dataclass(frozen=True)
class Fault:
    """One thing to go wrong.

    ``fault`` is a name of NAMED_FAULTS or an HTTP status such as ``"500"``. ``count`` is how many calls it hits, None
    for all until it is cleared. ``seconds`` is how long a delay or a dripping answer lasts, or what Retry-After says.
    With ``after`` the work is done first, so that a shipment may exist whose answer never arrives. ``probability`` is
    how likely each call is hit.
    """

    operation: str
    fault: str
    count: int | None = 1
    seconds: float = 5.0
    after: bool = False
    probability: float = 1.0

    def __post_init__(self) -> None:
        is_status = self.fault.isascii() and self.fault.isdigit() and 200 <= int(self.fault) <= 599
        if not is_status and self.fault not in NAMED_FAULTS:
            raise ValueError(f"fault is one of {', '.join(NAMED_FAULTS)} or an HTTP status, not {self.fault!r}")
        if self.count is not None and self.count < 1:
            raise ValueError("count is at least 1, or null for all calls until the fault is cleared")
        if not 0 <= self.seconds <= _LONGEST_DELAY_SECONDS:
            raise ValueError(f"seconds is between 0 and {_LONGEST_DELAY_SECONDS:g}")
        if not 0 < self.probability <= 1:
            raise ValueError("probability is more than 0 and at most 1")


class FaultPlan:
    """The faults that are still to come, in the order they were asked for; safe to use from many threads.

    Which calls a fault of some probability hits depends on ``seed`` alone.
    """

    def __init__(self, seed: int = 0) -> None:
        self._lock = Lock()
        self._faults: list[Fault] = []
        self._seed = seed
        self._drawn = 0

    def seed(self, number: int) -> None:
        """Restart the random numbers from another seed."""
        with self._lock:
            self._seed, self._drawn = number, 0

    def add(
        self,
        operation: str,
        fault: str,
        *,
        count: int | None = 1,
        seconds: float = 5.0,
        after: bool = False,
        probability: float = 1.0,
    ) -> Fault:
        """Plan a fault; ``operation`` may be ``*`` for every one. Raises ValueError when it makes no sense."""
        planned = Fault(operation, fault, count, seconds, after, probability)
        with self._lock:
            self._faults.append(planned)
        return planned

    def add_from(self, data: object, operations: tuple[str, ...]) -> Fault:
        """Plan the fault that a JSON object describes; raises BadRequest with the reason when it makes no sense."""
        if not isinstance(data, dict) or not {"operation", "fault"} <= set(data) <= set(Fault.__dataclass_fields__):
            raise BadRequest(f"Give a JSON object with operation, fault and optionally {', '.join(_OPTIONAL)}.")
        if data["operation"] not in (ANY_OPERATION, *operations):
            raise BadRequest(f"operation is * or one of {', '.join(operations)}.")
        try:
            return self.add(**_typed(data))
        except (TypeError, ValueError) as error:
            raise BadRequest(str(error)) from error

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def as_json(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def take(self, operation: str) -> Fault | None:
        """Return the fault that hits this call, and count that."""
        with self._lock:
            for place, fault in enumerate(self._faults):
                named = fault.operation in (ANY_OPERATION, operation)
                if named and (fault.probability == 1 or self._draw() < fault.probability):
                    self._use_up(place, fault)
                    return fault
        return None

    def _draw(self) -> float:
        """Return the next number from 0 to 1, the same ones from the same seed on every machine."""
        self._drawn += 1
        digest = blake2b(f"{self._seed} {self._drawn}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64

    def _use_up(self, place: int, fault: Fault) -> None:
        if fault.count is None:
            return
        if fault.count == 1:
            del self._faults[place]
        else:
            self._faults[place] = replace(fault, count=fault.count - 1)


_OPTIONAL = ("count", "seconds", "after", "probability")


def _typed(data: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(data) | {"fault": str(data["fault"])}
    for name in {"seconds", "probability"} & set(values):
        values[name] = float(values[name])
    if not isinstance(values.get("count", 1), int | None) or not isinstance(values.get("after", False), bool):
        raise TypeError("count is a whole number or null, after is true or false")
    return values
