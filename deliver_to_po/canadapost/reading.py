"""What both APIs read in the same way: which error an answer means, how long to wait, what a document is."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import TypeVar

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.errors import Message
from deliver_to_po.canadapost.types import Artifact, Rate, RateRequest, Service, ShipmentStatus

Row = TypeVar("Row")
Read = TypeVar("Read")

REQUEST_ID_EXISTS = "7314"
STILL_MAKING = "9153"
SLM = "slm monitor"
PARAMETER_MISSING = "9105"
NOT_IN_CONTRACT = "9112"
# No service carries such a parcel.
NO_SERVICE = "9111"
# Canada Post has not seen the parcel yet, which does not mean that it does not exist. The code may come as a number.
NO_PIN_HISTORY = "4"
# The credentials are good, but the customer number belongs to another login.
NOT_YOUR_CUSTOMER = {"AA003", "AA004"}
# In answer to a search these codes mean that the question or the service is wrong; they say nothing about offices.
NOT_ABOUT_OFFICES = {*NOT_YOUR_CUSTOMER, PARAMETER_MISSING, "Server"}
DEFAULT_RETRY_AFTER_SECONDS = 60.0
LONGEST_RETRY_AFTER_SECONDS = 3600.0
LONGEST_TEXT = 300
# All of them are shown to staff and kept with a shipment.
MOST_MESSAGES = 20
# Codes go into logs, so a code must look like one of Canada Post's or the emulator's: a name, a postal code or a phone
# number does not.
CODE = re.compile(r"[0-9]{1,8}|[A-Z]{1,2}[0-9]{3}|Server|EMU(-[A-Z0-9]{1,20}){1,3}")
HTML_TYPES = ("text/html", "application/xhtml+xml")
HTML_STARTS = (b"<!doctype html", b"<html")
SUCCESS = (200, 201, 204)
DOCUMENTS = ((b"%PDF", b"%%EOF", "application/pdf"), (b"^XA", b"^XZ", "application/zpl"))
# How far from its last byte the end of a document may be: a PDF may have some bytes after its own end.
TAIL_BYTES = 1024
CENT = Decimal("0.01")


def make_message(code: object, text: object) -> Message:
    """Return one of Canada Post's messages, its text on one line of at most 300 characters.

    A code may come as a number. Anything that does not look like a code is dropped, since it may repeat what was sent.
    """
    written = "" if code is None else str(code).strip()
    return Message(written if CODE.fullmatch(written) else "", one_line(text))


def one_line(value: object) -> str:
    """Return ``value`` as text without line breaks, control characters and lone surrogates."""
    text = "" if value is None else str(value)[: LONGEST_TEXT * 4]
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", " ", text).split())[:LONGEST_TEXT]


def check_price(operation: str, *parts: Decimal, due: Decimal) -> None:
    """Raise Unreadable unless the parts of a price are its amount due: else a part was misread or is not known."""
    if abs(sum(parts, Decimal(0)) - due) >= CENT:
        raise errors.Unreadable(operation, why="a price whose parts are not its amount due")


def rates_of(ask: Callable[[RateRequest], list[Rate]], request: RateRequest) -> list[Rate]:
    """Return what ``ask`` answers about all services at once, or about each by itself where one is not available.

    Canada Post refuses the whole question for a service that the contract lacks; the others still have prices.
    """
    try:
        return ask(request)
    except errors.Refused as error:
        if NOT_IN_CONTRACT not in error.codes:
            raise
    services = request.services or tuple(Service)
    alone = (request._replace(services=(each,)) for each in services if len(services) > 1)
    return [rate for one in alone for rate in rates_of(ask, one)]


def choose_error(
    operation: str,
    answer: Answer,
    messages: Iterable[Message],
    *,
    repeatable: bool,
    by_service: bool = False,
    by_gateway: bool = False,
) -> errors.CanadaPostError:
    """Return the error that the status of ``answer`` and its ``messages``, already read, mean.

    ``repeatable`` says that the operation may be repeated without harm: then a 5xx is Unavailable, else UnknownOutcome.
    ``by_service`` says that the answer has the form of the service's own messages, ``by_gateway`` that it has that of
    the gateway in front of it.
    """
    read = tuple(messages)
    codes = {message.code for message in read}
    text = _text_of(read)
    error: errors.CanadaPostError
    # Where there is no message, a gateway may have said so in plain words.
    if answer.status in (408, 429) or SLM in (text or answer.body[:LONGEST_TEXT].decode("latin-1").lower()):
        error = errors.Throttled(operation, status=answer.status, messages=read, retry_after=retry_after(answer))
    else:
        why = "the customer number is not this login's" if NOT_YOUR_CUSTOMER & codes else ""
        error = _kind(answer, codes, text, repeatable)(operation, status=answer.status, messages=read, why=why)
        if "Retry-After" in answer.headers:
            error.retry_after = retry_after(answer)
    error.by_service, error.by_gateway = by_service, by_gateway
    return error


def _text_of(messages: Iterable[Message]) -> str:
    return " ".join(message.text for message in messages).lower()


def _kind(answer: Answer, codes: set[str], text: str, repeatable: bool) -> type[errors.CanadaPostError]:
    status, trouble = answer.status, errors.Unavailable if repeatable else errors.UnknownOutcome
    if NOT_YOUR_CUSTOMER & codes:
        return errors.Refused
    # If it must not be done twice, a 202 leaves open whether it was done.
    if STILL_MAKING in codes or (status == 202 and repeatable):
        return errors.NotReady
    # The XML API documents a 412 without saying for what: that the id exists is the one condition it names.
    if REQUEST_ID_EXISTS in codes or (status == 412 and not repeatable and not codes):
        return errors.AlreadyExists
    # A web page does not come from the service, so it does not mean that something is missing or wrong.
    if is_web_page(answer) and (status == 404 or (status == 400 and repeatable)):
        return trouble
    by_status = {401: errors.CredentialsRefused, 403: errors.NotEntitled, 404: errors.NotFound}
    if status in by_status:
        return by_status[status]
    # The XML API answers what its schema forbids with a 500 that names the schema's rule.
    if 400 <= status < 500 or "cvc-" in text:
        return errors.Refused
    return trouble


def is_web_page(answer: Answer) -> bool:
    """Say whether an answer is HTML, such as a page about maintenance."""
    start = answer.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return answer.media_type in HTML_TYPES or start.startswith(HTML_STARTS)


def check_none_near(error: errors.CanadaPostError) -> None:
    """Return if ``error`` is Canada Post's way to answer a search that no post office is near; else raise.

    The schema of the XML API forbids an empty list, so Canada Post may answer 400 or 404. Only a message of its service
    counts. Any other 404 is raised as Unavailable: a caller could take NotFound for an office that has closed.
    """
    own = error.by_service and error.messages and not NOT_ABOUT_OFFICES & set(error.codes)
    if own and error.status in (400, 404):
        return
    if not isinstance(error, errors.NotFound):
        raise error
    raise _nothing_about_offices(error) from None


def check_gone(error: errors.NotFound) -> None:
    """Return if ``error`` says that a post office is gone; raise Unavailable if the gateway knows no such address."""
    if error.by_gateway:
        raise _nothing_about_offices(error) from None


def _nothing_about_offices(error: errors.CanadaPostError) -> errors.Unavailable:
    why = "the answer says nothing about post offices"
    return errors.Unavailable(error.operation, status=error.status, messages=error.messages, why=why)


def read_each(rows: Iterable[Row], read: Callable[[Row], Read | None]) -> Iterator[Read]:
    """Yield what ``read`` returns for each row, so that one odd row does not hide the others.

    Skips rows that raise Unreadable, and those for which ``read`` returns None. If it yields nothing and some rows were
    unreadable, it raises Unreadable at the end.
    """
    none_yet, unreadable = True, None
    for row in rows:
        try:
            found = read(row)
        except errors.Unreadable as error:
            unreadable = error
            continue
        if found is not None:
            none_yet = False
            yield found
    if unreadable is not None and none_yet:
        raise unreadable


def read_status(operation: str, written: str) -> ShipmentStatus:
    """Return the status of a shipment, OTHER for one that we do not know; raises Unreadable when there is none."""
    if not written:
        raise errors.Unreadable(operation, why="a shipment without a status")
    try:
        return ShipmentStatus(written.lower())
    except ValueError:
        return ShipmentStatus.OTHER


def retry_after(answer: Answer) -> float:
    """Return the seconds that ``Retry-After`` asks for, between 1 and 3600; 60 if it cannot be read."""
    text = answer.headers.get("Retry-After", "").strip()
    seconds = DEFAULT_RETRY_AFTER_SECONDS
    if re.fullmatch(r"[0-9]+", text):
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


def last_segment(href: str) -> str:
    """Return the last part of the path of an address: the id of what it leads to."""
    return href.partition("?")[0].rstrip("/").rpartition("/")[2]


def says_no_history(error: errors.CanadaPostError) -> bool:
    """Say whether Canada Post answers that it has not seen a parcel yet (004): no other code of tracking says that."""
    return any(code.lstrip("0") == NO_PIN_HISTORY for code in error.codes)


def error_inside(operation: str, messages: Iterable[Message]) -> errors.CanadaPostError:
    """Return the error that stands inside a success; Unreadable where it has no code."""
    read = tuple(messages)
    if SLM in _text_of(read):
        return errors.Throttled(operation, status=200, messages=read)
    if not any(message.code for message in read):
        return errors.Unreadable(operation, status=200, messages=read, why="an error without a code inside a success")
    return errors.Refused(operation, status=200, messages=read)


def read_document(operation: str, answer: Answer) -> Artifact:
    """Return a label or a manifest, recognised by how it starts and ends rather than by its header.

    Raises Unreadable for anything else, including a document that was cut off on its way.
    """
    body = answer.body
    for start, end, media_type in DOCUMENTS:
        if body.startswith(start):
            if end not in body[-TAIL_BYTES:]:
                raise errors.Unreadable(operation, status=answer.status, why="the document is cut off")
            return Artifact(body, media_type)
    raise errors.Unreadable(operation, status=answer.status, why="the answer is neither PDF nor ZPL")
