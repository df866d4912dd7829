"""What the doctor makes of each answer: only what an answer shows is said."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.client import CanadaPost, Capabilities
from deliver_to_po.canadapost.hours import WeeklyHours, intervals
from deliver_to_po.canadapost.portal.auth import OPERATION as TOKEN
from deliver_to_po.canadapost.types import OptionInfo, PostOffice, Rate, RateRequest, ShipmentInfo, ShipmentStatus
from deliver_to_po.core.conf import app_settings
from deliver_to_po.examination.doctor import questions
from deliver_to_po.examination.doctor.finding import Finding, Verdict
from deliver_to_po.examination.doctor.hearing import Heard
from deliver_to_po.examination.doctor.remedies import Asked

PORTAL = Capabilities(manifests=True)
XML = Capabilities()
EITHER = [("portal", PORTAL), ("webservices", XML)]
SHIPMENT = ShipmentInfo(shipment_id="1", status=ShipmentStatus.CREATED)


class FakeCanadaPost:
    """Answers each question with what the test wants, and keeps what it was asked with."""

    def __init__(self, heard: list[Heard], capabilities: Capabilities, **answers: Any) -> None:
        self.heard = heard
        self.capabilities = capabilities
        self.answers = answers
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def answer(*arguments: Any) -> Any:
            self.asked.append((name, arguments))
            status, value = self.answers.get(name, (200, []))
            if status:
                self.heard.append(heard(name, status))
            if isinstance(value, Exception):
                raise value
            return value

        return answer


def heard(operation: str, status: int, body: bytes = b"{}") -> Heard:
    return Heard(operation, "GET", Answer(status, {}, body), datetime.now(UTC), 0.2)


def examination(api: str, capabilities: Capabilities, **answers: Any) -> questions.Examination:
    """Return an examination whose client answers so: each answer is a status, 0 for none, and a value or an error."""
    already = [heard(TOKEN, 200)] if api == "portal" else []
    client = cast(CanadaPost, FakeCanadaPost(already, capabilities, **answers))
    settings = app_settings.canada_post._replace(api=api, base_url="https://proxy.example")
    return questions.Examination(client, Asked(settings), "K1A0B1", "H2X1Y4", already)


def asked_with(examined: questions.Examination, name: str) -> list[tuple[Any, ...]]:
    return [arguments for asked, arguments in cast(FakeCanadaPost, examined.client).asked if asked == name]


def verdicts(findings: Sequence[Finding]) -> dict[str, Verdict]:
    return {finding.subject: finding.verdict for finding in findings}


@pytest.mark.parametrize(("seconds", "said"), [(0.004, "in 0.01 s"), (0.234, "in 0.23 s")])
def test_an_answer_is_timed_in_hundredths_of_a_second(seconds: float, said: str) -> None:
    examined = examination("webservices", XML)
    examined.heard.append(heard("find post offices", 200)._replace(seconds=seconds))  # type: ignore[attr-defined]
    [connection, *_], _may_go_on = questions.contact(examined)
    assert said in connection.says


@pytest.mark.parametrize(("api", "capabilities"), EITHER)
def test_a_look_up_is_tried_with_an_id_that_was_never_used(api: str, capabilities: Capabilities) -> None:
    first, second = examination(api, capabilities), examination(api, capabilities)
    found = verdicts(list(questions.shipping(first)))
    assert found == {"Access to shipping": Verdict.OK, "Look-up after a lost answer": Verdict.OK}
    list(questions.shipping(second))
    [(used,)], [(other,)] = (asked_with(each, "find_shipments") for each in (first, second))
    assert len(used) == 32
    assert used != other


@pytest.mark.parametrize(("api", "capabilities"), EITHER)
def test_a_look_up_that_finds_what_was_never_made_is_a_problem(api: str, capabilities: Capabilities) -> None:
    *_, finding = questions.shipping(examination(api, capabilities, find_shipments=(200, [SHIPMENT, SHIPMENT])))
    assert (finding.subject, finding.verdict) == ("Look-up after a lost answer", Verdict.WRONG)
    assert "(2)" in finding.says
    assert finding.todo


@pytest.mark.parametrize(("api", "capabilities"), EITHER)
def test_a_404_does_not_show_that_a_look_up_works(api: str, capabilities: Capabilities) -> None:
    access, finding = questions.shipping(examination(api, capabilities, find_shipments=(404, [])))
    assert (finding.subject, finding.verdict) == ("Look-up after a lost answer", Verdict.NOTE)
    assert "HTTP 404" in finding.says
    # The XML API is asked once for both.
    assert access.verdict == (Verdict.OK if api == "portal" else Verdict.NOTE)


def test_a_look_up_works_if_canada_post_understands_one_of_its_spellings() -> None:
    examined = examination("portal", PORTAL)

    def in_two_spellings(request_id: str, **_about: object) -> list[ShipmentInfo]:
        examined.heard.extend([heard("find shipment", 200), heard("find shipment", 400)])  # type: ignore[attr-defined]
        return []

    examined.client.find_shipments = in_two_spellings  # type: ignore[method-assign]
    _, look_up = questions.shipping(examined)
    assert look_up.verdict == Verdict.OK


def test_a_look_up_that_fails_is_told_with_what_to_do() -> None:
    error = errors.Unreadable("find shipment")
    access, look_up = questions.shipping(examination("portal", PORTAL, find_shipments=(200, error)))
    assert (access.verdict, look_up.verdict) == (Verdict.OK, Verdict.WRONG)
    assert look_up.todo


def test_no_look_up_is_tried_without_access_to_shipping() -> None:
    examined = examination("portal", PORTAL, groups=(403, errors.NotEntitled("groups", status=403)))
    assert list(verdicts(list(questions.shipping(examined))).values()) == [Verdict.WRONG, Verdict.NOT_ASKED]
    assert asked_with(examined, "find_shipments") == []


@pytest.mark.parametrize(
    ("api", "answer", "known"),
    [
        ("webservices", (200, []), True),
        ("webservices", (404, []), False),
        ("webservices", (0, []), False),
        ("webservices", (200, errors.Unreadable("rates")), False),
        ("webservices", (500, errors.Unavailable("rates", status=500)), False),
        ("webservices", (403, errors.NotEntitled("rates", status=403)), False),
        ("portal", (500, errors.Unavailable("rates", status=500)), True),
        ("portal", (200, errors.Unreadable(TOKEN)), False),
        ("portal", (0, errors.Throttled(TOKEN)), False),
    ],
)
def test_credentials_are_known_by_a_success_alone(api: str, answer: tuple[int, Any], known: bool) -> None:
    examined = examination(api, PORTAL, rates=answer)
    questions.prices(examined)
    assert examined.known is known
    assert questions.credentials(examined).verdict == (Verdict.OK if known else Verdict.NOTE)


def test_what_was_shown_once_stays_shown() -> None:
    examined = examination("webservices", XML, rates=(500, errors.Unavailable("rates", status=500)))
    list(questions.shipping(examined))
    questions.prices(examined)
    assert examined.known


def test_no_office_near_is_told_with_another_place_to_try() -> None:
    [*_, finding], may_go_on = questions.contact(examination("webservices", XML))
    assert (finding.verdict, may_go_on) == (Verdict.NOTE, True)
    assert finding.says == "Canada Post offers none there"
    assert "H2X 1Y4" in finding.todo


def test_no_price_is_a_problem() -> None:
    finding = questions.prices(examination("portal", PORTAL))
    assert finding.verdict == Verdict.WRONG
    assert "CONTRACT_ID" in finding.todo


@pytest.mark.parametrize(
    ("hours", "verdict"),
    [
        (None, Verdict.NOTE),
        (WeeklyHours({}), Verdict.NOTE),
        (WeeklyHours({1: intervals(["09:00", "17:00"])}), Verdict.OK),
    ],
)
def test_hours_are_looked_for_at_the_nearest_post_office(hours: WeeklyHours | None, verdict: Verdict) -> None:
    near, far = post_office("0000000001"), post_office("0000000002")
    examined = examination(
        "webservices", XML, find_offices=(200, [near, far]), office=(200, replace(near, hours=hours))
    )
    [*_, finding], _ = questions.contact(examined)
    assert (finding.subject, finding.verdict) == ("Opening hours", verdict)
    assert asked_with(examined, "office") == [("0000000001",)]


def post_office(office_id: str) -> PostOffice:
    return PostOffice(office_id, "COMPTOIR", "Plage", "1 Rue", "Ottawa", "ON", "K1A0B1")


@pytest.mark.parametrize(
    ("url", "says"), [("http://127.0.0.1:9", "the emulator answers"), ("https://proxy.example", "Canada Post answers")]
)
def test_it_says_who_answers(url: str, says: str) -> None:
    examined = examination("webservices", XML)
    examined.asked = examined.asked._replace(settings=examined.asked.settings._replace(base_url=url))
    [connection, *_], _ = questions.contact(examined)
    assert connection.says.startswith(says)


def test_outages_are_asked_for_where_the_api_tells_them() -> None:
    silent, telling = examination("webservices", XML), examination("portal", PORTAL._replace(outages=True))
    assert [finding.verdict for finding in questions.outages(silent)] == [Verdict.NOT_ASKED]
    assert asked_with(silent, "outages") == []
    assert [finding.verdict for finding in questions.outages(telling)] == [Verdict.OK]


def test_outages_that_cannot_be_read_are_only_noted() -> None:
    error = errors.Unreadable("outages")
    examined = examination("portal", PORTAL._replace(outages=True), outages=(200, error))
    assert [finding.verdict for finding in questions.outages(examined)] == [Verdict.NOTE]


def test_what_an_option_does_not_go_with_is_told() -> None:
    found = examination("portal", PORTAL, option=(200, OptionInfo("D2PO", ("HFP", "LAD"))))
    assert "HFP, LAD" in questions.option(found).says
    error = errors.NotFound("option", status=404)
    assert questions.option(examination("portal", PORTAL, option=(404, error))).verdict == Verdict.WRONG


def test_a_question_that_was_never_sent_shows_nothing() -> None:
    examined = examination("portal", PORTAL, rates=(0, errors.InvalidRequest("rates", "parcel", "is heavy")))
    cast(list[Heard], examined.heard).clear()
    questions.prices(examined)
    assert not examined.known


def test_each_service_is_named_with_its_price_from_the_sender_to_there() -> None:
    named = Rate("DOM.EP", "Expedited Parcel", Decimal("9.5"), Decimal("10.74"), Decimal("1.24"))
    examined = examination("portal", PORTAL, rates=(200, [named, replace(named, service_name="")]))
    found = questions.prices(examined)
    assert asked_with(examined, "rates") == [(RateRequest("H2X1Y4", "K1A0B1", questions.PARCEL),)]
    assert (found.verdict, found.says) == (Verdict.OK, "Expedited Parcel $10.74; DOM.EP $10.74")
