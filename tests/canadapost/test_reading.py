"""Which error an answer stands for, how long to wait, and what a document is."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from deliver_to_po.canadapost import errors
from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.errors import Message
from deliver_to_po.canadapost.reading import choose_error, make_message, read_document, read_each, retry_after

KINDS = [
    (401, "", "", errors.CredentialsRefused, errors.CredentialsRefused),
    (403, "", "", errors.NotEntitled, errors.NotEntitled),
    (404, "", "", errors.NotFound, errors.NotFound),
    (408, "", "", errors.Throttled, errors.Throttled),
    (429, "", "", errors.Throttled, errors.Throttled),
    (500, "Server", "Rejected by SLM Monitor", errors.Throttled, errors.Throttled),
    (400, "9153", "", errors.NotReady, errors.NotReady),
    (202, "", "", errors.NotReady, errors.UnknownOutcome),
    (400, "7314", "", errors.AlreadyExists, errors.AlreadyExists),
    (400, "1711", "", errors.Refused, errors.Refused),
    (406, "", "", errors.Refused, errors.Refused),
    (412, "", "", errors.Refused, errors.AlreadyExists),
    (500, "Server", "cvc-pattern-valid: …", errors.Refused, errors.Refused),
    (500, "", "", errors.Unavailable, errors.UnknownOutcome),
    (502, "", "", errors.Unavailable, errors.UnknownOutcome),
    (302, "", "", errors.Unavailable, errors.UnknownOutcome),
    (206, "", "", errors.Unavailable, errors.UnknownOutcome),
    (401, "AA003", "", errors.Refused, errors.Refused),
    (500, "AA004", "", errors.Refused, errors.Refused),
]


@pytest.mark.parametrize(("status", "code", "text", "question", "deed"), KINDS)
def test_each_answer_has_the_error_of_its_reaction(
    status: int, code: str, text: str, question: type[Exception], deed: type[Exception]
) -> None:
    messages = [Message(code, text)] if code or text else []
    for repeatable, expected in ((True, question), (False, deed)):
        error = choose_error("op", Answer(status, {}, b""), messages, repeatable=repeatable)
        assert type(error) is expected
        assert ("customer number" in error.why) == (code in ("AA003", "AA004"))


@pytest.mark.parametrize("status", [400, 403, 500])
def test_a_gateway_may_say_in_plain_words_that_there_were_too_many_calls(status: int) -> None:
    for body in (b"Rejected by SLM Monitor", b"<html><h1>rejected by slm monitor</h1></html>"):
        answer = Answer(status, {"Content-Type": "text/plain"}, body)
        assert type(choose_error("op", answer, (), repeatable=False)) is errors.Throttled


PAGES = [
    ({}, b"<html>"),
    ({}, b"<HTML lang=en>"),
    ({}, b"\xef\xbb\xbf \r\n<!DOCTYPE html>"),
    ({"Content-Type": "text/html; charset=utf-8"}, b"Sorry"),
    ({"Content-Type": "application/xhtml+xml"}, b""),
]


@pytest.mark.parametrize(("headers", "body"), PAGES)
def test_a_web_page_is_trouble_and_does_not_say_that_something_is_missing(headers: dict[str, str], body: bytes) -> None:
    kinds = {
        (status, repeatable): type(choose_error("op", Answer(status, headers, body), (), repeatable=repeatable))
        for status in (400, 404, 403)
        for repeatable in (True, False)
    }
    assert kinds == {
        (404, True): errors.Unavailable,
        (404, False): errors.UnknownOutcome,
        (400, True): errors.Unavailable,
        (400, False): errors.Refused,
        (403, True): errors.NotEntitled,
        (403, False): errors.NotEntitled,
    }


def test_what_only_speaks_of_html_is_no_page() -> None:
    for body in (b'{"html": 1}', b"<messages/>", b"", b" " * 300 + b"<html>"):
        answer = Answer(404, {"Content-Type": "application/json"}, body)
        assert type(choose_error("op", answer, (), repeatable=True)) is errors.NotFound


def read_number(row: str) -> int | None:
    """Return a number, None for a dash; raises Unreadable."""
    if row == "-":
        return None
    if not row.isdigit():
        raise errors.Unreadable("op", why="no number")
    return int(row)


@pytest.mark.parametrize(
    ("rows", "read"), [("1x2-3", [1, 2, 3]), ("x1", [1]), ("--", []), ("", []), ("0", [0]), ("1-x", [1])]
)
def test_one_odd_row_hides_no_other(rows: str, read: list[int]) -> None:
    assert list(read_each(rows, read_number)) == read


@pytest.mark.parametrize("rows", ["x", "xx", "x-", "-x"])
def test_rows_none_of_which_can_be_read_are_not_none(rows: str) -> None:
    with pytest.raises(errors.Unreadable):
        list(read_each(rows, read_number))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("", 60), ("7", 7), ("0", 1), ("9" * 999, 3600), ("-5", 60), ("soon", 60), ("1e9", 60), ("Wed, 99 Foo", 60)],
)
def test_retry_after_is_read_and_bounded(header: str, seconds: float) -> None:
    assert retry_after(Answer(429, {"Retry-After": header} if header else {}, b"")) == seconds


def test_retry_after_may_be_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=120), usegmt=True)
    assert 100 < retry_after(Answer(503, {"Retry-After": later}, b"")) <= 120
    assert retry_after(Answer(503, {"Retry-After": "Mon, 01 Jan 2001 00:00:00 GMT"}, b"")) == 1


def test_trouble_may_name_when_to_come_back() -> None:
    assert choose_error("op", Answer(503, {"Retry-After": "9"}, b""), (), repeatable=True).retry_after == 9
    assert choose_error("op", Answer(503, {}, b""), (), repeatable=True).retry_after is None


@pytest.mark.parametrize("code", [1156, "1156", " 1156 "])
def test_a_code_may_be_a_number(code: object) -> None:
    assert make_message(code, "a\n b\0").code == "1156"
    assert make_message(code, "a\n b\0").text == "a b"


def test_what_is_no_code_is_dropped_and_texts_are_short() -> None:
    texts = ("Jane Doe, 1 Main St", "613-555-0142", "6135550142", "a@example.com", "", None)
    words = ("Serin", "Anne-Marie", "K1A0B1", "K1A", "ANNE", "ANNE-MARIE", "emulator-secret", "EMU-serin", "A1234")
    for written in texts + words:
        assert make_message(written, "").code == ""
    assert len(make_message("1", "x" * 5000).text) == 300


@pytest.mark.parametrize("code", ["1711", "004", "AA001", "E002", "Server", "EMU-D2PO-NOTIFICATION"])
def test_codes_are_kept(code: str) -> None:
    assert make_message(code, "").code == code


@pytest.mark.parametrize(
    ("body", "media_type"), [(b"%PDF-1.4 %%EOF\n", "application/pdf"), (b"^XA^XZ", "application/zpl")]
)
def test_a_document_is_known_by_how_it_starts(body: bytes, media_type: str) -> None:
    assert read_document("label", Answer(200, {"Content-Type": "text/html"}, body)).media_type == media_type


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b" %PDF", b"%PDF-1.4 cut o", b"^XA^FO1"])
def test_anything_else_is_no_document(body: bytes) -> None:
    with pytest.raises(errors.Unreadable):
        read_document("label", Answer(200, {"Content-Type": "application/pdf"}, body))
