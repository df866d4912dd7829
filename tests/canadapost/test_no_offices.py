"""What an error says of post offices: only the service's own words mean that none is near, or that one is gone."""

from collections.abc import Callable
from typing import Any

import pytest

from deliver_to_po.canadapost.client import CanadaPost
from deliver_to_po.canadapost.errors import CanadaPostError, CredentialsRefused, NotFound, Refused, Unavailable
from deliver_to_po.canadapost.types import NearPostalCode
from tests.canadapost.portal_requests import BASE, make_client
from tests.canadapost.webservices import bodies
from tests.canadapost.webservices.conftest import make_client as make_xml_client

Row = tuple[str, int, str | dict[str, Any], type[CanadaPostError] | None]
CLIENTS: dict[str, Callable[[], CanadaPost]] = {"portal": make_client, "webservices": make_xml_client}
ADDRESSES = {"portal": f"{BASE}/postoffice/v1/post-offices", "webservices": f"{bodies.HOST}/rs/postoffice"}
GATEWAY = {"httpCode": "404", "httpMessage": "Not Found", "moreInformation": "No resources match requested URI"}
PAGE = {"body": "<html>Not found</html>"}


def said(api: str, code: str) -> dict[str, Any]:
    """Return the service's own message with a code."""
    if api == "webservices":
        return {"body": bodies.messages((code, "Something."))}
    return {"json": {"errors": [{"errorCode": code, "message": "Something."}]}}


def of_each(*rows: tuple[int, str | dict[str, Any], type[CanadaPostError] | None]) -> list[Row]:
    return [(api, *row) for api in CLIENTS for row in rows]


# A text is the code of the service's own message; no error is “none near”.
SEARCHES: list[Row] = [
    *of_each((400, "1234", None), (404, "1234", None), (406, "1234", Refused), (404, "Server", Unavailable)),
    *of_each((400, "9105", Refused), (400, "AA003", Refused), (404, "AA004", Refused), (401, "AA004", Refused)),
    *of_each((404, PAGE, Unavailable), (400, PAGE, Unavailable), (404, {"json": GATEWAY}, Unavailable)),
    *of_each((404, {}, Unavailable), (400, {}, Refused), (400, {"json": GATEWAY}, Refused)),
    ("portal", 200, {"json": []}, None),
    ("portal", 404, {"json": {"messages": {"message": {"code": "1234", "description": "none"}}}}, None),
    ("portal", 404, {"json": [GATEWAY]}, Unavailable),
    ("portal", 404, {"body": "gone", "content_type": "text/html; charset=utf-8"}, Unavailable),
    ("portal", 400, {"json": {"errors": []}}, Refused),
    ("webservices", 404, "", None),
    ("webservices", 404, {"body": bodies.messages()}, Unavailable),
    ("webservices", 404, {"body": "<post-office-list/>"}, Unavailable),
    ("webservices", 400, {"body": bodies.messages()}, Refused),
    ("webservices", 400, "AA001", CredentialsRefused),
]
DETAILS: list[Row] = [
    *of_each((404, "1234", NotFound), (404, PAGE, Unavailable), (404, {"json": GATEWAY}, Unavailable)),
    ("portal", 404, {"json": [GATEWAY]}, Unavailable),
    ("portal", 404, {"body": ""}, NotFound),
    ("portal", 404, {"json": {"errors": [{"errorCode": "1234"}], "httpCode": "404"}}, NotFound),
    ("webservices", 404, {"body": ""}, Unavailable),
    ("webservices", 404, {"body": bodies.messages()}, NotFound),
]


@pytest.mark.parametrize(("api", "status", "answer", "error"), SEARCHES)
def test_a_search_is_empty_only_if_the_service_itself_says_so(
    post: Any, api: str, status: int, answer: str | dict[str, Any], error: type[CanadaPostError] | None
) -> None:
    post.get(ADDRESSES[api], status=status, **(said(api, answer) if isinstance(answer, str) else answer))
    if error is None:
        assert CLIENTS[api]().find_offices(NearPostalCode("K1A0B1")) == []
        return
    with pytest.raises(error) as caught:
        CLIENTS[api]().find_offices(NearPostalCode("K1A0B1"))
    assert type(caught.value) is error


@pytest.mark.parametrize(("api", "status", "answer", "error"), DETAILS)
def test_neither_a_page_nor_the_gateway_says_that_an_office_is_gone(
    post: Any, api: str, status: int, answer: str | dict[str, Any], error: type[CanadaPostError]
) -> None:
    path = {"portal": "/102978/details", "webservices": "/0000102978/detail"}[api]
    post.get(ADDRESSES[api] + path, status=status, **(said(api, answer) if isinstance(answer, str) else answer))
    with pytest.raises(error) as caught:
        CLIENTS[api]().office("102978")
    assert type(caught.value) is error
