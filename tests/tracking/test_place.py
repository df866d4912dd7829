"""What a parcel's events say together, in whatever order they come."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliver_to_po.core.choices import Doubt, ParcelState, Scan
from deliver_to_po.core.choices.tracking import ALARMS, PARCEL_ENDS
from deliver_to_po.shipping import Sighting
from deliver_to_po.tracking.place import Place, place_of

P, S = ParcelState, Scan
CHOSEN, OTHER = "0000102978", "385964"
START = date(2026, 11, 20)


def seen(*scans: Scan | tuple[Scan, str], every_days: int = 1) -> list[Sighting]:
    """Return sightings, one a day; with each may stand the post office where it was."""
    pairs = [each if isinstance(each, tuple) else (each, "") for each in scans]
    return [
        Sighting(scan, START + timedelta(days=number * every_days), "10:00:00", office_id=office)
        for number, (scan, office) in enumerate(pairs)
    ]


def place(*scans: Scan | tuple[Scan, str]) -> Place:
    """Return where a parcel is that was seen so."""
    return place_of(seen(*scans), sent_to=CHOSEN)


WAY = (S.ANNOUNCED, S.IN_TRANSIT)
READY = (*WAY, (S.READY, "102978"))


@pytest.mark.parametrize(
    ("scans", "state"),
    [
        ((), P.NOT_SEEN),
        ((S.UNKNOWN, S.NO_CHANGE), P.NOT_SEEN),
        ((S.ANNOUNCED,), P.ANNOUNCED),
        (WAY, P.IN_TRANSIT),
        ((*WAY, S.ANNOUNCED), P.IN_TRANSIT),
        ((*WAY, S.READY), P.READY),
        (READY, P.READY),
        ((*READY, S.IN_TRANSIT), P.READY),
        ((*READY, S.REMINDED, S.UNKNOWN), P.READY),
        ((*WAY, S.REMINDED), P.READY),
        ((*WAY, (S.READY, OTHER)), P.ELSEWHERE),
        ((*READY, (S.READY, OTHER)), P.ELSEWHERE),
        ((*WAY, (S.READY, OTHER), (S.READY, "102978")), P.READY),
        ((*READY, S.DELIVERED), P.COLLECTED),
        ((*READY, S.DELIVERED, S.DELIVERED, S.IN_TRANSIT), P.COLLECTED),
        ((*WAY, (S.READY, OTHER), S.DELIVERED), P.COLLECTED),
        ((*READY, S.RETURNING), P.RETURNING),
        ((*READY, S.RETURNING, S.READY), P.RETURNING),
        ((*READY, S.RETURNING, S.DELIVERED), P.RETURNED),
        ((*READY, S.RETURNED), P.RETURNED),
        ((*READY, S.RETURNED, S.RETURNING), P.RETURNED),
        ((*WAY, S.RETURNING, S.RETURNED, S.DELIVERED), P.RETURNED),
    ],
)
def test_where_a_parcel_is(scans: tuple[Scan, ...], state: ParcelState) -> None:
    assert (place(*scans).state, place(*scans).doubt) == (state, Doubt.NONE)


@pytest.mark.parametrize(
    ("scans", "doubt"),
    [
        *(((*READY, S(alarm)), Doubt(alarm)) for alarm in sorted(ALARMS)),
        ((*READY, S.REDIRECTED, (S.READY, OTHER), S.DELIVERED), Doubt.REDIRECTED),
        ((*WAY, S.DELIVERED), Doubt.NEVER_READY),
        ((S.DELIVERED,), Doubt.NEVER_READY),
        ((*READY, S.DELIVERED, S.RETURNING), Doubt.CONTRADICTED),
        ((*READY, S.DELIVERED, S.RETURNED), Doubt.CONTRADICTED),
    ],
)
def test_what_a_person_must_look_at(scans: tuple[Scan, ...], doubt: Doubt) -> None:
    assert (place(*scans).state, place(*scans).doubt) == (P.PERSON, doubt)


def test_a_parcel_with_a_return_label_is_on_its_way_back_and_never_collected() -> None:
    assert place_of(seen(*READY), sent_to=CHOSEN, comes_back=True).state == P.RETURNING
    assert place_of(seen(*READY, S.DELIVERED), sent_to=CHOSEN, comes_back=True).state == P.RETURNED


def test_the_days_at_an_office_are_counted_from_its_first_scan_there() -> None:
    assert place(*READY, S.IN_TRANSIT, (S.READY, CHOSEN)).ready_on == START + timedelta(days=2)
    assert place(*READY, S.IN_TRANSIT, (S.READY, OTHER)).ready_on == START + timedelta(days=4)
    assert place(*READY, (S.READY, OTHER), S.READY).office_id == OTHER
    assert place(*READY, S.READY).ready_on == START + timedelta(days=2)
    assert place(*WAY, S.READY, (S.READY, CHOSEN)).ready_on == START + timedelta(days=2)
    # The final notice goes out on the fifth day.
    assert place(S.REMINDED).ready_on == START - timedelta(days=5)


def test_when_it_came_to_be_so_is_local_and_the_first_time() -> None:
    collected = place(*READY, S.DELIVERED, S.DELIVERED)
    assert (collected.on, collected.time) == (START + timedelta(days=3), "10:00:00")
    for scan in (S.ANNOUNCED, S.IN_TRANSIT, S.READY, S.RETURNING, S.RETURNED):
        assert place(scan, scan).on == START


def test_what_happened_in_the_same_minute_is_read_in_the_order_in_which_it_can() -> None:
    at_once = [Sighting(scan, START) for scan in (S.RETURNED, S.DELIVERED, S.READY, S.RETURNING)]
    assert place_of(at_once, sent_to=CHOSEN).state == P.RETURNED


def test_what_happened_on_one_day_is_read_by_its_times() -> None:
    times = {S.READY: "09:00:00", S.DELIVERED: "10:24:00", S.RETURNING: "12:00:00"}
    one_day = [Sighting(scan, START, time) for scan, time in times.items()]
    assert place_of(one_day, sent_to=CHOSEN).doubt == Doubt.CONTRADICTED


@pytest.mark.parametrize("times", [("10:24:00", ""), ("", "10:24:00")])
def test_what_happened_on_a_day_of_which_not_every_time_is_known_is_read_in_the_order_in_which_it_can(
    times: tuple[str, str],
) -> None:
    one_day = [Sighting(scan, START, time) for scan, time in zip((S.READY, S.DELIVERED), times, strict=True)]
    assert place_of(one_day, sent_to=CHOSEN).state == P.COLLECTED


SIGHTINGS = st.lists(
    st.builds(
        Sighting,
        scan=st.sampled_from(list(Scan)),
        on=st.dates(START, START + timedelta(days=9)),
        time=st.sampled_from(["", "06:44:00", "10:24:00"]),
        code=st.sampled_from([None, 100, 1701, 1408]),
        office_id=st.sampled_from(["", CHOSEN, "102978", OTHER]),
    ),
    max_size=12,
)


@given(SIGHTINGS, st.booleans(), st.data())
def test_any_order_and_repetition_says_the_same(sightings: list[Sighting], back: bool, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(sightings))
    repeated = shuffled + data.draw(st.lists(st.sampled_from(sightings), max_size=5) if sightings else st.just([]))
    expected = place_of(sorted(sightings, key=lambda each: (each.on, each.time)), sent_to=CHOSEN, comes_back=back)
    assert place_of(repeated, sent_to=CHOSEN, comes_back=back) == expected


@given(SIGHTINGS, st.booleans())
def test_nothing_is_collected_that_was_not_ready_or_shows_a_sign_of_return(
    sightings: list[Sighting], back: bool
) -> None:
    found = place_of(sightings, sent_to=CHOSEN, comes_back=back)
    scans = {sighting.scan for sighting in sightings}
    if found.state == P.COLLECTED:
        assert scans & {S.READY, S.REMINDED}
        assert not back
        assert not scans & {S.RETURNING, S.RETURNED, *map(S, ALARMS)}
    if found.state in PARCEL_ENDS:
        assert scans & {S.DELIVERED, S.RETURNED}
