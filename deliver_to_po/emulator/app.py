"""The emulator as a WSGI application: finds the operation, counts it, lets faults happen, checks the token, answers."""

import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from deliver_to_po.emulator import control, status, tiles
from deliver_to_po.emulator.answers import Rejected, gateway
from deliver_to_po.emulator.calls import Call, Operation, World
from deliver_to_po.emulator.config import PREFIX
from deliver_to_po.emulator.faults import strike
from deliver_to_po.emulator.portal import OPERATIONS as PORTAL_OPERATIONS
from deliver_to_po.emulator.portal.auth import check_bearer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

logger = logging.getLogger(__name__)

LARGEST_REQUEST_BYTES = 256 * 1024

# What Canada Post offers, as against what the emulator offers about itself.
CANADA_POST = {operation.name: operation for operation in PORTAL_OPERATIONS}
OWN = {operation.name: operation for operation in (*control.OPERATIONS, *status.OPERATIONS, *tiles.OPERATIONS)}
_RULES = Map(
    [
        Rule(operation.path, endpoint=operation.name, methods=[operation.method])
        for operation in (*CANADA_POST.values(), *OWN.values())
    ],
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
        try:
            name, arguments = _RULES.bind_to_environ(request.environ).match()
            if name in OWN:
                return OWN[name].handle(Call(self.world, request), **arguments)
            return self._answer_for_canada_post(CANADA_POST[name], request, arguments)
        except Rejected as rejected:
            return rejected.response
        except HTTPException as error:
            return gateway(error.code or 500, error.name, error.description or "")

    def _answer_for_canada_post(
        self, operation: Operation, request: Request, arguments: Mapping[str, object]
    ) -> Response:
        self.world.state.count_call(operation.name)
        fault = self.world.faults.take(operation.name)
        if fault is not None and not fault.after:
            instead = strike(fault, request, None, self.world.stopping)
            if instead is not None:
                return instead
        answer = self._do(operation, request, arguments)
        if fault is not None and fault.after:
            answer = strike(fault, request, answer, self.world.stopping) or answer
        return answer

    def _do(self, operation: Operation, request: Request, arguments: Mapping[str, object]) -> Response:
        if operation.needs_token and (refusal := check_bearer(self.world, request)) is not None:
            return refusal
        if operation.answers_json and request.accept_mimetypes and not request.accept_mimetypes.accept_json:
            return gateway(406, "Not Acceptable", "Accept must name application/json.")
        try:
            return operation.handle(Call(self.world, request), **arguments)
        except Rejected as rejected:
            return rejected.response


def _strip_prefix(environ: "WSGIEnvironment") -> None:
    """Let everything live both at the root and below Canada Post's own prefix; links then carry the prefix too."""
    path = environ.get("PATH_INFO", "")
    if path.startswith(f"{PREFIX}/"):
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + PREFIX
        environ["PATH_INFO"] = path.removeprefix(PREFIX)
