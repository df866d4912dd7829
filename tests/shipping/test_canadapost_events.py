"""What Canada Post's events mean: the table, the words that turn a number round, and what the port says of both."""

from datetime import date

import pytest

from deliver_to_po.canadapost.types import TrackingDetails, TrackingEvent
from deliver_to_po.core.choices import Scan
from deliver_to_po.shipping import Sighting
from deliver_to_po.shipping.canadapost_events import MEANINGS, TABLE, meaning_of, tracked_of

DAY = date(2026, 11, 26)


def event(code: int | None, text: str = "", time: str = "10:05:00") -> TrackingEvent:
    return TrackingEvent(code, DAY, time, text, office_id="0000102978", office_name="MONTREAL PO")


def test_no_number_is_missing_twice_or_another() -> None:
    """Held against Canada Post's table once: how many numbers mean the same, and their sum."""
    numbers = {scan: [number for of, row in TABLE for number in row if of == scan] for scan, _row in TABLE}
    assert {scan: (len(found), sum(found)) for scan, found in numbers.items()} == {
        Scan.ANNOUNCED: (1, 3000),
        Scan.IN_TRANSIT: (51, 45954),
        Scan.READY: (3, 5515),
        Scan.REMINDED: (1, 156),
        Scan.DELIVERED: (5, 7310),
        Scan.RETURNING: (19, 32343),
        Scan.REDIRECTED: (5, 6182),
        Scan.CARD_LEFT: (6, 8713),
        Scan.LOCKER: (3, 2964),
        Scan.DELIVERED_ELSEWHERE: (33, 47728),
        Scan.UNDELIVERABLE: (4, 4605),
        Scan.DISPOSED: (1, 150),
        Scan.NO_CHANGE: (7, 3807),
    }
    assert len(MEANINGS) == sum(map(len, numbers.values()))


@pytest.mark.parametrize(("code", "scan"), [(1701, Scan.READY), (9999, Scan.UNKNOWN), (None, Scan.UNKNOWN)])
def test_an_event_means_what_the_table_says(code: int | None, scan: Scan) -> None:
    assert meaning_of(event(code, "Item")) == scan


@pytest.mark.parametrize(
    ("code", "text", "scan"),
    [
        (174, "L'article renvoyé à l'expéditeur est sorti pour livraison.", Scan.RETURNING),
        (1412, "L'article renvoyé à l'expéditeur est arrivé à l'installation postale.", Scan.RETURNING),
        (1703, "Item returned to sender in transit", Scan.RETURNING),
        (1479, "Tentative de renvoyer article à expéditeur. Carte laissée indiquant où ramasser.", Scan.RETURNING),
        (1496, "L'article a été renvoyé avec succès à l'expéditeur.", Scan.RETURNED),
        (1498, "Item successfully returned to the sender", Scan.RETURNED),
        (1496, "Item delivered to the sender", Scan.RETURNED),
        (1496, "Article livré à l'expéditeur", Scan.RETURNED),
        (1703, "Article en cours de retour à l'expéditeur", Scan.RETURNING),
        (1496, "Article remis à l'expéditeur", Scan.RETURNED),
        (1496, "Article livré. Avis envoyé à l'expéditeur", Scan.DELIVERED),
        (None, "Article retourné à l’expéditeur", Scan.RETURNING),
        # These say what will be, or what the shop asked for.
        (156, "Final notice; Item will be returned to sender if not collected within 10 days", Scan.REMINDED),
        (1701, "Item returned to sender available for pickup", Scan.READY),
        (1408, "Item delivered", Scan.DELIVERED),
    ],
)
def test_the_words_of_a_return_turn_a_number_round(code: int | None, text: str, scan: Scan) -> None:
    assert meaning_of(event(code, text)) == scan


def test_what_was_told_is_kept_as_it_was_local_and_bounded() -> None:
    told = TrackingDetails(
        "1",
        events=(event(1701, "x" * 5000), event(100, time="6:44"), event(100, time="25:00"), event(100, time="soon")),
        expected_delivery=DAY,
        return_pin="7023210039414604",
    )
    tracked = tracked_of(told)
    ready = tracked.sightings[0]
    assert (ready.scan, ready.on, ready.time, ready.code, ready.office_id, ready.office_name, len(ready.text)) == (
        *(Scan.READY, DAY, "10:05:00", 1701, "0000102978", "MONTREAL PO"),
        200,
    )
    assert [sighting.time for sighting in tracked.sightings[1:]] == ["06:44:00", "", ""]
    assert (tracked.expected_on, tracked.comes_back) == (DAY, True)


def test_a_post_office_whose_number_is_zero_is_none() -> None:
    [sighting] = tracked_of(TrackingDetails("1", events=(event(1701)._replace(office_id="0000"),))).sightings
    assert sighting.office_id == ""


def test_an_event_whose_number_is_zero_is_kept_as_one_without_a_number() -> None:
    """As a row has it: an event that differs from its row is news each time that it is told."""
    assert tracked_of(TrackingDetails("1", events=(event(0),))).sightings[0].code is None


@pytest.mark.parametrize(("time", "office_id"), [("6:44", ""), ("10:05", ""), ("noon", ""), ("", "1" * 41)])
def test_a_sighting_whose_time_or_post_office_cannot_be_kept_is_refused(time: str, office_id: str) -> None:
    with pytest.raises(ValueError, match=r"time|iso|office_id"):
        Sighting(Scan.READY, DAY, time, office_id=office_id)
