"""What a shipping system says by itself about a shipment that it has: who said it, and how it is read."""

import base64
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deliver_to_po.canadapost.identifiers import is_tracking_number
from deliver_to_po.shipping.answers import Label, Made

VERSION = 1
TYPE = "shipment.reported"
MOST_BYTES = 2 * 1024 * 1024
LONGEST_SENTENCE = 500
REQUEST_ID = re.compile("[0-9a-f]{32}")
MEDIA_TYPES = ("application/pdf", "application/zpl")
# In ZPL: what begins a barcode (^BY only sets its width), the signs in it that change the characters, and what may
# be a tracking number.
BARCODE = re.compile(r"\^B[0-9A-XZ]")
CODE_SETS = re.compile(r">[0-9:;<=]")
NUMBER = re.compile(r"[0-9]{16}(?![0-9])|[A-Z]{2}[0-9]{9}[A-Z]{2}")
KNOWN = ("request_id", "outcome", "shipment_id", "tracking_number", "transmitted", "label", "said")


class CannotBeRead(Exception):
    """The body is no report; the text says why, in English, for whoever wrote the program that sent it."""


@dataclass(frozen=True)
class Report:
    """What is said of one shipment: ``made`` with its numbers, and its label if there is one; else it was not made."""

    request_id: str
    made: Made | None
    label: Label | None = None
    said: str = field(default="", repr=False)


class TakesReports(ABC):
    """A shipping system that calls back: what it says is believed when it has signed it."""

    @abstractmethod
    def has_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Say whether the system has signed a message with that body, at most five minutes ago."""


def read_report(body: bytes) -> Report:
    """Return what ``report.schema.json`` describes; raises CannotBeRead."""
    data = data_of(body, TYPE)
    if unknown := sorted(set(data) - set(KNOWN)):
        raise CannotBeRead(f"“data” has fields that are not known: {', '.join(unknown)[:200]}.")
    request_id = request_id_in(data)
    said = text_in(data, "said")[:LONGEST_SENTENCE]
    match data.get("outcome"):
        case "made":
            made, label = _made(data, said), _label(data.get("label"))
            if label and _is_of_another(label, made.tracking_number):
                raise CannotBeRead("“data.label” is another parcel's: it does not hold “data.tracking_number”.")
            return Report(request_id, made, label, said)
        case "not_made":
            return Report(request_id, None, None, said)
    raise CannotBeRead("“data.outcome” is neither “made” nor “not_made”.")


def type_of(body: bytes) -> object:
    """Return what a message says that it is about; raises CannotBeRead."""
    message = _json(body)
    return message.get("type") if isinstance(message, dict) else None


def data_of(body: bytes, kind: str) -> dict[str, Any]:
    """Return the data of a message of that type; raises CannotBeRead."""
    message = _json(body)
    if not isinstance(message, dict) or message.get("version") != VERSION or message.get("type") != kind:
        raise CannotBeRead(f"The body is not an object with “version”: {VERSION} and “type”: “{kind}”.")
    data = message.get("data")
    if not isinstance(data, dict):
        raise CannotBeRead("“data” is not an object.")
    return data


def _json(body: bytes) -> Any:
    try:
        return json.loads(body.decode())
    except (ValueError, RecursionError):
        raise CannotBeRead("The body is not JSON in UTF-8.") from None


def request_id_in(data: Mapping[str, Any]) -> str:
    """Return the parcel that a message is about; raises CannotBeRead."""
    request_id = text_in(data, "request_id")
    if not REQUEST_ID.fullmatch(request_id):
        raise CannotBeRead("“data.request_id” is not the 32 hexadecimal digits that the parcel came with.")
    return request_id


def text_in(data: Mapping[str, Any], name: str) -> str:
    """Return a text of a message, on one line and bounded, ``""`` if it is left out; raises CannotBeRead."""
    text = data.get(name, "")
    if not isinstance(text, str):
        raise CannotBeRead(f"“data.{name}” is not a text.")
    # A database takes neither NUL nor half of a surrogate pair.
    return "".join(letter if letter.isprintable() else " " for letter in text[: 2 * LONGEST_SENTENCE]).strip()


def _made(data: Mapping[str, Any], said: str) -> Made:
    number = text_in(data, "tracking_number")
    if not number:
        raise CannotBeRead("“data.tracking_number” is missing.")
    if not is_tracking_number(number):
        raise CannotBeRead("“data.tracking_number” is no tracking number of Canada Post; look at its check digit.")
    transmitted = data.get("transmitted", False)
    if not isinstance(transmitted, bool):
        raise CannotBeRead("“data.transmitted” is neither true nor false.")
    shipment_id = text_in(data, "shipment_id") or number
    return Made(shipment_id=shipment_id, tracking_number=number, transmitted=transmitted, said=said)


def _label(label: Any) -> Label | None:
    if label is None:
        return None
    if not isinstance(label, dict) or label.get("media_type") not in MEDIA_TYPES:
        raise CannotBeRead(f"“data.label” is not an object whose “media_type” is one of {', '.join(MEDIA_TYPES)}.")
    try:
        content = base64.b64decode(label.get("content", ""), validate=True)
    except (TypeError, ValueError):
        raise CannotBeRead("“data.label.content” is not base64.") from None
    return Label(content, str(label["media_type"]))


def _is_of_another(label: Label, tracking_number: str) -> bool:
    """Say whether what is read of a label holds a tracking number, but nowhere this one.

    Of ZPL the barcodes are read, of a PDF its letters: no bars, and nothing that is a picture.
    """
    from deliver_to_po.labels.pdf_pages import text_of

    held = _bars_of(label.content) if label.media_type == "application/zpl" else text_of(label.content).splitlines()
    held = [re.sub(r"[\s-]", "", text) for text in held]
    others = (number for text in held for number in NUMBER.findall(text))
    return not any(tracking_number in text for text in held) and any(map(is_tracking_number, others))


def _bars_of(zpl: bytes) -> list[str]:
    fields = (field.partition("^FD") for field in zpl.decode("utf-8", "replace").split("^FS"))
    return [CODE_SETS.sub("", data) for before, _, data in fields if BARCODE.search(before)]
