"""What Canada Post's tracking events mean for a parcel that goes to a post office: one table, by number."""

import re
from collections.abc import Mapping

from deliver_to_po.canadapost import lengths
from deliver_to_po.canadapost.types import TrackingDetails, TrackingEvent
from deliver_to_po.core.choices import Scan
from deliver_to_po.shipping.answers import Sighting, Tracked

# Canada Post writes these numbers with and without leading zeros; each stands here once. What is not here is unknown.
TABLE: tuple[tuple[Scan, tuple[int, ...]], ...] = (
    (Scan.ANNOUNCED, (3000,)),
    (Scan.IN_TRANSIT, (1300, 1301, 1302, 2300)),
    (Scan.IN_TRANSIT, (100, 102, 104, 105, 106, 107, 170, 175, 400, 405, 410, 804, 1240, 1244, 2500, 2501)),
    (Scan.IN_TRANSIT, (174, 500, 1703)),
    # Delays, each with its reason.
    (Scan.IN_TRANSIT, (159, 160, 161, 162, 163, 171, 172, 173, 1200, 1203, 1410, 2410, 1411, 2411, 1412, 2412)),
    (Scan.IN_TRANSIT, (1414, 2414, 1443, 1444, 621, 622, 623, 624, 625, 626, 627, 628)),
    (Scan.READY, (1701, 1407, 2407)),
    (Scan.REMINDED, (156,)),
    (Scan.DELIVERED, (1408, 1409, 1496, 1498, 1499)),
    (Scan.RETURNING, (1415, 1416, 1417, 1418, 1419, 1420, 1481, 1482, 1491, 1492, 2600, 3001)),
    (Scan.RETURNING, (168, 182, 184, 2802, 4650, 1303, 3002)),
    (Scan.REDIRECTED, (1230, 1232, 1234, 1241, 1245)),
    (Scan.CARD_LEFT, (1435, 1436, 1437, 1438, 1479, 1488)),
    (Scan.LOCKER, (629, 630, 1705)),
    (Scan.DELIVERED_ELSEWHERE, (1405, 1406, *range(1421, 1435), 1441, 1442, *range(1461, 1470))),
    (Scan.DELIVERED_ELSEWHERE, (1471, 1472, 1473, 1475, 1476, 1497)),
    (Scan.UNDELIVERABLE, (179, 1450, 1483, 1493)),
    (Scan.DISPOSED, (150,)),
    # Signature, photo, corrected label, "deliver to post office" as a wish.
    (Scan.NO_CHANGE, (20, 21, 152, 190, 198, 1225, 2001)),
)
MEANINGS: Mapping[int, Scan] = {number: scan for scan, numbers in TABLE for number in numbers}

LONGEST_NAME = 100
LONGEST_TEXT = 200
TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")

# A parcel that travels back is told of under the numbers of one that travels on; only the words differ.
MAY_TURN = (Scan.IN_TRANSIT, Scan.CARD_LEFT, Scan.DELIVERED, Scan.UNKNOWN)
WAY_BACK = re.compile(
    r"(return(ed|ing)?|delivered) to (the )?sender"
    r"|((retour|renvo[iy]).{0,34}|(livr|remis)\S{0,2} à l['’])\bexp[ée]diteur",
    re.IGNORECASE | re.DOTALL,
)


def meaning_of(event: TrackingEvent) -> Scan:
    """Return what an event means; the text of one without a number is read for a return only."""
    scan = MEANINGS.get(event.code, Scan.UNKNOWN) if event.code is not None else Scan.UNKNOWN
    if scan in MAY_TURN and WAY_BACK.search(event.description):
        # Without a number nobody knows whether it is back or only on its way.
        return Scan.RETURNED if scan == Scan.DELIVERED else Scan.RETURNING
    return scan


def tracked_of(details: TrackingDetails) -> Tracked:
    """Return what Canada Post told of a parcel, as the port has it."""
    return Tracked(
        sightings=tuple(map(_sighting, details.events)),
        expected_on=details.expected_delivery,
        comes_back=bool(details.return_pin),
    )


def _sighting(event: TrackingEvent) -> Sighting:
    return Sighting(
        scan=meaning_of(event),
        on=event.date,
        time=_time(event.time),
        code=event.code or None,
        office_id=event.office_id[: lengths.OFFICE_ID] if event.office_id.strip("0") else "",
        office_name=event.office_name[:LONGEST_NAME],
        text=event.description[:LONGEST_TEXT],
    )


def _time(written: str) -> str:
    """Return ``6:44``, ``06:44:00`` or ``06:44:00.000`` as ``HH:MM:SS``, ``""`` for anything else."""
    found = TIME.match(written)
    return ":".join(f"{int(part or 0):02d}" for part in found.groups()) if found else ""
