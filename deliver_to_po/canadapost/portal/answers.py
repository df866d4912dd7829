"""Reads the portal's answers: JSON that may be hostile, and errors of every shape."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.errors import CanadaPostError, Message, Unreadable
from deliver_to_po.canadapost.reading import MOST_MESSAGES, choose_error, make_message

# A group's 10,000 links take about 2 MB. Nested lists need twenty times the memory of their text.
MAX_JSON_BYTES = 4 * 1024 * 1024
# The gateway in front of the services speaks of "httpCode", the token endpoint of "error".
SERVICE_KEYS = ("errors", "messages")
# Tracking has one error, in the place of what was asked for.
LISTS_OF_MESSAGES = (*SERVICE_KEYS, "error")


def read_json(operation: str, answer: Answer) -> Any:
    """Return the body as JSON, numbers with decimals as Decimal, keys in camelCase; raises Unreadable.

    Refuses NaN and Infinity, duplicate keys, encodings other than UTF-8, and text that no database takes (lone
    surrogates, NUL).
    """
    try:
        return parse(answer.body, spell=in_camel_case)
    except ValueError:
        raise Unreadable(operation, status=answer.status, why="the body is not JSON") from None


def in_camel_case(key: str) -> str:
    """Return a key as the portal writes most of them: nobody has seen yet how it writes all."""
    return re.sub("-(.)", lambda match: match[1].upper(), key) if "-" in key else key


def parse(body: bytes, *, spell: Callable[[str], str] = str) -> Any:
    """Return ``body`` as JSON, its keys as ``spell`` returns them; raises ValueError for what ``read_json`` refuses."""
    if len(body) > MAX_JSON_BYTES:
        raise ValueError("too long")
    text = body.decode("utf-8-sig")

    def read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = {spell(key): value for key, value in pairs}
        if len(made) < len(pairs):
            raise ValueError("a key twice")
        return made

    try:
        value = json.loads(
            text, parse_float=_decimal, parse_constant=_no_constant, object_pairs_hook=read_object, strict=True
        )
        if "\\u" in text:
            _check_escapes(value)
    except (RecursionError, InvalidOperation):
        raise ValueError("too deep, or a number too long") from None
    return value


def _decimal(text: str) -> Decimal:
    if len(text) > 40:
        raise ValueError("a number too long")
    return Decimal(text)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _check_escapes(value: Any) -> None:
    """Raise ValueError for a text in which escapes stand for a lone surrogate or NUL."""
    if isinstance(value, str):
        value.encode()
        if "\0" in value:
            raise ValueError("NUL")
    elif isinstance(value, list):
        for item in value:
            _check_escapes(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_escapes(key)
            _check_escapes(item)


def error_of(operation: str, answer: Answer, *, repeatable: bool) -> CanadaPostError:
    """Return the error that an answer means that is not a success; if it cannot be read, its status decides."""
    rows = _objects_in(answer)
    by_service = any(key in row for row in rows for key in SERVICE_KEYS)
    return choose_error(
        operation,
        answer,
        read_messages(rows),
        repeatable=repeatable,
        by_service=by_service,
        by_gateway=not by_service and any("httpCode" in row for row in rows),
    )


def _objects_in(answer: Answer) -> list[Mapping[str, Any]]:
    try:
        body = parse(answer.body)
    except ValueError:
        return []
    return [row for row in (body[:MOST_MESSAGES] if isinstance(body, list) else [body]) if isinstance(row, Mapping)]


def read_messages(rows: Iterable[Mapping[str, Any]]) -> tuple[Message, ...]:
    """Return Canada Post's messages in any of its shapes, the first 20 of them."""
    found = [message for row in rows for message in _messages_in(row)]
    return tuple(found[:MOST_MESSAGES])


def _messages_in(body: Mapping[str, Any]) -> Iterator[Message]:
    listed = next((body[key] for key in LISTS_OF_MESSAGES if key in body), None)
    if isinstance(listed, Mapping):
        listed = listed.get("message", listed)
    for row in (listed if isinstance(listed, list) else [listed])[:MOST_MESSAGES]:
        if isinstance(row, Mapping):
            text = next((row[key] for key in ("message", "description", "descEn") if key in row), None)
            yield make_message(row.get("errorCode", row.get("code")), text)
    if "httpCode" in body:
        yield make_message("", body.get("moreInformation") or body.get("httpMessage"))
    if isinstance(body.get("error"), str):
        yield make_message("", f"{body['error']} {body.get('error_description') or ''}")
    if not listed and "errors" in body and body.get("detail"):
        yield make_message("", body["detail"])
