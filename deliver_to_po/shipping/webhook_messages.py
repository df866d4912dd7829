"""A shipment as the JSON that is posted to a receiver, and what the receiver's answer means."""

import json
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from deliver_to_po.canadapost.calling.transport import REDIRECTS, Answer
from deliver_to_po.canadapost.identifiers import is_tracking_number
from deliver_to_po.canadapost.reading import one_line, retry_after
from deliver_to_po.core.choices import Reason
from deliver_to_po.shipping.answers import Handed, Made, NotYet, Refused, ShipmentRequest, Unknown

VERSION = 1
TYPE = "shipment.requested"
# An answer has numbers and a sentence: what is longer comes from somebody else.
MOST_ANSWER_BYTES = 64 * 1024
# The receiver has taken nothing, and may take the same later.
LATER = (408, 425, 429)
# Nothing is taken under this address, and nothing will be until somebody corrects it.
NO_SUCH_ADDRESS = (404, 405, 410, *REDIRECTS)


def body_of(request: ShipmentRequest) -> bytes:
    """Return what ``shipment.schema.json`` describes: the same bytes for the same request, always."""
    message = {"version": VERSION, "type": TYPE, "data": _data_of(request)}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _data_of(request: ShipmentRequest) -> dict[str, Any]:
    return {
        "request_id": request.request_id,
        "live": request.live,
        "reference": request.reference,
        "service": request.service,
        "language": request.language,
        "mailing_date": request.mailing_date.isoformat() if request.mailing_date else None,
        "office": asdict(request.office),
        "recipient": asdict(request.recipient),
        "sender": asdict(request.sender),
        "parcel": {
            **{name: _number(measure) for name, measure in asdict(request.parcel).items()},
            "number": request.number,
            "of": request.parcels,
            "contents": [{"quantity": _number(quantity), "name": name} for quantity, name in request.contents],
        },
        "options": [
            {"code": option.code, "amount_cad": None if option.amount is None else _number(option.amount)}
            for option in request.options
        ],
    }


def _number(number: Decimal) -> float | int:
    """Return a number that JSON writes in as few digits: grams and millimetres are exact."""
    return int(number) if number == number.to_integral_value() else float(number)


def meaning_of(answer: Answer) -> Handed | Made | NotYet | Refused | Unknown:
    """Return what a receiver's answer says of the shipment, as the documentation promises to read it."""
    status = answer.status
    if len(answer.body) > MOST_ANSWER_BYTES:
        return Unknown(said=f"The answer has more than {MOST_ANSWER_BYTES} bytes.", status=status)
    if 200 <= status < 300:
        return _taken(answer)
    if status in LATER or (status == 503 and "Retry-After" in answer.headers):
        seconds = retry_after(answer) if "Retry-After" in answer.headers else None
        reason = Reason.THROTTLED if status == 429 else Reason.UNAVAILABLE
        return NotYet(reason=reason, seconds=seconds, status=status)
    if status in (401, 403):
        return NotYet(reason=Reason.CREDENTIALS, status=status)
    if status in NO_SUCH_ADDRESS:
        return NotYet(reason=Reason.RECEIVER_GONE, status=status)
    if 400 <= status < 500:
        return Refused(said=_sentence_of(answer), status=status)
    return Unknown(status=status)


def _taken(answer: Answer) -> Handed | Made | Unknown:
    """Return what a 2xx says: nothing or an object; with a tracking number the shipment is made already."""
    if not answer.body.strip():
        return Handed(status=answer.status)
    told = _object_in(answer)
    names = ("tracking_number", "shipment_id", "said")
    if told is None or not all(isinstance(told.get(name, ""), str) for name in names):
        # Whoever answers every address so, such as a web page, has taken nothing.
        return Unknown(said="The answer is not what the documentation of this webhook says.", status=answer.status)
    number, shipment_id, said = (str(told.get(name, "")).strip() for name in names)
    if not number:
        return Handed(said=one_line(said), status=answer.status)
    if not is_tracking_number(number):
        return Unknown(said="“tracking_number” has no right check digit.", status=answer.status)
    return Made(shipment_id=shipment_id or number, tracking_number=number, said=one_line(said), status=answer.status)


def _object_in(answer: Answer) -> dict[str, Any] | None:
    try:
        told = json.loads(answer.body.decode())
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _sentence_of(answer: Answer) -> str:
    """Return why a receiver refuses, as it says in “said”, or “detail” of RFC 9457."""
    told = _object_in(answer) or {}
    said = next((told[name] for name in ("said", "detail", "title") if isinstance(told.get(name), str)), "")
    return one_line(said)
