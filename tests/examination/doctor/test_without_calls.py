"""What the doctor sees without asking Canada Post anything more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ObjectDoesNotExist
from django.db import InterfaceError, OperationalError

from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.types import Sender
from deliver_to_po.core import conf
from deliver_to_po.examination.doctor.finding import Verdict
from deliver_to_po.examination.doctor.hearing import Heard
from deliver_to_po.examination.doctor.without_calls import clock, environment, forbid_calls, settings, ship_from
from tests.factories import SENDER, make_order

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


@pytest.mark.django_db
@pytest.mark.parametrize("error", [ArithmeticError, ObjectDoesNotExist, OSError])
def test_whatever_an_adapter_raises_is_told(shop_says: Any, error: type[Exception]) -> None:
    def fail(_order: Any) -> None:
        raise error

    make_order()
    shop_says("ship_from", fail)
    _postal_code, finding = ship_from()
    assert (finding.verdict, finding.says) == (Verdict.WRONG, f"ship_from() of your adapter fails: {error.__name__}")


IN_ONTARIO = replace(SENDER, address=replace(SENDER.address, province="Ontario"))
ABROAD = replace(SENDER, address=replace(SENDER.address, postal_code="10001"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sender", "postal_code", "todo"),
    [
        (replace(SENDER, company="C" * 45), "K1A0B1", "Sender’s company: 45 characters, but at most 44 fit."),
        (IN_ONTARIO, "K1A0B1", "Sender’s province: this must be a province or territory of Canada."),
        (ABROAD, "", "Sender’s postal code: this must be a Canadian postal code, such as K1A 0B1."),
    ],
)
def test_a_sender_that_no_label_can_have_is_told_before_an_order_is_paid(
    shop_says: Any, sender: Sender, postal_code: str, todo: str
) -> None:
    make_order()
    shop_says("ship_from", sender)
    found, finding = ship_from()
    assert (found, finding.verdict, finding.todo) == (postal_code, Verdict.WRONG, todo)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_no_fault_of_the_adapter(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def away(*_args: object) -> None:
        raise error

    monkeypatch.setattr("deliver_to_po.examination.doctor.without_calls.apps.get_model", away)
    _postal_code, finding = ship_from()
    assert (finding.verdict, finding.says) == (
        Verdict.NOT_ASKED,
        f"the database cannot be asked ({error.__name__})",
    )


@pytest.mark.parametrize(
    ("api", "live", "url", "verdict", "says"),
    [
        ("portal", False, "http://127.1:9", Verdict.OK, "test: “portal” at an emulator on this machine"),
        ("webservices", False, "", Verdict.OK, "test: “webservices” at ct.soa-gw.canadapost.ca; LIVE is off"),
        ("portal", False, "", Verdict.NOTE, "only answers questions; no shipment is made there"),
        ("webservices", False, conf.WEB_SERVICES_URL, Verdict.NOTE, "at soa-gw.canadapost.ca only answers questions"),
        ("portal", True, "", Verdict.NOTE, "are real and cost money"),
        ("webservices", True, "https://Proxy.example.", Verdict.NOTE, "“webservices” at proxy.example are real"),
    ],
)
def test_it_says_where_calls_go_and_whether_shipments_are_real(
    change_settings: Any, api: str, live: bool, url: str, verdict: Verdict, says: str
) -> None:
    change_settings(CANADA_POST={"API": api, "LIVE": live, "BASE_URL": url})
    finding = environment()
    assert finding.verdict == verdict
    assert says in finding.says


def error(number: int) -> CheckMessage:
    return Error("Wrong.", hint="Mend it.", id=f"deliver_to_po.E{number:03}")


@pytest.mark.parametrize(
    ("number", "forbidden"),
    [(1, True), (9, True), (10, False), (30, True), (39, True), (40, False), (63, False), (64, True), (65, True)],
)
def test_only_errors_that_could_mislead_a_call_forbid_it(number: int, forbidden: bool) -> None:
    assert forbid_calls([error(60), error(number)]) is forbidden


def test_no_warning_forbids_a_call() -> None:
    assert not forbid_calls([Warning("Odd.", id="deliver_to_po.W037"), Error("Odd.", id="deliver_to_po.odd")])


def test_each_message_of_the_checks_is_a_finding_with_what_to_do() -> None:
    wrong, odd = settings([error(30), Warning("Odd.", id="deliver_to_po.W062")])
    assert (wrong.verdict, wrong.says, wrong.todo) == (Verdict.WRONG, "Wrong. (deliver_to_po.E030)", "Mend it.")
    assert (odd.verdict, odd.says, odd.todo) == (Verdict.NOTE, "Odd. (deliver_to_po.W062)", "")


def test_settings_without_a_message_are_right() -> None:
    (finding,) = settings([])
    assert finding.verdict == Verdict.OK
