"""A recorded shape has keys and kinds, and never a value."""

import json

import pytest

from deliver_to_po.canadapost.calling.transport import Answer
from deliver_to_po.examination.doctor.shapes import shape_of

NAME = "Marie-Ève Côté"


def answer(body: str | bytes, media_type: str = "application/json") -> Answer:
    return Answer(200, {"Content-Type": media_type}, body if isinstance(body, bytes) else body.encode())


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (NAME, "text"),
        ("", "text: empty"),
        ("0000102978", "text: 10 digits"),
        ("45.3", "text: number with decimals"),
        ("true", "text: true or false"),
        ("2026-11-25", "text: date"),
        ("2026-11-25T10:00:00-05:00", "text: date and time"),
        ("08:00", "text: time"),
        ("K1A0B1", "text: postal code"),
        ("https://example.com/marie", "text: address on the web"),
        (7, "whole number"),
        (7.5, "number with decimals"),
        (True, "true or false"),
        (None, "null"),
    ],
)
def test_each_value_becomes_its_kind(value: object, kind: str) -> None:
    assert shape_of(answer(json.dumps({"key": value}))) == {"key": kind}


def test_items_of_a_list_are_merged_and_keys_that_some_lack_are_marked() -> None:
    rows = [{"id": 1, "name": NAME}, {"id": "A", "name": NAME, "more": {"a": 1}}, {"id": 3, "more": {"b": 2}}]
    assert shape_of(answer(json.dumps(rows))) == [
        {"id": "text or whole number", "name?": "text", "more?": {"a?": "whole number", "b?": "whole number"}}
    ]


@pytest.mark.parametrize("key", ["K1A0B1", "7023210039414604", "Marie-Ève", "marie@example.com", "two words"])
def test_a_key_that_could_be_data_is_not_shown(key: str) -> None:
    assert shape_of(answer(json.dumps({key: 1}))) == {"(an odd key)": "whole number"}


def test_xml_keeps_names_attributes_and_canada_posts_namespaces() -> None:
    body = f'<a xmlns="http://www.canadapost.ca/ws/track-v2"><b rel="{NAME}">{NAME}</b><b/><c xmlns="urn:marie"/></a>'
    assert shape_of(answer(body, "application/xml")) == {
        "{http://www.canadapost.ca/ws/track-v2}a": {
            "b": [{"(kind 1)": {"@rel": "text", "(text)": "text"}, "(kind 2)": "text: empty"}],
            "{(another namespace)}c": "text: empty",
        }
    }


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!DOCTYPE html><p>Sorry", "an HTML page"),
        (b"%PDF-1.4 ...", "a PDF"),
        (b"^XA^XZ", "ZPL"),
        (b"", "nothing"),
        (b"Sorry", "5 bytes of another kind"),
        (b'{"a": ', "JSON that cannot be read"),
        (b"<a><b></a>", "XML that cannot be read"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "XML that cannot be read"),
    ],
)
def test_what_is_no_readable_answer_is_only_named(body: bytes, said: str) -> None:
    assert shape_of(answer(body, "text/plain")) == said
