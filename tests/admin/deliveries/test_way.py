"""The way of a parcel: its stops, the one at which it stands, and when it came to each."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from deliver_to_po.admin.deliveries.way import way_of
from deliver_to_po.admin.queues import TO_TRANSMIT, Queue
from deliver_to_po.core.choices import ParcelState as P
from deliver_to_po.core.choices import ShipmentState as S
from deliver_to_po.models import Shipment, Tracking
from tests.admin.conftest import labelled
from tests.factories import make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tracking_on")]
MADE = ["Label Nov. 23", "Printed Nov. 24", "Transmitted Nov. 25"]
TO_COME = ["On its way...", "Ready...", "Picked up..."]


def at(day: int) -> datetime:
    return datetime(2026, 11, day, 15, tzinfo=UTC)


PRINTED: dict[str, Any] = {"printed_at": at(24)}
SENT: dict[str, Any] = {**PRINTED, "state": S.DONE, "transmitted_at": at(25)}


def told(*parcels: Shipment, queue: Queue | None = None) -> list[str]:
    """Return each stop: its name, "..." where it is still to come or "!" where the parcel stands, and the day."""
    marks = {"done": "", "now": "!", "todo": "..."}
    return [f"{place.name}{marks[place.is_]} {place.when[:7]}".strip() for place in way_of(parcels, queue)]


@pytest.mark.parametrize(
    ("fields", "stops"),
    [
        ({"state": S.WAITING}, ["Label!", "Printed...", "Transmitted...", *TO_COME]),
        ({}, ["Label Nov. 23", "Printed!", "Transmitted...", *TO_COME]),
        (PRINTED, ["Label Nov. 23", "Printed Nov. 24", "Transmitted!", *TO_COME]),
        # Without a day's end it goes as it is.
        ({**PRINTED, "group": ""}, ["Label Nov. 23", "Printed Nov. 24", "On its way!", *TO_COME[1:]]),
        (SENT, [*MADE, "On its way!", *TO_COME[1:]]),
        ({**SENT, "state": S.LABELLED, "printed_at": None}, ["Label Nov. 23", "Printed!", "Transmitted...", *TO_COME]),
    ],
)
def test_a_parcel_comes_from_its_label_to_its_buyer(fields: dict[str, Any], stops: list[str]) -> None:
    parcel = labelled(labelled_at=at(23), **fields) if fields.get("state") != S.WAITING else make_shipment()
    assert told(parcel) == stops


def test_a_stop_is_called_as_the_queue_where_the_slowest_parcel_waits_in_it() -> None:
    first, second = (labelled(parcel=number, labelled_at=at(23), **PRINTED) for number in (1, 2))
    assert told(first, second, queue=TO_TRANSMIT)[2] == "To transmit!"
    # It is made again; the other one leads, which somebody has to do something with.
    first.state = S.VOIDING
    assert told(first, second, queue=TO_TRANSMIT)[:3] == ["Label! Nov. 23", "Printed...", "Transmitted..."]


@pytest.mark.parametrize(
    ("state", "stops"),
    [
        (P.ANNOUNCED, ["On its way! Nov. 27", "Ready...", "Picked up..."]),
        (P.IN_TRANSIT, ["On its way! Nov. 27", "Ready...", "Picked up..."]),
        (P.READY, ["On its way", "Ready! Nov. 28", "Picked up..."]),
        (P.ELSEWHERE, ["On its way", "Ready! Nov. 28", "Picked up..."]),
        (P.RETURNING, ["On its way", "Ready Nov. 28", "Coming back! Nov. 27"]),
        (P.RETURNED, ["On its way", "Ready Nov. 28", "Coming back Nov. 27"]),
        (P.COLLECTED, ["On its way", "Ready Nov. 28", "Picked up Nov. 27"]),
        (P.LOST, ["On its way", "Ready Nov. 28", "lost Nov. 27"]),
    ],
)
def test_where_its_parcel_is_says_how_far_it_has_come(state: P, stops: list[str], change_settings: Any) -> None:
    parcel = labelled(labelled_at=at(23), **SENT)
    Tracking.objects.create(shipment=parcel, state=state, on=date(2026, 11, 27), ready_on=date(2026, 11, 28))
    assert told(parcel) == [*MADE, *stops]
    # A delivery has come as far as the last of its parcels that still goes.
    behind = labelled(parcel.delivery, labelled_at=at(23), parcel=2)
    over = make_shipment(parcel.delivery, parcel=3, state=S.VOIDED)
    assert told(parcel, behind, over) == told(behind)
    change_settings(TRACKING=False)
    assert told(parcel) == MADE


def test_without_any_parcel_all_is_to_come() -> None:
    assert told() == ["Label!", "Printed...", "Transmitted...", *TO_COME]
