"""Whatever JSON comes: a typed answer or a typed error, in bounded time and memory."""

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.canadapost.errors import CanadaPostError, Unreadable
from deliver_to_po.canadapost.portal import shipments
from deliver_to_po.canadapost.portal.answers import MAX_JSON_BYTES, error_of, parse, read_json, read_messages
from tests.canadapost.portal_requests import seconds_of

# Keys of an error, so that random answers get past the first question.
KEYS = ("error", "error_description", "errors", "errorCode", "code", "message", "messages", "description", "httpCode")
WORDS = ["", "created", "DOM.EP", "D2PO", "2026-11-26", "2026-11-26T10:00:00Z", "0174", "004", "1e400", "NaN", "08:00"]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**300, max_value=10**301),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.sampled_from(WORDS),
)
ANSWERS = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=8)
    ),
    max_leaves=30,
)


@given(body=ANSWERS, status=st.integers(200, 599))
def test_any_json_in_an_error_gives_a_typed_error(body: Any, status: int) -> None:
    content = json.dumps(body, default=float).encode()
    assert isinstance(error_of("op", Answer(status, {}, content), repeatable=True), CanadaPostError)


@given(body=st.binary(max_size=200))
def test_any_bytes_are_json_or_unreadable(body: bytes) -> None:
    answer = Answer(200, {}, body)
    try:
        read_json("op", answer)
    except Unreadable:
        assert error_of("op", answer, repeatable=True).messages == ()


NASTY: dict[str, bytes] = {
    "deep lists": b"[" * 200_000 + b"]" * 200_000,
    "deep objects": b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
    "a huge whole number": b"[" + b"9" * 1_000_000 + b"]",
    "a huge fraction": b"[0." + b"9" * 1_000_000 + b"]",
    "a huge exponent": b"[1e" + b"9" * 20 + b"]",
    "NaN": b"[NaN]",
    "Infinity": b'{"due": -Infinity}',
    "a key twice": b'{"shipmentId": "1", "shipmentId": "2"}',
    "truncated": b'{"shipmentId": "34788131',
    "nothing": b"",
    "a NUL byte": b'{"shipmentId": "1\x00"}',
    "an escaped NUL": b'{"shipmentId": "1\\u0000"}',
    "NUL bytes only": b"\x00" * 1000,
    "a lone surrogate": b'["\\ud800"]',
    "a lone surrogate as a key": b'{"\\udfff": 1}',
    "an encoded surrogate": b'["\xed\xa0\x80"]',
    "UTF-16": '["é"]'.encode("utf-16"),
    "UTF-32": '["é"]'.encode("utf-32-le"),
    "Latin-1": '["é"]'.encode("latin-1"),
    "two BOMs": b"\xef\xbb\xbf\xef\xbb\xbf[]",
    "HTML": b"<!DOCTYPE html><html><body>Maintenance</body></html>",
    "two documents": b"[] []",
    "a comment": b"[] // done",
    "too long": b"[" + b"[]," * (MAX_JSON_BYTES // 3) + b"[]]",
}


@pytest.mark.parametrize("nasty", NASTY)
def test_nasty_bodies_are_unreadable_in_bounded_time_and_memory(nasty: str) -> None:
    answer = Answer(200, {}, NASTY[nasty])

    def read() -> None:
        with pytest.raises(Unreadable):
            read_json("op", answer)

    tracemalloc.start()
    try:
        assert seconds_of(read) < 3
        assert tracemalloc.get_traced_memory()[1] < 200 * 1024 * 1024
    finally:
        tracemalloc.stop()
    assert error_of("op", answer, repeatable=True).messages == ()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"httpCode": "500", "httpMessage": "Internal", "moreInformation": "URL Open error"}, "URL Open error"),
        ({"httpCode": "500", "httpMessage": "Internal"}, "Internal"),
        ({"error": "invalid_client", "error_description": "unknown"}, "invalid_client unknown"),
        ({"error": "invalid_client"}, "invalid_client"),
        ({"errors": [], "detail": "No such day."}, "No such day."),
        ({"errors": [{"message": "No."}], "detail": "No such day."}, "No."),
    ],
)
def test_a_message_is_the_text_that_tells_most(body: dict[str, Any], said: str) -> None:
    assert " · ".join(message.text for message in read_messages([body]) if message.text) == said


def test_keys_in_kebab_case_are_read_as_if_they_were_in_camel_case() -> None:
    body = b'{"post-office-list": [{"office-id": 1, "optionQualifier-2": "x-y"}]}'
    assert read_json("op", Answer(200, {}, body)) == {"postOfficeList": [{"officeId": 1, "optionQualifier2": "x-y"}]}


def test_a_byte_order_mark_and_accents_are_read() -> None:
    assert parse("\ufeff".encode() + '["Trois-Rivières", 1.10, "\\u00e9"]'.encode())[0] == "Trois-Rivières"


@pytest.mark.parametrize("number", ["1e1000", "-1e30", '"1e1000000"', "true", '"x"', "[]", "1e-300"])
def test_a_price_that_no_parcel_costs_is_unknown_and_the_shipment_is_made(number: str) -> None:
    row = '{"shipmentId": 1, "shipmentStatus": "created", "shipmentPrice": [{"dueAmount": ' + number + "}]}"
    assert shipments.read_shipment("op", parse(row.encode())).price is None


def test_control_characters_in_an_answer_do_not_reach_anybody() -> None:
    made = shipments.read_shipment("op", parse(b'{"shipmentId": "12\\u0007\\n3", "shipmentStatus": "created"}'))
    assert made.shipment_id == "12 3"


@pytest.mark.parametrize("media_type", ["a/b\\r\\nX: y", "é/x", "x", "", "*/*" * 100])
def test_a_media_type_that_is_none_never_becomes_a_header(media_type: str) -> None:
    links = '[{"href": "x", "mediaType": "' + media_type + '"}]'
    body = '{"shipmentId": 1, "shipmentStatus": "created", "links": ' + links + "}"
    assert shipments.read_shipment("op", parse(body.encode())).links[0].media_type == "application/json"
