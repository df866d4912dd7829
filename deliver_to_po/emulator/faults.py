"""Faults on request: what goes wrong, in which operation, how often, and whether before or after the work was done."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from threading import Event, Lock
from typing import Any

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request, Response

ANY_OPERATION = "*"
NAMED_FAULTS = ("delay", "reset", "garbage", "html", "truncate", "slm", "redirect")
_LONGEST_DELAY_SECONDS = 600.0
_HTML = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to go wrong.

    ``fault`` is a name of NAMED_FAULTS or an HTTP status such as ``"500"``. ``count`` is how many calls it hits, None
    for all until it is cleared. ``seconds`` is how long a delay lasts, or what Retry-After says. With ``after`` the
    work is done first, so that a shipment may exist whose answer never arrives.
    """

    operation: str
    fault: str
    count: int | None = 1
    seconds: float = 5.0
    after: bool = False

    def __post_init__(self) -> None:
        is_status = self.fault.isascii() and self.fault.isdigit() and 200 <= int(self.fault) <= 599
        if not is_status and self.fault not in NAMED_FAULTS:
            raise ValueError(f"fault is one of {', '.join(NAMED_FAULTS)} or an HTTP status, not {self.fault!r}")
        if self.count is not None and self.count < 1:
            raise ValueError("count is at least 1, or null for all calls until the fault is cleared")
        if not 0 <= self.seconds <= _LONGEST_DELAY_SECONDS:
            raise ValueError(f"seconds is between 0 and {_LONGEST_DELAY_SECONDS:g}")


class FaultPlan:
    """The faults that are still to come, in the order they were asked for; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[Fault] = []

    def add(
        self,
        operation: str,
        fault: str,
        *,
        count: int | None = 1,
        seconds: float = 5.0,
        after: bool = False,
    ) -> Fault:
        """Plan a fault; ``operation`` may be ``*`` for every one. Raises ValueError when it makes no sense."""
        planned = Fault(operation, fault, count, seconds, after)
        with self._lock:
            self._faults.append(planned)
        return planned

    def add_from(self, data: object, operations: tuple[str, ...]) -> Fault:
        """Plan the fault that a JSON object describes; raises BadRequest with the reason when it makes no sense."""
        if not isinstance(data, dict) or not {"operation", "fault"} <= set(data) <= set(Fault.__dataclass_fields__):
            raise BadRequest(f"Give a JSON object with operation, fault and perhaps {', '.join(_OPTIONAL)}.")
        if data["operation"] not in (ANY_OPERATION, *operations):
            raise BadRequest(f"operation is * or one of {', '.join(operations)}.")
        try:
            return self.add(**_typed(data))
        except (TypeError, ValueError) as error:
            raise BadRequest(str(error)) from error

    def clear(self) -> None:
        """Forget every fault."""
        with self._lock:
            self._faults.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """Return the faults that are still to come."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def take(self, operation: str) -> Fault | None:
        """Return the fault that hits this call, and use it up once."""
        with self._lock:
            for place, fault in enumerate(self._faults):
                if fault.operation in (ANY_OPERATION, operation):
                    self._use_up(place, fault)
                    return fault
        return None

    def _use_up(self, place: int, fault: Fault) -> None:
        if fault.count is None:
            return
        if fault.count == 1:
            del self._faults[place]
        else:
            self._faults[place] = Fault(fault.operation, fault.fault, fault.count - 1, fault.seconds, fault.after)


_OPTIONAL = ("count", "seconds", "after")


def _typed(data: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(data) | {"fault": str(data["fault"])}
    if "seconds" in values:
        values["seconds"] = float(values["seconds"])
    if not isinstance(values.get("count", 1), int | None) or not isinstance(values.get("after", False), bool):
        raise TypeError("count is a whole number or null, after is true or false")
    return values


def strike(fault: Fault, request: Request, answer: Response | None, stopping: Event) -> Response | None:
    """Let a fault happen; return what is answered instead, or None when the true answer follows.

    ``answer`` is the true answer when the work has been done already. Raises ConnectionResetError for a reset.
    """
    if fault.fault == "delay":
        stopping.wait(fault.seconds)
        return None
    if fault.fault == "reset":
        raise ConnectionResetError("a fault that was asked for")
    if fault.fault == "truncate":
        return _truncated(answer)
    if fault.fault == "slm":
        return Response(
            '{"messages":{"message":{"code":"Server","description":"Rejected by SLM Monitor"}}}', 500, _JSON
        )
    if fault.fault == "redirect":
        return Response("", 302, {"Location": f"{request.root_url}_emulator/"})
    if fault.fault in ("garbage", "html"):
        return _unreadable(fault.fault)
    return _with_status(int(fault.fault), fault.seconds)


_JSON = {"Content-Type": "application/json"}


def _with_status(status: int, seconds: float) -> Response:
    headers = {"Retry-After": f"{seconds:g}"} if status in (429, 503) else {}
    if status < 300:
        return Response("", status)
    if status in (502, 503, 504):
        return Response(
            _HTML.format(f"{status} (a fault that was asked for)"), status, headers, content_type="text/html"
        )
    text = f'{{"httpCode":"{status}","httpMessage":"Emulated","moreInformation":"A fault that was asked for."}}'
    return Response(text, status, headers, content_type="application/json")


def _unreadable(kind: str) -> Response:
    if kind == "html":
        return Response(_HTML.format("Sorry for the inconvenience"), 200, content_type="text/html")
    return Response(b'{"shipmentId": \xff\xfe[[', 200, _JSON)


def _truncated(answer: Response | None) -> Response:
    whole = answer.get_data() if answer is not None else b'{"shipmentId": "3478'
    return Response(whole[: len(whole) // 2], 200, content_type=answer.content_type if answer else "application/json")
