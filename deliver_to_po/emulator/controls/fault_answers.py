"""What one call is answered when a fault hits it."""

from collections.abc import Callable, Iterator
from threading import Event

from werkzeug.wrappers import Request, Response

from deliver_to_po.emulator.controls.faults import Fault
from deliver_to_po.emulator.refusals import Refusals

_HTML = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
_DRIPS = 50


def answer_with_fault(
    fault: Fault, request: Request, answer: Response | None, over: Event, refusals: Refusals
) -> Response | None:
    """Return what a fault answers instead, or None when the true answer follows.

    ``answer`` is the true answer when the work has been done already. Raises ConnectionResetError for a reset, and for
    a delay that ``over`` cuts short.
    """
    if fault.fault == "delay":
        if over.wait(fault.seconds):
            raise ConnectionResetError("the emulator was reset or stopped meanwhile")
        return None
    if fault.fault == "reset":
        raise ConnectionResetError("a fault that was asked for")
    if fault.fault == "slm":
        return refusals.slm()
    if fault.fault == "redirect":
        return Response("", 302, {"Location": f"{request.root_url}_emulator/"})
    if fault.fault.isdigit():
        return _with_status(int(fault.fault), fault.seconds, refusals)
    media_type = (answer.content_type if answer else None) or refusals.media_type
    whole = answer.get_data() if answer is not None else _STAND_INS[refusals.media_type]
    if fault.fault == "drip":
        return _dripping(whole, answer.status_code if answer else 200, media_type, fault.seconds, over)
    return Response(*_SPOILT[fault.fault](whole, media_type))


_STAND_INS = {
    "application/json": b'{"shipmentId": "347881315405043891", "links": []}',
    "application/xml": b'<?xml version="1.0" encoding="UTF-8"?><shipment-info><shipment-id>3478</shipment-id>',
}
_SPOILT: dict[str, Callable[[bytes, str], tuple[bytes | str, int, None, None, str]]] = {
    "truncate": lambda whole, kind: (whole[: len(whole) // 2], 200, None, None, kind),
    "garbage": lambda whole, kind: (b"\x00{<\xff\xfe[[" + whole[:20], 200, None, None, kind),
    # Latin-1 or worse, where UTF-8 was promised.
    "encoding": lambda whole, kind: (
        b"\xe9\xff" + whole.decode(errors="replace").encode("utf-16"),
        200,
        None,
        None,
        kind,
    ),
    "empty": lambda whole, kind: (b"", 200, None, None, kind),
    "html": lambda whole, kind: (_HTML.format("Sorry for the inconvenience"), 200, None, None, "text/html"),
}


def _with_status(status: int, seconds: float, refusals: Refusals) -> Response:
    if status < 300:
        return Response("", status)
    if status in (502, 503, 504):
        answer = Response(_HTML.format(f"{status} (a fault that was asked for)"), status, content_type="text/html")
    else:
        answer = refusals.gateway(status, "Emulated", "A fault that was asked for.")
    if status in (429, 503):
        answer.headers["Retry-After"] = f"{seconds:g}"
    return answer


def _dripping(whole: bytes, status: int, media_type: str, seconds: float, over: Event) -> Response:
    """Answer a few bytes at a time, so that all of it takes ``seconds``."""
    piece = max(1, len(whole) // _DRIPS)

    def drops() -> Iterator[bytes]:
        for start in range(0, len(whole), piece):
            over.wait(seconds / _DRIPS)
            yield whole[start : start + piece]

    answer = Response(drops(), status, content_type=media_type)
    answer.headers["Content-Length"] = str(len(whole))
    return answer
