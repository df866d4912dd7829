"""What the doctor sees without asking Canada Post anything more."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from deliver_to_po.canadapost.transport import Answer
from deliver_to_po.doctor.finding import Verdict
from deliver_to_po.doctor.hearing import Heard
from deliver_to_po.doctor.surroundings import clock

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def heard(here: datetime, date: str = format_datetime(NOON, usegmt=True)) -> Heard:
    return Heard("option", "GET", Answer(200, {"Date": date}, b""), here, 0.1)


@pytest.mark.parametrize("seconds", [-59, 0, 59])
def test_a_clock_within_a_minute_is_right(seconds: int) -> None:
    assert clock([heard(NOON + timedelta(seconds=seconds))]).verdict == Verdict.OK


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_that_is_wrong_is_told_with_what_to_do(minutes: int) -> None:
    finding = clock([heard(NOON + timedelta(minutes=minutes))])
    assert finding.verdict == Verdict.WRONG
    assert f"{minutes * 60} seconds" in finding.says
    assert "NTP" in finding.todo


@pytest.mark.parametrize("date", ["", "yesterday", "Wed, 99 Nov 2026"])
def test_an_answer_without_a_date_says_nothing_about_the_clock(date: str) -> None:
    assert clock([heard(NOON, date)]).verdict == Verdict.NOT_ASKED
