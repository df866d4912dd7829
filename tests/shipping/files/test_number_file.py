"""Files in which tracking numbers come back: their columns, and what each mistake is answered."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deliver_to_po.canadapost.identifiers import tracking_number
from deliver_to_po.shipping.est import Est2File
from deliver_to_po.shipping.files.number_file import NumberRow, read_numbers
from deliver_to_po.shipping.files.table_file import UnreadableFile
from deliver_to_po.shipping.manual import Manual

EXPORTS = [
    Path(__file__).parent / "est_exports" / f"{name}.csv"
    for name in (
        *("comma-cp1252", "comma-utf-8", "headings-comma-utf-8"),
        *("headings-semicolon-cp1252", "semicolon-cp1252", "semicolon-utf-8"),
    )
]
ONE, TWO = tracking_number("7023210", 1), tracking_number("7023210", 2)


def read(content: bytes | str, **columns: Any) -> list[NumberRow]:
    return read_numbers(content.encode() if isinstance(content, str) else content, columns)


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        ("Order ID,x,Tracking Number", {}),
        ("order_id,x,PIN", {"PARCEL_COLUMN": "", "NUMBER_COLUMN": ""}),
        ("No de commande,x,NIP", {}),
        ("N° de commande,x,N° de suivi", {}),
        ("Référence du client,x,NIP de repérage", {}),
        ("a,b,c", {"PARCEL_COLUMN": 1, "NUMBER_COLUMN": 3}),
        ("Auftrag,x,Sendung", {"PARCEL_COLUMN": "auftrag", "NUMBER_COLUMN": "Sendung"}),
    ],
)
def test_columns_are_found_by_name_or_as_the_shop_says(heading: str, columns: Mapping[str, Any]) -> None:
    assert read(f"{heading}\nA-1,,{ONE}\n", **columns) == [NumberRow(2, "A-1", ONE)]
    assert set(columns) <= Manual.option_names.keys() & Est2File.option_names.keys()


@pytest.mark.parametrize(
    ("line", "columns"),
    [
        (f"A-1,{ONE}", {}),
        (f"{ONE}\tA-1", {}),
        (f"A-1 ; {ONE}", {}),
        (f"A-1,,{ONE}", {"PARCEL_COLUMN": 1, "NUMBER_COLUMN": 3}),
    ],
)
def test_two_columns_and_those_that_the_shop_counts_need_no_heading(line: str, columns: Mapping[str, Any]) -> None:
    assert read(line, **columns) == [NumberRow(1, "A-1", ONE)]


def test_a_mistyped_number_in_the_first_of_two_columns_without_a_heading_costs_no_other_line() -> None:
    mistyped = ONE[:-1] + str(9 - int(ONE[-1]))
    assert read(f"A-1,{mistyped}\nB,{TWO}\n")[1] == NumberRow(2, "B", TWO)


def test_a_hundred_thousand_lines_are_read_and_one_more_is_not() -> None:
    lines = "A,1\n" * 100_000
    assert len(read(f"Order ID,PIN\n{lines}")) == 100_000
    with pytest.raises(UnreadableFile, match="more than 100000 lines"):
        read(f"Order ID,PIN\n{lines}A,1\n")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"=A1,{ONE}", "formula"),
        ('A,"=""7023210000000019"""', "formula"),
        (f",{ONE}", "names no parcel"),
        ("A,7.02321E+15", "rounded the tracking number"),
        ("A", "too few columns: 1"),
    ],
)
def test_a_line_that_cannot_be_read_says_why_and_costs_no_other(line: str, said: str) -> None:
    wrong, right = read(f"Order ID,PIN\n{line}\nB,{TWO}\n")
    assert said in wrong.problem
    assert right == NumberRow(3, "B", TWO)


@pytest.mark.parametrize("export", EXPORTS, ids=lambda path: path.stem)
def test_est_s_own_export_is_read_without_a_setting(export: Path) -> None:
    rows = read(export.read_bytes())
    assert [(row.parcel, row.number, row.problem) for row in rows] == [
        ("ORDER-1001-AB12CD", ONE, ""),
        ("ORDER-1002-EF34AB", TWO, ""),
    ]


def test_a_shop_s_own_columns_count_in_est_s_export_too() -> None:
    assert read(EXPORTS[0].read_bytes(), PARCEL_COLUMN=1)[0].parcel == "900001"


def test_columns_that_are_not_known_are_answered_with_the_one_of_est() -> None:
    with pytest.raises(UnreadableFile, match="in an export of EST “Imported Order ID”"):
        read("Name,City\nA,B\n")
