"""XML that wants to hurt: a typed error in bounded time and memory, whatever it holds."""

import time
import tracemalloc
from decimal import Decimal

import pytest

from deliver_to_po.canadapost.errors import InvalidRequest, Unreadable
from deliver_to_po.canadapost.portal.postoffices import read_offices
from deliver_to_po.canadapost.webservices import xml
from deliver_to_po.canadapost.webservices.answers import error_of
from deliver_to_po.canadapost.webservices.client import API
from tests.canadapost.webservices import bodies
from tests.canadapost.webservices.documents import told

SECONDS = 3.0
MEGABYTES = 200
DTD = b'<!DOCTYPE a [<!ENTITY b "c">]>'
LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (number, b"&l%d;" % (number - 1) * 10 if number else b"lol") for number in range(12)
)
MANY = 150_000

HOSTILE = {
    "an entity": b"<?xml version='1.0'?>" + DTD + b"<a>&b;</a>",
    "an external entity": b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    "a parameter entity": b"<!DOCTYPE a [<!ENTITY % b SYSTEM 'http://127.0.0.1:9/'>%b;]><a/>",
    "an external DTD": b"<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'><a/>",
    "a billion laughs": b"<!DOCTYPE a [" + LAUGHS + b"]><a>&l11;</a>",
    "a billion laughs in an attribute": b"<!DOCTYPE a [" + LAUGHS + b"]><a b='&l11;'/>",
    "an entity that nobody declared": b"<a>&b;</a>",
    "a quadratic blow-up": b"<!DOCTYPE a [<!ENTITY b '" + b"x" * 100_000 + b"'>]><a>" + b"&b;" * 10_000 + b"</a>",
    "an HTML page": b"<!doctype html><html><body>Maintenance</body></html>",
    "deep nesting": b"<a>" * MANY,
    "deep nesting that closes": b"<a>" * 5_000 + b"</a>" * 5_000,
    "a very long text": b"<a>" + b"x" * (xml.MAX_BYTES + 1) + b"</a>",
    "too many tags": b"<a>" + b"<b/>" * xml.MAX_TAGS + b"</a>",
    "nothing": b"",
    "white space": b" \n ",
    "NUL": b"\0",
    "NUL in a text": b"<a>\0</a>",
    "NUL after the end": b"<a/>\0",
    "a control character": b"<a>\x01</a>",
    "a reference to a control character": b"<a>&#1;</a>",
    "half a character": b"<a>&#xD800;</a>",
    "broken UTF-8": b"<a>\xc3\x28</a>",
    "Latin-1": "<a>é</a>".encode("latin-1"),
    "Latin-1 that says so": '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode("latin-1"),
    "UTF-16": "<a>é</a>".encode("utf-16"),
    "UTF-32": "<a>é</a>".encode("utf-32"),
    "EBCDIC": '<?xml version="1.0" encoding="cp037"?><a/>'.encode("cp037"),
    "XML 1.1": b"<?xml version='1.1'?><a>&#1;</a>",
    "two roots": b"<a/><b/>",
    "text after the end": b"<a/>b",
    "a tag that does not match": b"<a></b>",
    "an attribute twice": b"<a b='1' b='2'/>",
    "a prefix that nobody declared": b"<c:a/>",
    "JSON": b'{"a": 1}',
    "a PDF": b"%PDF-1.7\n1 0 obj",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_it_is_unreadable_soon_and_without_much_memory(body: bytes) -> None:
    tracemalloc.start()
    started = time.thread_time()
    try:
        with pytest.raises(Unreadable):
            xml.parse("find post offices", body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.thread_time() - started < SECONDS
    assert peak < MEGABYTES * 2**20


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_as_an_error_it_tells_no_messages(body: bytes) -> None:
    assert error_of("create shipment", bodies.answer(body, 500), repeatable=False).messages == ()


@pytest.mark.parametrize(
    "body",
    [
        b"<a " + b" ".join(b"b%d='c'" % number for number in range(MANY)) + b"/>",
        b"<a " + b" ".join(b"xmlns:b%d='c'" % number for number in range(MANY)) + b"/>",
        b"<a>" + b"<b/>" * (xml.MAX_TAGS - 10) + b"</a>",
        b"<a b='" + b"x" * 5_000_000 + b"'/>",
        b"<a>" + b"&lt;" * 1_000_000 + b"</a>",
    ],
    ids=["many attributes", "many namespaces", "many tags", "a long attribute", "many references"],
)
def test_what_is_well_formed_but_huge_is_no_answer_either_and_soon(body: bytes) -> None:
    started = time.thread_time()
    with pytest.raises(Unreadable):
        read_offices("find post offices", told(API.offices, body))
    assert time.thread_time() - started < SECONDS


@pytest.mark.parametrize("encoding", ["utf-8", "ISO-8859-1", "UTF-7", "x-none"])
def test_a_byte_order_mark_a_declaration_comments_and_instructions_do_no_harm(encoding: str) -> None:
    head = b"\xef\xbb\xbf<?xml version='1.0' encoding='" + encoding.encode() + b"'?><?pi x?>"
    body = head + "<a>é+ADw-<!-- c -->d<?pi x?><![CDATA[<e>]]></a>".encode()
    assert xml.parse("operation", body).text == "é+ADw-d<e>"


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\ufffe", "\ud800"])
def test_what_xml_cannot_carry_is_refused_by_the_name_of_its_element(character: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        xml.write("operation", "urn:test", "a", {"b": f"x{character}"})
    assert caught.value.field == "b"


@pytest.mark.parametrize(
    ("number", "written"),
    [("30.000", "30"), ("1E+2", "100"), ("0.10", "0.1"), ("1E-3", "0.001"), ("5000.00", "5000")],
)
def test_numbers_are_written_without_exponent_and_idle_zeros(number: str, written: str) -> None:
    assert xml.written(Decimal(number)) == written
