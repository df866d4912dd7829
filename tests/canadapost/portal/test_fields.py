"""Fields of a JSON answer: each gives its type or is unreadable, and no error repeats what was in it."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from deliver_to_po.canadapost.errors import Unreadable
from deliver_to_po.canadapost.portal import fields
from deliver_to_po.canadapost.types import Link

Row = Mapping[str, Any]
STRICT: list[tuple[Callable[[Row], object], Any]] = [
    (lambda row: fields.required_decimal("op", row, "key"), "Canary"),
    (lambda row: fields.required_decimal("op", row, "key"), ["Canary"]),
    (lambda row: fields.integer("op", row, "key"), "613-555-Canary"),
    (lambda row: fields.day("op", row, "key"), "Canary"),
    (lambda row: fields.mapping("op", row["key"], "key"), "Canary"),
    (lambda row: fields.rows("op", row["key"], "key"), {"Canary": 1}),
    (lambda row: fields.rows("op", row["key"], "key"), [{}, "Canary"]),
    (lambda row: list(fields.each("op", row["key"], "key", fields.link)), {"Canary": 1}),
    (lambda row: list(fields.each("op", row["key"], "key", fields.link)), ["Canary"]),
]


@pytest.mark.parametrize(("read", "value"), STRICT)
def test_what_is_of_another_kind_is_unreadable_and_not_repeated(read: Callable[[Row], object], value: Any) -> None:
    with pytest.raises(Unreadable) as caught:
        read({"key": value})
    assert "key" in str(caught.value)
    assert "Canary" not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (7, "7"),
        (True, "true"),
        (Decimal("1.50"), "1.50"),
        ("  a \n\t b\x00\x7f ", "a b"),
        (["a"], ""),
        ({"a": 1}, ""),
        ("\ud800x", "x"),
        ("x" * 3000, "x" * 2000),
    ],
)
def test_a_text_is_one_line_of_bounded_length(value: Any, text: str) -> None:
    assert fields.text(value) == text


@pytest.mark.parametrize(
    ("value", "number"), [(None, None), ("", None), (1, Decimal(1)), ("1.50", Decimal("1.5")), (Decimal(-2), -2)]
)
def test_a_number_may_be_missing_or_written_as_text(value: Any, number: Decimal | None) -> None:
    assert fields.decimal("op", {"key": value}, "key") == number
    if number is None:
        with pytest.raises(Unreadable, match="no key"):
            fields.required_decimal("op", {"key": value}, "key")


@pytest.mark.parametrize("value", [True, "1e9", "-1000000000", "NaN", "-Infinity", "1e-20", 10**9])
def test_a_number_that_no_parcel_has_is_unreadable(value: Any) -> None:
    with pytest.raises(Unreadable):
        fields.decimal("op", {"key": value}, "key")


@pytest.mark.parametrize(
    ("value", "number"), [("0174", 174), (174, 174), (None, None), ("", None), ("999999999", 10**9 - 1)]
)
def test_a_whole_number_may_begin_with_zeros(value: Any, number: int | None) -> None:
    assert fields.integer("op", {"key": value}, "key") == number


@pytest.mark.parametrize("value", ["1234567890", "-1", "1.0", True, "１"])
def test_what_is_no_whole_number_is_unreadable(value: Any) -> None:
    with pytest.raises(Unreadable):
        fields.integer("op", {"key": value}, "key")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (73938000549297, "0073938000549297"),
        (73938000549298, "73938000549298"),
        ("73938000549297", "73938000549297"),
        (7023210039414604, "7023210039414604"),
        (None, ""),
    ],
)
def test_a_tracking_number_that_came_as_a_number_gets_its_zeros_back(value: Any, number: str) -> None:
    assert fields.pin(value) == number


def test_a_day_is_the_first_ten_characters() -> None:
    assert fields.day("op", {"key": "2026-11-26T23:59:59.000Z"}, "key") == date(2026, 11, 26)
    assert fields.day("op", {"key": None}, "key") is None


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-11-28T21:00:00-05:00", datetime(2026, 11, 28, 21, tzinfo=timezone(-timedelta(hours=5)))),
        ("2026-11-28T21:00:00", datetime(2026, 11, 28, 21, tzinfo=UTC)),
        ("soon", None),
        (None, None),
        (["2026-11-28"], None),
    ],
)
def test_a_moment_without_a_zone_is_in_utc_and_an_odd_one_is_none(value: Any, moment: datetime | None) -> None:
    assert fields.moment(value) == moment


@pytest.mark.parametrize(
    ("value", "truth"), [(True, True), ("TRUE", True), ("0", False), ("yes", None), (2, None), (None, None)]
)
def test_a_truth_may_be_written_as_text(value: Any, truth: bool | None) -> None:
    assert fields.boolean(value) is truth


def test_a_link_has_an_address() -> None:
    row = {"rel": "label", "href": "https://x/1", "mediaType": "application/pdf"}
    assert fields.link("op", row) == Link("label", "https://x/1", "application/pdf")
    for missing in (None, "", 7, ["x"], "https://x/\0", "https://x/\ud83d"):
        with pytest.raises(Unreadable):
            fields.link("op", {**row, "href": missing})
