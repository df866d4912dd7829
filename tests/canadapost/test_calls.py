"""Authorised calls by either API: their language, where they may be led, and what they take with them."""

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
import responses

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.portal.client import PortalCanadaPost
from deliver_to_po.canadapost.types import Language
from tests.canadapost.portal_requests import (
    ACCOUNT,
    BASE,
    NOT_REPEATABLE,
    OPERATIONS,
    TOKEN,
    TOKEN_URL,
    make_caller,
    make_tokens,
)
from tests.canadapost.webservices.conftest import make_client as make_xml_client

ELSEWHERE = "https://files.test/1"
DOCUMENTS = ("label", "manifest_document")
QUESTIONS = sorted(set(OPERATIONS) - NOT_REPEATABLE - set(DOCUMENTS))
CLIENTS: dict[str, Callable[[Language], CanadaPost]] = {
    "portal": lambda language: PortalCanadaPost(make_caller(), make_tokens(), ACCOUNT, language),
    "webservices": lambda language: make_xml_client(language, base_url=BASE),
}
BOTH = pytest.mark.parametrize("api", CLIENTS)


def redirect_everything() -> responses.BaseResponse:
    """Let every call be redirected to another host, and return what that host answers."""
    responses.post(TOKEN_URL, json=TOKEN)
    for method in ("GET", "POST"):
        responses.add(method, re.compile(re.escape(BASE) + "/(?!cpc)"), status=302, headers={"Location": ELSEWHERE})
    answer: responses.BaseResponse = responses.get(ELSEWHERE, body=b"%PDF-1.7 %%EOF")
    return answer


@BOTH
@pytest.mark.parametrize("language", ["en", "fr"])
@responses.activate
def test_the_language_is_asked_for(api: str, language: Language) -> None:
    responses.post(TOKEN_URL, json=TOKEN)
    answer = responses.get(re.compile(re.escape(BASE)), json=[])
    with suppress(errors.Unreadable):
        CLIENTS[api](language).groups()
    assert answer.calls[0].request.headers["Accept-Language"] == f"{language}-CA"


@BOTH
@pytest.mark.parametrize("operation", DOCUMENTS)
@responses.activate
def test_a_document_is_fetched_from_another_host_without_credentials(api: str, operation: str) -> None:
    answer = redirect_everything()
    OPERATIONS[operation](CLIENTS[api]("en"))
    assert answer.call_count == 1
    assert ["Authorization" in call.request.headers for call in responses.calls][-2:] == [True, False]


@BOTH
@pytest.mark.parametrize("operation", QUESTIONS)
@responses.activate
def test_any_other_question_is_not_led_to_another_host(api: str, operation: str) -> None:
    answer = redirect_everything()
    with pytest.raises(errors.NotSupported if (api, operation) == ("webservices", "outages") else errors.Unavailable):
        OPERATIONS[operation](CLIENTS[api]("en"))
    assert answer.call_count == 0
