"""Authorised calls to the portal: where they may be led, and what they take with them."""

import re

import pytest
import responses

from deliver_to_po.canadapost import errors
from tests.canadapost.portal_requests import BASE, NOT_REPEATABLE, OPERATIONS, TOKEN, TOKEN_URL, make_client

ELSEWHERE = "https://files.test/1"
DOCUMENTS = ("label", "manifest_document")
QUESTIONS = sorted(set(OPERATIONS) - NOT_REPEATABLE - set(DOCUMENTS))


def redirect_everything() -> responses.BaseResponse:
    """Let every call be redirected to another host, and return what that host answers."""
    responses.post(TOKEN_URL, json=TOKEN)
    for method in ("GET", "POST"):
        responses.add(method, re.compile(re.escape(BASE) + "/(?!cpc)"), status=302, headers={"Location": ELSEWHERE})
    answer: responses.BaseResponse = responses.get(ELSEWHERE, body=b"%PDF-1.7 %%EOF")
    return answer


@pytest.mark.parametrize("operation", DOCUMENTS)
@responses.activate
def test_a_document_is_fetched_from_another_host_without_credentials(operation: str) -> None:
    answer = redirect_everything()
    OPERATIONS[operation](make_client())
    assert answer.call_count == 1
    assert "Authorization" not in responses.calls[-1].request.headers


@pytest.mark.parametrize("operation", QUESTIONS)
@responses.activate
def test_any_other_question_is_not_led_to_another_host(operation: str) -> None:
    answer = redirect_everything()
    with pytest.raises(errors.Unavailable):
        OPERATIONS[operation](make_client())
    assert answer.call_count == 0
