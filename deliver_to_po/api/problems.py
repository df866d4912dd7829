"""What is refused, as RFC 9457 says it: a code that stays, the same in words, and where the mistake is."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Literal, NamedTuple

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from ninja import Schema
from ninja.errors import HttpError, ValidationError

from deliver_to_po import errors
from deliver_to_po.checkout.fair_use import WINDOW_SECONDS
from deliver_to_po.core.database_errors import described

log = logging.getLogger(__name__)

# A field that there is not may have a name of any length.
LONGEST_NAME = 50
CONTENT_TYPE = "application/problem+json"
Severity = Literal["recoverable", "unrecoverable"]

# The errors that the operations answer with; some of them only as messages of a choice.
STATUS: dict[type[errors.DeliverToPoError], int] = {
    errors.CartUnknown: 409,
    errors.ChoiceReserved: 409,
    errors.ChoiceRequired: 409,
    errors.DraftChanged: 409,
    errors.DraftExpired: 410,
    errors.DraftIncomplete: 409,
    errors.DraftTaken: 409,
    errors.DraftUnknown: 404,
    errors.NotMailable: 409,
    errors.OfficeNoLongerTakesParcels: 409,
    errors.OfficeNotOffered: 404,
    errors.OfficesUnavailable: 503,
    errors.OptionPaused: 503,
    errors.PlaceNotKnown: 503,
    errors.PriceChanged: 409,
    errors.PriceUnknown: 409,
    errors.QueryNotUnderstood: 422,
    errors.RecipientRefused: 422,
    errors.TooManySearches: 429,
}
# What the same client can do nothing about with this choice.
FINAL = (errors.DraftUnknown, errors.DraftExpired, errors.DraftTaken)
PATHS: dict[type[errors.DeliverToPoError], str] = {
    errors.DraftChanged: "$.seen",
    errors.OfficeNoLongerTakesParcels: "$.office_id",
    errors.OfficeNotOffered: "$.office_id",
    errors.QueryNotUnderstood: "$.q",
}
# What is wrong with a value, by the first words of pydantic's code; its limits are put in.
WORDS: dict[str, Promise | str] = {
    "missing": gettext_lazy("This is missing."),
    "extra_forbidden": gettext_lazy("There is no such field."),
    "string_too_long": gettext_lazy("This has more than %(max_length)s characters."),
    "too_long": gettext_lazy("These are more than %(max_length)s."),
    "greater_than_equal": gettext_lazy("This is less than %(ge)s."),
    "less_than_equal": gettext_lazy("This is more than %(le)s."),
}
WRONG = gettext_lazy("This value is not accepted here.")


class Message(Schema):
    """One thing that is in the way: a code that stays, and what to tell a person."""

    code: str
    message: str
    path: str = ""
    severity: Severity = "recoverable"


class Problem(Message):
    """Why a request is refused (RFC 9457). Nothing has changed, and a choice stays the same choice."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Message] = []
    choices: list[str] = []


class Refusal(NamedTuple):
    """Why a request cannot be read at all, or asks for what is not there."""

    status: int
    code: str
    message: Promise | str


class RequestRefused(Exception):
    """A request that cannot be read at all, or asks for what is not there."""

    def __init__(self, refusal: Refusal):
        super().__init__(refusal.code)
        self.refusal = refusal


