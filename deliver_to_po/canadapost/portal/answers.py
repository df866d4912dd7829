"""Reading the portal's answers: one reader for every error shape, tolerant where the shape was never seen."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.errors import Message
from deliver_to_po.canadapost.transport import Answer

REQUEST_ID_EXISTS = "7314"
STILL_MAKING = "9153"
SLM = "slm monitor"
DEFAULT_RETRY_AFTER_SECONDS = 60.0


def read_json(operation: str, answer: Answer) -> Any:
    """Return the body as JSON; raises Unreadable."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise errors.Unreadable(operation, status=answer.status, why="the body is not JSON") from None


def accept(operation: str, answer: Answer, *, repeatable: bool) -> Answer:
    """Return ``answer`` when it is a success, else raise the error that its status and codes stand for.

    ``repeatable`` says that repeating the operation does no harm: then a 5xx is Unavailable, else UnknownOutcome.
    """
    if answer.status in (200, 201, 204):
        return answer
    raise _error(operation, answer, repeatable)


def _error(operation: str, answer: Answer, repeatable: bool) -> errors.CanadaPostError:
    status = answer.status
    messages = tuple(_messages(answer))
    codes = {message.code for message in messages}
    text = " ".join(message.text for message in messages).lower()
    if status == 429 or SLM in text:
        return errors.Throttled(operation, status=status, messages=messages, retry_after=retry_after(answer))
    if status == 202 or STILL_MAKING in codes:
        return errors.NotReady(operation, status=status, messages=messages)
    if REQUEST_ID_EXISTS in codes:
        return errors.AlreadyExists(operation, status=status, messages=messages)
    if status == 401:
        return errors.CredentialsRefused(operation, status=status, messages=messages)
    if status == 403:
        return errors.NotEntitled(operation, status=status, messages=messages)
    if status == 404:
        return errors.NotFound(operation, status=status, messages=messages)
    if status == 408:
        return errors.Throttled(operation, status=status, messages=messages, retry_after=retry_after(answer))
    if 400 <= status < 500 or "cvc-" in text:
        return errors.Refused(operation, status=status, messages=messages)
    if repeatable:
        return errors.Unavailable(operation, status=status, messages=messages)
    return errors.UnknownOutcome(operation, status=status, messages=messages)


def retry_after(answer: Answer) -> float:
    """Return the seconds that ``Retry-After`` asks for, between 1 and 3600; 60 where it says nothing readable."""
    text = answer.headers.get("Retry-After", "").strip()
    seconds = float(text) if re.fullmatch(r"[0-9]{1,6}", text) else DEFAULT_RETRY_AFTER_SECONDS
    return min(max(seconds, 1.0), 3600.0)


def _messages(answer: Answer) -> Iterator[Message]:
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return
    for found in body if isinstance(body, list) else [body]:
        if isinstance(found, Mapping):
            yield from _messages_of(found)


def _messages_of(body: Mapping[str, Any]) -> Iterator[Message]:
    listed = body.get("errors", body.get("messages"))
    if isinstance(listed, Mapping):
        listed = listed.get("message", listed)
    rows = listed if isinstance(listed, list) else [listed]
    for row in rows:
        if isinstance(row, Mapping):
            code = _text(row.get("errorCode", row.get("code")))
            yield Message(code, _text(row.get("message", row.get("description"))))
    if "httpCode" in body:
        yield Message("", _text(body.get("moreInformation") or body.get("httpMessage")))
    if isinstance(body.get("error"), str):
        yield Message("", f"{body['error']} {_text(body.get('error_description'))}".strip())


def _text(value: object) -> str:
    """Return ``value`` on one line, at most 300 characters; codes and ids may come as numbers."""
    return "" if value is None else " ".join(str(value).split())[:300]
