"""Writes down what answers look like, keys and kinds of values but no value, for the first contact with Canada Post."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from deliver_to_po import __version__
from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.errors import CanadaPostError
from deliver_to_po.canadapost.identifiers import tracking_number
from deliver_to_po.canadapost.types import Coordinates, NearCoordinates, NearPostalCode
from deliver_to_po.core.conf import CanadaPostSettings
from deliver_to_po.core.shop_time import shop_day
from deliver_to_po.examination.doctor.hearing import Heard
from deliver_to_po.examination.doctor.shapes import known_names, shape_of

# Ellesmere Island, where no post office is near: nobody knows what Canada Post answers then.
FAR_NORTH = Coordinates(latitude=82.0, longitude=-75.0)
NO_SUCH_ID = "1"
NO_SUCH_REFERENCE = "D2PO-NO-SUCH-PARCEL"
NO_SUCH_SEQUENCE = 99999999


def ask_more(client: CanadaPost, near: str) -> None:
    """Ask more than the examination needs, mostly about things that do not exist: it shows how Canada Post says no."""
    pin = tracking_number(client.account.customer_number, NO_SUCH_SEQUENCE)
    questions: list[Callable[[], Any]] = [
        lambda: client.find_offices(NearCoordinates(FAR_NORTH), maximum=1),
        lambda: client.find_offices(NearPostalCode(near), maximum=1),
        lambda: client.office(NO_SUCH_ID),
        lambda: client.shipment_details(NO_SUCH_ID),
        lambda: client.tracking_details(pin),
        lambda: client.find_pins(NO_SUCH_REFERENCE, shop_day() - timedelta(days=30), shop_day()),
    ]
    for question in questions:
        try:
            question()
        except CanadaPostError:
            # The transport has passed the answer on, which is all that a record needs.
            continue


def write_record(heard: Sequence[Heard], settings: CanadaPostSettings) -> str:
    record = {
        "by": f"django-deliver-to-po {__version__}",
        "on": datetime.now(UTC).date().isoformat(),
        "api": settings.api,
        "calls": [_call(one) for one in heard],
    }
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


def _call(heard: Heard) -> dict[str, Any]:
    return {
        "operation": heard.operation,
        "method": heard.method,
        "status": heard.answer.status,
        "media_type": _media_type(heard.answer.media_type),
        "headers": known_names(heard.answer.headers),
        "shape": shape_of(heard.answer),
    }


def _media_type(text: str) -> str:
    """Return the media type if it is one that we expect, so that an odd one cannot carry data into the record."""
    known = text.startswith(("application/json", "application/vnd.cpc.", "application/xml", "text/"))
    return text[:80] if known or text in ("application/pdf", "") else "another"
