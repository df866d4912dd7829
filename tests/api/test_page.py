"""The program of the page about the JSON API, against the API."""

import json as texts
from typing import Any

import pytest
import requests
from django.test import Client

from deliver_to_po.api.step import PATTERNS, api
from deliver_to_po.api.urls import ROUTES
from tests.api.client import CART, ROOT
from tests.docs.copied import JSON_API, blocks_of
from tests.factories import TYPED_RECIPIENT as RECIPIENT


@pytest.mark.django_db
def test_the_program_of_the_page_reserves(offered: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    [block] = blocks_of(JSON_API)
    names: dict[str, Any] = {}
    exec(block.code, names)  # noqa: S102

    def request(method: str, url: str, *, json: Any, headers: dict[str, str], timeout: int) -> Any:
        answer: Any = Client().generic(method, url, texts.dumps(json), "application/json", headers=headers)
        answer.ok = answer.status_code < 400
        return answer

    monkeypatch.setattr(requests, "request", request)
    told = names["reserve"](ROOT.rstrip("/"), CART, offered[0], RECIPIENT)
    assert (told["state"], told["next"]) == ("reserved", "place")
    with pytest.raises(requests.HTTPError, match="Vérifiez"):
        names["reserve"](ROOT.rstrip("/"), CART, offered[0], {**RECIPIENT, "name": ""})


def test_the_addresses_are_those_that_ninja_makes_of_the_operations() -> None:
    assert list(ROUTES.items()) == [(name, str(pattern.pattern)) for name, pattern in PATTERNS.items()]


OF_A_BODY = {400, 413, 415, 422}
OF_A_CHOICE = {404, 409, 410}
ANSWERS: dict[str, set[int]] = {
    "search_offices": {200, *OF_A_BODY},
    "offices_near": {200, 422},
    "office": {200, 404},
    "start_choice": {201, 409, *OF_A_BODY},
    "choice": {200, *OF_A_CHOICE},
    "change_choice": {200, *OF_A_CHOICE, *OF_A_BODY},
    "say_recipient": {200, *OF_A_CHOICE, *OF_A_BODY},
    "reserve": {200, *OF_A_CHOICE, *OF_A_BODY},
    "unreserve": {200, *OF_A_CHOICE, 422},
}


def test_programs_that_are_written_from_the_schema_find_the_same_names_and_answers() -> None:
    schema = api.get_openapi_schema(path_prefix="")
    told = [operation for at_one_address in schema["paths"].values() for operation in at_one_address.values()]
    assert {one["operationId"]: set(map(int, one["responses"])) - {429, 503} for one in told} == ANSWERS
    assert all({"429", "503"} <= set(map(str, one["responses"])) for one in told)
    assert (schema["info"]["title"], schema["info"]["version"]) == ("Deliver to Post Office", "1")
