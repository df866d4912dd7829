"""The answer about a post office: saved where it belongs, with what the log and the attempts say of it."""

from typing import Any

import pytest

from deliver_to_po.canadapost.errors import CanadaPostError, CredentialsRefused, Message, NotEntitled, Unavailable
from deliver_to_po.core.choices import HandoffStep, OfficeCheck, Outcome, Reason
from deliver_to_po.offices.check import CheckAnswer
from tests.factories import make_delivery, make_shipment
from tests.handoff.conftest import PostOffices
from tests.rounds import swept

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("script")]


WENT_WRONG: dict[str, Any] = {"status": 503, "messages": [Message("E1", "busy")]}


def test_the_answer_about_an_office_is_kept_for_no_other_and_no_other_delivery(post_offices: PostOffices) -> None:
    """The delivery has another office by now than the shipment was made for."""
    unchecked = {"office_check": OfficeCheck.NOT_ASKED, "office_checked_at": None, "reason": Reason.OFFICE_NOT_CHECKED}
    moved_on = make_delivery(office_id="0000000007", **unchecked)
    same_office = make_delivery(**unchecked)
    shipment = make_shipment(moved_on, office_id=same_office.office_id)
    swept(shipment)
    same_office.refresh_from_db()
    for delivery in (shipment.delivery, same_office):
        assert {name: getattr(delivery, name) for name in unchecked} == unchecked
    assert post_offices.asked == [(same_office.office_id, "en")]


def test_the_answer_about_an_office_lifts_the_flag_and_no_other_reason() -> None:
    flagged = make_shipment(make_delivery(reason=Reason.OFFICE_NOT_CHECKED, office_check=OfficeCheck.COULD_NOT_ASK))
    other = make_shipment(make_delivery(reason=Reason.SHOP_ERROR))
    assert (swept(flagged).delivery.reason, flagged.delivery.office_check) == (Reason.NONE, OfficeCheck.TAKES_PARCELS)
    assert swept(other).delivery.reason == Reason.SHOP_ERROR


@pytest.mark.parametrize(
    ("error", "levels"),
    [
        (None, []),
        (Unavailable("op", **WENT_WRONG), ["WARNING"]),
        (CredentialsRefused("op", **WENT_WRONG), ["ERROR"]),
        (NotEntitled("op", **WENT_WRONG), ["ERROR"]),
    ],
)
def test_log_and_attempt_say_why_an_office_could_not_be_asked_about(
    post_offices: PostOffices, caplog: pytest.LogCaptureFixture, error: CanadaPostError | None, levels: list[str]
) -> None:
    post_offices.answer = CheckAnswer(OfficeCheck.COULD_NOT_ASK, error)
    attempt = swept(make_shipment()).attempts.get()
    assert [record.levelname for record in caplog.records if record.name.endswith("office_check")] == levels
    assert (attempt.step, attempt.outcome) == (HandoffStep.CHECK, Outcome.COULD_NOT_ASK)
    assert (attempt.status, attempt.codes) == ((503, "E1") if error else (None, ""))
