"""What a page says is wrong: from an error, and from the code with which a buyer is sent back."""

import pytest
from django.test import RequestFactory

from deliver_to_po import errors
from deliver_to_po.checkout.pages.problems import SENT_BACK, Problem, sent_back
from deliver_to_po.models import Delivery


@pytest.mark.parametrize("code", list(SENT_BACK))
def test_each_reason_to_be_sent_back_has_its_message(code: str) -> None:
    problem = sent_back(code, None)
    assert problem is not None
    assert (problem.message, problem.status) == (SENT_BACK[code].message, 200)


def test_a_program_reads_whether_the_buyer_can_mend_it_and_in_which_field() -> None:
    refused = (errors.OfficeNoLongerTakesParcels(), errors.NotMailable())
    closed, heavy = (Problem.of(error, "d2po-offices") for error in refused)
    assert (closed.code, closed.about, closed.recoverable) == ("office_no_longer", "office_id", True)
    assert (heavy.code, heavy.about, heavy.recoverable) == ("not_mailable", "", False)


@pytest.mark.parametrize("code", ["", "<script>", "paused"])
def test_any_other_code_says_nothing(code: str) -> None:
    assert sent_back(code, None) is None


def test_an_office_that_closed_is_named() -> None:
    problem = sent_back("office_no_longer", Delivery(office_name="COMPTOIR DU COIN"))
    assert problem is not None
    assert "Comptoir du Coin no longer accepts parcels" in str(problem.message)


def test_without_a_cart_the_usual_reason_is_said() -> None:
    problem = sent_back("not_mailable", None, RequestFactory().get("/"))
    assert problem is not None
    assert "too heavy or too large" in str(problem.message)


@pytest.mark.parametrize(
    ("error", "status", "offers_home"),
    [
        (errors.TooManySearches(), 429, False),
        (errors.OfficesUnavailable(), 200, True),
        (errors.NotMailable(), 200, True),
        (errors.DraftExpired(), 200, False),
    ],
)
def test_an_error_says_its_status_and_whether_there_is_another_way(
    error: errors.DeliverToPoError, status: int, offers_home: bool
) -> None:
    problem = Problem.of(error)
    assert (problem.status, problem.offers_home) == (status, offers_home)
