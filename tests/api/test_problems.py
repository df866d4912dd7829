"""What a refusal says beside its words: status, code, where, whether the choice can go on, when to come back."""

import json
from typing import Any

import pytest
from django.test import Client, RequestFactory

from deliver_to_po import errors
from deliver_to_po.api.problems import refuse
from deliver_to_po.canadapost import lengths
from deliver_to_po.checkout.fair_use import WINDOW_SECONDS
from deliver_to_po.checkout.searching import MOST_SHOWN
from deliver_to_po.offices.typed.query import LONGEST
from tests.api.client import ROOT

GOES_ON, FINAL = "recoverable", "unrecoverable"
SOON = str(WINDOW_SECONDS)
# Error, status, code, path, severity, Retry-After.
REFUSED: list[tuple[errors.DeliverToPoError, int, str, str, str, str | None]] = [
    (errors.DraftUnknown(), 404, "draft_unknown", "", FINAL, None),
    (errors.DraftExpired(), 410, "draft_expired", "", FINAL, None),
    (errors.DraftTaken(), 409, "draft_taken", "", FINAL, None),
    (errors.DraftIncomplete(), 409, "draft_incomplete", "", GOES_ON, None),
    (errors.DraftChanged(), 409, "draft_changed", "$.seen", GOES_ON, None),
    (errors.PriceChanged(), 409, "price_changed", "$.seen", GOES_ON, None),
    (errors.OfficeNoLongerTakesParcels(), 409, "office_no_longer", "$.office_id", GOES_ON, None),
    (errors.OfficeNotOffered(), 422, "office_not_offered", "$.office_id", GOES_ON, None),
    (errors.QueryNotUnderstood(), 422, "query_not_understood", "$.q", GOES_ON, None),
    (errors.OfficesUnavailable(), 503, "offices_unavailable", "", GOES_ON, SOON),
    (errors.PlaceNotKnown(), 503, "place_not_known", "", GOES_ON, SOON),
    # It may last for weeks.
    (errors.OptionPaused("Strike."), 503, "paused", "", GOES_ON, None),
    (errors.TooManySearches(), 429, "too_many_searches", "", GOES_ON, SOON),
]


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row[2])
def test_each_refusal_says_where_it_is_and_what_can_be_done(row: Any) -> None:
    error, *expected = row
    answer = refuse(RequestFactory().post("/"), error)
    told = json.loads(answer.content)
    parts = [answer.status_code, told["code"], told["path"], told["severity"], answer.headers.get("Retry-After")]
    assert parts == expected
    assert (told["type"], told["status"], told["title"]) == ("about:blank", expected[0], answer.reason_phrase)
    assert told["detail"] == told["message"] == str(error)
    assert (told["errors"], told["choices"]) == ([], [])


def test_places_that_may_be_meant_are_offered() -> None:
    error = errors.QueryNotUnderstood("Which?", ["Hull QC", "Hull AB"])
    answer = refuse(RequestFactory().post("/"), error)
    assert json.loads(answer.content)["choices"] == ["Hull QC", "Hull AB"]


WRONG: list[tuple[str, dict[str, Any], tuple[str, str, str]]] = [
    ("offices/search", {"q": "x" * 999}, ("string_too_long", "$.q", f"This has more than {LONGEST} characters.")),
    ("offices/search", {"q": "x", "limit": 0}, ("greater_than_equal", "$.limit", "This is less than 1.")),
    ("offices/search", {"q": "x", "limit": 999}, ("less_than_equal", "$.limit", f"This is more than {MOST_SHOWN}.")),
    ("offices/search", {"q": "x", "filters": ["open"] * 9}, ("too_long", "$.filters", "These are more than 5.")),
    ("choices", {}, ("missing", "$.office_id", "This is missing.")),
    ("choices", {"office_id": "1", "x" * 99: 1}, ("extra_forbidden", f"$.{'x' * 50}", "There is no such field.")),
    ("choices", {"office_id": 7}, ("string_type", "$.office_id", "This value is not accepted here.")),
    (
        "choices",
        {"office_id": "1" * (lengths.OFFICE_ID + 1)},
        ("string_pattern_mismatch", "$.office_id", "This value is not accepted here."),
    ),
]


def test_a_parameter_that_is_missing_is_named(client: Client) -> None:
    [said] = client.get(f"{ROOT}offices?longitude=-75").json()["errors"]
    assert (said["code"], said["path"]) == ("missing", "latitude")


@pytest.mark.parametrize(("path", "body", "said"), WRONG, ids=lambda value: value[0] if len(value) == 3 else "")
def test_what_is_wrong_with_a_value_is_said_in_words(
    client: Client, path: str, body: dict[str, Any], said: tuple[str, str, str]
) -> None:
    told = client.post(f"{ROOT}{path}", body, "application/json").json()
    assert [(one["code"], one["path"], one["message"]) for one in told["errors"]] == [said]
