"""The emulator as a WSGI application: finds the operation, counts it, lets faults happen, checks who calls, answers."""

import math
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from deliver_to_po.emulator import control, page, tiles
from deliver_to_po.emulator.answers import JsonVoice
from deliver_to_po.emulator.calls import Call, Operation, World
from deliver_to_po.emulator.config import PREFIX
from deliver_to_po.emulator.foreign_pages import why_refused
from deliver_to_po.emulator.operations import CANADA_POST
from deliver_to_po.emulator.portal.auth import check_bearer
from deliver_to_po.emulator.strikes import strike
from deliver_to_po.emulator.throttle import PUBLISHED
from deliver_to_po.emulator.voice import NoSuchThing, Refused, Rejected, Voice
from deliver_to_po.emulator.webservices.answers import XmlVoice
from deliver_to_po.emulator.webservices.auth import check_basic

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LARGEST_REQUEST_BYTES = 256 * 1024

_VOICES: Mapping[str, Voice] = {"portal": JsonVoice(), "webservices": XmlVoice(), "own": JsonVoice()}
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
            reason = Call(self.world, request).said(*reasons)
            return _voice_of(request.path).gateway(403, "Forbidden", reason)
        try:
            operation, arguments = _RULES.bind_to_environ(request.environ).match()
        except HTTPException as error:
            return _said(_voice_of(request.path), error)
        if operation.api == "own":
            return self._handle(operation, request, arguments)
        return self._answer_for_canada_post(operation, request, arguments)

    def _answer_for_canada_post(self, operation: Operation, request: Request, arguments: Mapping[str, Any]) -> Response:
        world, voice = self.world, _VOICES[operation.api]
        world.state.count_call(operation.name)
        fault = world.faults.take(operation.name)
        if fault is not None and fault.fault not in ("drip", "duplicate") and not fault.after:
            instead = strike(fault, request, None, world.stopping, voice)
            if instead is not None:
                return instead
        answer = self._do(operation, request, arguments)
        if fault is not None and fault.fault == "duplicate":
            # As when a proxy repeats a request by itself and hands on the second answer.
            return self._do(operation, request, arguments)
        if fault is not None and (fault.after or fault.fault == "drip"):
            answer = strike(fault, request, answer, world.stopping, voice) or answer
        return answer

    def _do(self, operation: Operation, request: Request, arguments: Mapping[str, Any]) -> Response:
        voice = _VOICES[operation.api]
        if operation.needs_token and (refusal := _CHECKS[operation.api](self.world, request)) is not None:
            return refusal
        if (refusal := self._throttled(operation, voice)) is not None:
            return refusal
        if operation.answers and not _accepts(request, operation):
            return voice.gateway(406, "Not Acceptable", f"Accept must name {operation.answers}.")
        return self._handle(operation, request, arguments)

    def _handle(self, operation: Operation, request: Request, arguments: Mapping[str, Any]) -> Response:
        voice = _VOICES[operation.api]
        try:
            return operation.handle(Call(self.world, request), **arguments)
        except Rejected as rejected:
            return rejected.response
        except Refused as refused:
            return voice.refused(refused.problems, refused.status)
        except NoSuchThing as missing:
            return _said(voice, NotFound(f"There is no such {missing}."))
        except HTTPException as error:
            return _said(voice, error)

    def _throttled(self, operation: Operation, voice: Voice) -> Response | None:
        config, group = self.world.config, operation.limit
        most = config.calls_per_minute or (PUBLISHED.get(group, 0) if config.published_limits else 0)
        if not group or not most:
            return None
        wait = self.world.throttle.wait(group, most, time.monotonic())
        if not wait:
            return None
        if config.throttled_as == "slm":
            return voice.slm()
        answer = voice.gateway(429, "Too Many Requests", "Rate limit exceeded.")
        answer.headers["Retry-After"] = str(math.ceil(wait))
        return answer


def _accepts(request: Request, operation: Operation) -> bool:
    accepted = request.accept_mimetypes
    if operation.api == "webservices":
        return operation.answers in list(accepted.values())
    return not accepted or bool(accepted.accept_json)


def _said(voice: Voice, error: HTTPException) -> Response:
    return voice.gateway(error.code or 500, error.name, error.description or "")


def _voice_of(path: str) -> Voice:
    return _VOICES["webservices" if path.startswith(("/rs/", "/vis/")) else "portal"]


def _strip_prefix(environ: "WSGIEnvironment") -> None:
    """Let everything live both at the root and below Canada Post's own prefix; links then carry the prefix too."""
    path = environ.get("PATH_INFO", "")
    if path.startswith(f"{PREFIX}/"):
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + PREFIX
        environ["PATH_INFO"] = path.removeprefix(PREFIX)
