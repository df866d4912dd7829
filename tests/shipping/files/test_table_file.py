"""Tables that people save or paste: every usual encoding and delimiter, and what is said of the rest."""

import csv
import io
from typing import Any

import pytest

from deliver_to_po.canadapost.identifiers import tracking_number
from deliver_to_po.shipping.files import table_file
from deliver_to_po.shipping.files.number_file import NumberRow, read_numbers
from deliver_to_po.shipping.files.table_file import UnreadableFile, written_number

ONE, TWO = tracking_number("7023210", 1), tracking_number("7023210", 2)
TEXT = f"Numéro de commande,Numéro de repérage\r\nÀ’1,{ONE}\r\nB-2,{TWO}\r\n"
ROWS = [NumberRow(2, "À’1", ONE), NumberRow(3, "B-2", TWO)]


def read(content: bytes | str, **columns: Any) -> list[NumberRow]:
    return read_numbers(content.encode() if isinstance(content, str) else content, columns)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    assert read(TEXT.encode(encoding)) == ROWS


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_usual_delimiter_is_read(delimiter: str) -> None:
    text = TEXT.replace(",", delimiter)
    assert read(text) == ROWS
    # As programs begin a file that Excel is to open.
    assert read(f"sep={delimiter}\r\n{text}") == [row._replace(line=row.line + 1) for row in ROWS]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no parcel in it"),
        (b"\r\n ,, \r\n", "no parcel in it"),
        (b"Order ID,PIN\r\n", "no parcel in it"),
        (b"Name,City\r\nA,B\r\n", "There is: Name, City."),
        (b"PK\x03\x04rest", "not a text file"),
        (b"\xd0\xcf\x11\xe0rest", "not a text file"),
        (b"%PDF-1.7", "not a text file"),
        (b"\xff\xfe1", "letters cannot be read"),
        (b"Order ID,PIN\r\n" + b" " * 200 + b"\0", "letters cannot be read"),
        (b"Order ID,PIN\r\nA," + b'"' + b"1" * 200_000, "from line 2 on"),
    ],
)
def test_a_file_that_is_none_is_answered_with_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        read(content)


def test_a_file_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_file, "LARGEST_BYTES", 1_000_000)
    with pytest.raises(UnreadableFile, match="larger than 1 MB"):
        read(b"x" * 1_000_001)


def test_line_numbers_are_those_of_an_editor() -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["Order ID", "note", "PIN"], ["A", "two\nlines", ONE], [], ["B", "", TWO]])
    assert [row.line for row in read(text.getvalue())] == [3, 5]


def test_a_number_is_kept_as_its_digits() -> None:
    assert written_number(" 7023 2100-0000.0019\t") == "7023210000000019"
    assert written_number("ee 001 438 583 ca") == "EE001438583CA"
    assert len(written_number("1" * 10_000)) == table_file.LONGEST_CELL
