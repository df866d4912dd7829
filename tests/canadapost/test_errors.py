"""What an error says to a log, and what only to staff."""

import pytest

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.errors import Message

MESSAGES = (Message("1156", "Address of Canary"), Message("", "Canary again"), Message("9162", ""))


def test_the_text_of_an_error_names_operation_status_codes_and_reason_and_says_what_to_do() -> None:
    error = errors.Refused("create shipment", status=400, messages=MESSAGES, why="a reason")
    assert str(error) == (
        "Refused: create shipment · HTTP 400 · 1156, 9162 · a reason. Correct what Canada Post names; nothing was made."
    )
    assert str(errors.Unavailable("rates")) == "Unavailable: rates. Try the same again later."


def test_canada_posts_sentences_are_for_staff_and_in_no_text_of_the_error() -> None:
    error = errors.Refused("op", status=400, messages=MESSAGES)
    assert error.explain() == "1156: Address of Canary; Canary again; 9162"
    assert "Canary" not in f"{error} {error!r} {error.args}"
    assert error.codes == ("1156", "9162")


def test_a_broken_rule_names_its_field() -> None:
    error = errors.InvalidRequest("create shipment", "recipient.phone", "is required")
    assert (error.field, error.rule, error.status) == ("recipient.phone", "is required", None)
    assert "recipient.phone: is required" in str(error)


def test_a_throttled_call_says_when_to_come_back() -> None:
    assert errors.Throttled("op").retry_after == 60
    error = errors.Throttled("op", status=429, messages=MESSAGES, retry_after=7.4)
    assert (error.retry_after, error.codes) == (7.4, ("1156", "9162"))
    assert "retry after 7 s" in str(error)


@pytest.mark.parametrize("kind", errors.CanadaPostError.__subclasses__())
def test_every_error_says_what_to_do_in_words_of_its_own(kind: type[errors.CanadaPostError]) -> None:
    others = {other.advice for other in errors.CanadaPostError.__subclasses__() if other is not kind}
    assert kind.advice.endswith(".")
    assert kind.advice not in others | {errors.CanadaPostError.advice}
