"""The emulator as a WSGI application: counts calls, applies faults, checks who calls, lets the operation answer."""

import math
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from deliver_to_po.emulator.calls import Call, Operation, World
from deliver_to_po.emulator.config import PREFIX
from deliver_to_po.emulator.controls import control, page
from deliver_to_po.emulator.controls.fault_answers import answer_with_fault
from deliver_to_po.emulator.controls.foreign_pages import why_refused
from deliver_to_po.emulator.json_answers import JsonRefusals
from deliver_to_po.emulator.map import tiles
from deliver_to_po.emulator.operations import CANADA_POST
from deliver_to_po.emulator.portal.auth import check_bearer
from deliver_to_po.emulator.refusals import Answered, NoSuchThing, Refusals, Refused
from deliver_to_po.emulator.throttle import PUBLISHED
from deliver_to_po.emulator.webservices.auth import check_basic
from deliver_to_po.emulator.webservices.xml_answers import XmlRefusals

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LARGEST_REQUEST_BYTES = 256 * 1024

_REFUSALS: Mapping[str, Refusals] = {"portal": JsonRefusals(), "webservices": XmlRefusals(), "own": JsonRefusals()}
_CHECKS = {"portal": check_bearer, "webservices": check_basic}
_OPERATIONS = (*CANADA_POST, *control.OPERATIONS, *page.OPERATIONS, *tiles.OPERATIONS)
_RULES = Map(
    [Rule(operation.path, endpoint=operation, methods=[operation.method]) for operation in _OPERATIONS],
    merge_slashes=False,
    redirect_defaults=False,
)


class Emulator:
    """Answers for Canada Post."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        _strip_prefix(environ)
        request = Request(environ)
        request.max_content_length = LARGEST_REQUEST_BYTES
        return self.answer(request)(environ, start_response)

    def answer(self, request: Request) -> Response:
        """Return the answer to one request; raises ConnectionResetError where a reset was asked for."""
        if (reasons := why_refused(request)) is not None:
            reason = Call(self.world, request).text(*reasons)
            return _refusals_of(request.path).gateway(403, "Forbidden", reason)
        try:
            operation, arguments = _RULES.bind_to_environ(request.environ).match()
        except HTTPException as error:
            return _http_error(_refusals_of(request.path), error)
        if operation.api == "own":
            return self._handle(operation, request, arguments)
        return self._answer_for_canada_post(operation, request, arguments)

    def _answer_for_canada_post(self, operation: Operation, request: Request, arguments: Mapping[str, Any]) -> Response:
        world, refusals, over = self.world, _REFUSALS[operation.api], self.world.over
        world.state.count_call(operation.name)
        fault = world.faults.take(operation.name)
        if fault is not None and fault.fault not in ("drip", "duplicate") and not fault.after:
            instead = answer_with_fault(fault, request, None, over, refusals)
            if instead is not None:
                return instead
        answer = self._do(operation, request, arguments)
        if fault is not None and fault.fault == "duplicate":
            # As when a proxy repeats a request by itself and hands on the second answer.
            return self._do(operation, request, arguments)
        if fault is not None and (fault.after or fault.fault == "drip"):
            answer = answer_with_fault(fault, request, answer, over, refusals) or answer
        return answer

    def _do(self, operation: Operation, request: Request, arguments: Mapping[str, Any]) -> Response:
        refusals = _REFUSALS[operation.api]
        if operation.needs_token and (refusal := _CHECKS[operation.api](self.world, request)) is not None:
            return refusal
        if (refusal := self._throttled(operation, refusals)) is not None:
            return refusal
        if operation.answers and not _accepts(request, operation):
            return refusals.gateway(406, "Not Acceptable", f"Accept must name {operation.answers}.")
        return self._handle(operation, request, arguments)

    def _handle(self, operation: Operation, request: Request, arguments: Mapping[str, Any]) -> Response:
        refusals = _REFUSALS[operation.api]
        try:
            return operation.handle(Call(self.world, request), **arguments)
        except Answered as answered:
            return answered.response
        except Refused as refused:
            return refusals.refused(refused.problems, refused.status)
        except NoSuchThing as missing:
            return _http_error(refusals, NotFound(f"There is no such {missing}."))
        except HTTPException as error:
            return _http_error(refusals, error)

    def _throttled(self, operation: Operation, refusals: Refusals) -> Response | None:
        config, group = self.world.config, operation.limit
        most = config.calls_per_minute or (PUBLISHED.get(group, 0) if config.published_limits else 0)
        if not group or not most:
            return None
        wait = self.world.throttle.wait(group, most, time.monotonic())
        if not wait:
            return None
        if config.throttled_as == "slm":
            return refusals.slm()
        answer = refusals.gateway(429, "Too Many Requests", "Rate limit exceeded.")
        answer.headers["Retry-After"] = str(math.ceil(wait))
        return answer


def _accepts(request: Request, operation: Operation) -> bool:
    accepted = request.accept_mimetypes
    if operation.api == "webservices":
        return operation.answers in list(accepted.values())
    return not accepted or bool(accepted.accept_json)


def _http_error(refusals: Refusals, error: HTTPException) -> Response:
    return refusals.gateway(error.code or 500, error.name, error.description or "")


def _refusals_of(path: str) -> Refusals:
    return _REFUSALS["webservices" if path.startswith(("/rs/", "/vis/")) else "portal"]


def _strip_prefix(environ: "WSGIEnvironment") -> None:
    """Let everything live both at the root and below Canada Post's own prefix; links then carry the prefix too."""
    path = environ.get("PATH_INFO", "")
    if path.startswith(f"{PREFIX}/"):
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + PREFIX
        environ["PATH_INFO"] = path.removeprefix(PREFIX)