UNREADABLE = Refusal(400, "unreadable", gettext_lazy("The body of the request is not valid JSON."))
TOO_LARGE = Refusal(413, "too_large", gettext_lazy("The request is larger than a choice can be. Send less."))
NOT_JSON = Refusal(415, "not_json", gettext_lazy("Send JSON, with application/json as its Content-Type."))
NOT_FOUND = Refusal(404, "not_found", gettext_lazy("There is nothing at this address."))
NOT_ALLOWED = Refusal(405, "not_allowed", gettext_lazy("This address does not accept that method."))
INVALID = Refusal(422, "invalid", gettext_lazy("Some of what was sent cannot be right: see “errors”."))
KEY_INVALID = Refusal(
    422, "key_invalid", gettext_lazy("An Idempotency-Key is 1 to 100 visible ASCII characters, such as a new UUID.")
)
KEY_REUSED = Refusal(
    422, "key_reused", gettext_lazy("Another request was sent with the same key. Send each one with a key of its own.")
)
KEY_OUTDATED = Refusal(
    409,
    "key_outdated",
    gettext_lazy("This was done once, and the choice has changed since. Look at it again, then send a new key."),
)
BUSY = Refusal(503, "busy", gettext_lazy("This cannot be done right now. Try again in a minute."))


def message_of(error: errors.DeliverToPoError) -> Message:
    """Return what stands in the way, as values and in words."""
    if isinstance(error, errors.WrongSecret):
        error = errors.DraftUnknown()
    path = next((path for kind, path in PATHS.items() if isinstance(error, kind)), "")
    final: Severity = "unrecoverable" if isinstance(error, FINAL) else "recoverable"
    return Message(code=error.code, message=str(error), path=path, severity=final)


def refuse(request: HttpRequest, error: errors.DeliverToPoError) -> HttpResponse:
    """Answer with why a use case refuses."""
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 409)
    said: list[Message] = []
    if isinstance(error, errors.RecipientRefused):
        said = [Message(code=one.code, message=one.message, path=f"$.{one.field}") for one in error.errors]
    choices = error.choices if isinstance(error, errors.QueryNotUnderstood) else ()
    # An id in the path names what is not there, one in the body is a wrong value.
    if status == 404 and request.method != "GET" and isinstance(error, errors.OfficeNotOffered):
        status = 422
    return _answer(status, message_of(error), said, choices)


def refuse_unreadable(request: HttpRequest, error: RequestRefused) -> HttpResponse:
    """Answer what cannot be read, or asks for what is not there."""
    return refuse_for(error.refusal)


def refuse_for(refusal: Refusal, details: Sequence[Message] = ()) -> HttpResponse:
    """Answer why a request is refused before any use case hears of it."""
    return _answer(refusal.status, Message(code=refusal.code, message=str(refusal.message)), details)


def refuse_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer values of the wrong kind: nothing of what was sent is said again."""
    said = [Message(code=one["type"], message=_in_words(one), path=_path(one["loc"])) for one in error.errors]
    return refuse_for(INVALID, said)


def refuse_unparsed(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer a body that ninja cannot parse: the only error of its own that it raises here."""
    return refuse_for(UNREADABLE)


def refuse_while_busy(request: HttpRequest, error: Error) -> HttpResponse:
    """Answer while the database cannot be asked; the log says why."""
    log.error("A request of the API was refused: %s", described(error))
    return refuse_for(BUSY)


def _answer(status: int, said: Message, details: Sequence[Message] = (), choices: Sequence[str] = ()) -> HttpResponse:
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=said.message,
        errors=list(details),
        choices=list(choices),
        **said.model_dump(),
    )
    response = JsonResponse(problem.model_dump(), status=status, content_type=CONTENT_TYPE)
    # A strike lasts for weeks.
    if status in (429, 503) and said.code != errors.OptionPaused.code:
        response["Retry-After"] = str(WINDOW_SECONDS)
    return response


def _in_words(error: dict[str, Any]) -> str:
    limits: dict[str, object] = error.get("ctx", {})
    return str(WORDS.get(error["type"], WRONG)) % limits


def _path(loc: Sequence[str | int]) -> str:
    """Return where a value stands as a JSONPath; of a parameter or a header its name."""
    source, *names = loc
    if source != "body":
        return str(names[-1]) if names else ""
    # The first is the name of our own argument.
    return "$" + "".join(f"[{name}]" if isinstance(name, int) else f".{name[:LONGEST_NAME]}" for name in names[1:])
