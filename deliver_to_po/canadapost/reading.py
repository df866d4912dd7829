"""What both APIs read alike: which error an answer stands for, how long to wait, and what a document is."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.errors import Message
from deliver_to_po.canadapost.transport import Answer
from deliver_to_po.canadapost.types import Artifact

REQUEST_ID_EXISTS = "7314"
STILL_MAKING = "9153"
SLM = "slm monitor"
DEFAULT_RETRY_AFTER_SECONDS = 60.0
LONGEST_RETRY_AFTER_SECONDS = 3600.0
LONGEST_TEXT = 300
# Short enough that no phone number is one; the emulator's own are the longest.
CODE = re.compile(r"[0-9]{1,8}|[A-Za-z][A-Za-z0-9_-]{1,29}")
SUCCESS = (200, 201, 204)
DOCUMENTS = ((b"%PDF", b"%%EOF", "application/pdf"), (b"^XA", b"^XZ", "application/zpl"))
# Where the end of a document is looked for: a PDF may have some bytes after its own end.
TAIL_BYTES = 1024


def make_message(code: object, text: object) -> Message:
    """Return a message of Canada Post's: the text on one line, at most 300 characters.

    A code may come as a number. What does not look like a code is dropped: codes go into logs, and an answer may repeat
    what was sent.
    """
    written = "" if code is None else str(code).strip()
    return Message(written if CODE.fullmatch(written) else "", one_line(text))


def one_line(value: object) -> str:
    """Return ``value`` as text without line breaks, control characters and lone surrogates."""
    text = "" if value is None else str(value)[: LONGEST_TEXT * 4]
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", " ", text).split())[:LONGEST_TEXT]


def choose_error(
    operation: str, answer: Answer, messages: Iterable[Message], *, repeatable: bool
) -> errors.CanadaPostError:
    """Return the error that the status of ``answer`` and its ``messages``, already read, stand for.

    ``repeatable`` says that repeating the operation does no harm: then a 5xx is Unavailable, else UnknownOutcome.
    """
    status, read = answer.status, tuple(messages)
    codes = {message.code for message in read}
    text = " ".join(message.text for message in read).lower()
    if status in (408, 429) or SLM in text:
        return errors.Throttled(operation, status=status, messages=read, retry_after=retry_after(answer))
    error = _kind(status, codes, text, repeatable)(operation, status=status, messages=read)
    if "Retry-After" in answer.headers:
        error.retry_after = retry_after(answer)
    return error


def _kind(status: int, codes: set[str], text: str, repeatable: bool) -> type[errors.CanadaPostError]:
    # Accepting what must not be done twice says neither that it was done nor that it was not.
    if STILL_MAKING in codes or (status == 202 and repeatable):
        return errors.NotReady
    if REQUEST_ID_EXISTS in codes:
        return errors.AlreadyExists
    by_status = {401: errors.CredentialsRefused, 403: errors.NotEntitled, 404: errors.NotFound}
    if status in by_status:
        return by_status[status]
    # The XML API answers what its schema forbids with a 500 that names the schema's rule.
    if 400 <= status < 500 or "cvc-" in text:
        return errors.Refused
    return errors.Unavailable if repeatable else errors.UnknownOutcome


def retry_after(answer: Answer) -> float:
    """Return the seconds that ``Retry-After`` asks for, between 1 and 3600; 60 where it says nothing readable."""
    text = answer.headers.get("Retry-After", "").strip()
    seconds = DEFAULT_RETRY_AFTER_SECONDS
    if re.fullmatch(r"[0-9]{1,6}", text):
        seconds = float(text)
    elif text:
        seconds = _seconds_until(text)
    return min(max(seconds, 1.0), LONGEST_RETRY_AFTER_SECONDS)


def _seconds_until(http_date: str) -> float:
    try:
        moment = parsedate_to_datetime(http_date[:60])
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (aware - datetime.now(UTC)).total_seconds()
    except (ValueError, OverflowError, IndexError, TypeError):
        return DEFAULT_RETRY_AFTER_SECONDS


def read_document(operation: str, answer: Answer) -> Artifact:
    """Return a label or a manifest, known by how it starts and ends rather than by what its header says.

    Raises Unreadable for anything else, a document that was cut off on its way included.
    """
    body = answer.body
    for start, end, media_type in DOCUMENTS:
        if body.startswith(start):
            if end not in body[-TAIL_BYTES:]:
                raise errors.Unreadable(operation, status=answer.status, why="the document is cut off")
            return Artifact(body, media_type)
    raise errors.Unreadable(operation, status=answer.status, why="the answer is neither PDF nor ZPL")
