"""The details of an invoice: whatever program wrote them, and what each mistake is answered."""

from decimal import Decimal

import pytest

from deliver_to_po.admin.costs import invoice_file
from deliver_to_po.admin.costs.invoice_file import (
    Charge,
    Columns,
    Table,
    Taxes,
    charges,
    chosen_columns,
    known_columns,
    read_invoice,
)
from deliver_to_po.canadapost.identifiers import tracking_number
from deliver_to_po.shipping.files.table_file import UnreadableFile

ONE, TWO = tracking_number("7023210", 1), tracking_number("7023210", 2)
WANTED = [(ONE, Decimal("12.50")), (TWO, Decimal("1234.05"))]


def read(content: bytes | str) -> list[Charge]:
    table = read_invoice(content.encode() if isinstance(content, str) else content)
    columns = known_columns(table)
    assert columns is not None
    return charges(table, columns)


def figures(content: bytes | str) -> list[tuple[str, Decimal]]:
    read_lines = read(content)
    assert [line.problem for line in read_lines] == [""] * len(read_lines)
    return [(line.number, line.amount) for line in read_lines]


@pytest.mark.parametrize(
    ("heading", "written", "kilograms"),
    [("Poids (kg)", "1,250", "1.250"), ("Weight (g)", "1250", "1.250"), ("Weight (kg)", "1250 g", "1.250")],
)
def test_a_weight_has_its_unit_beside_it_or_in_the_heading(heading: str, written: str, kilograms: str) -> None:
    [line] = read(f"Tracking number;{heading};Total\n{ONE};{written};12.50\n")
    assert line.weight_kg == Decimal(kilograms)


@pytest.mark.parametrize(
    "content",
    [
        f"Tracking number,Amount\n{ONE},12.50\n{TWO},1234.05\n",
        f"Tracking Number;Total\r\n{ONE};12,50\r\n{TWO};1 234,05\r\n",
        f"Montant total\tNuméro de repérage\n12,50 $\t{ONE}\n1 234,05 $\t{TWO}\n",
        f'\ufeffPIN,Montant\n{ONE},"12,50"\n{TWO},"1 234,05"\n',
        f"Numéro de repérage;Montant facturé\n{ONE};12,50\n{TWO};1234,05\n".encode("cp1252"),
        f"Tracking number\tAmount\n{ONE}\t12.50\n{TWO}\t1234.05\n".encode("utf-16"),
        f"{ONE},12.50\n{TWO},1234.05\n",
        f"{ONE},12,50\n{TWO},1 234,05\n",
        f"{ONE[:4]} {ONE[4:8]} {ONE[8:12]} {ONE[12:]} 12.50\n{TWO[:4]}-{TWO[4:8]}-{TWO[8:12]}-{TWO[12:]}\t$1,234.05\n",
        f'Invoice 1, of November\n\nItem number,Description,Net amount\n="{ONE}",a,12.50\n\'{TWO},b,1234.05\n',
        f"Invoice 1\nDescription,Tracking number,Amount\na,{ONE},12.50\nb,{TWO},1234.05\n",
        f"Tracking number{',Fee' * 25},Total\n{ONE}{',1.00' * 25},12.50\n{TWO}{',1.00' * 25},1234.05\n",
        f"Statement; of, many, commas\nTracking number;Name;Amount\n{ONE};Côté, M.;12,50\n{TWO};Roy, P.;1234,05\n",
    ],
)
def test_a_file_is_read_whatever_wrote_it(content: bytes | str) -> None:
    assert figures(content) == WANTED


def test_a_column_with_taxes_goes_before_one_without_as_prices_are_kept_with_them() -> None:
    text = f"Tracking number,Weight,Net amount,HST,Total\n{ONE},1.25,10.00,1.30,11.30\n"
    table = read_invoice(text.encode())
    assert known_columns(table) == Columns(amount=4, weight=1, taxes=Taxes.WITH)
    assert chosen_columns(table, "2", "0") == Columns(amount=2, weight=0, taxes=Taxes.ADDED, added=(3,))
    assert chosen_columns(table, "1", "2") == Columns(amount=1, weight=2, taxes=Taxes.NOT_KNOWN)


@pytest.mark.parametrize(
    ("headings", "taxes", "amount"),
    [
        ("HST", "1.30", "11.30"),
        ("TPS,TVQ", "0.50,1.00", "11.50"),
        ("GST/HST,PST", "0.50,", "10.50"),
        ("GST,QST,Total taxes", "0.50,1.00,1.60", "11.60"),
        ("Discount", "1.00", "10.00"),
    ],
)
def test_the_invoices_own_taxes_are_added_to_an_amount_without_them(headings: str, taxes: str, amount: str) -> None:
    [line] = read(f"Tracking number,Subtotal,{headings}\n{ONE},10.00,{taxes}\n")
    assert (line.amount, line.problem) == (Decimal(amount), "")


def test_a_tax_that_a_line_has_not_adds_nothing_to_it() -> None:
    lines = read(f"Tracking number,Subtotal,GST,QST\n{ONE},10.00,0.50,1.00\n{TWO},10.00,0.50,\n")
    assert [line.amount for line in lines] == [Decimal("11.50"), Decimal("10.50")]


@pytest.mark.parametrize("place", ["", "0", "5", "-1", "x", "9" * 5000])
def test_a_column_that_is_not_there_is_not_chosen(place: str) -> None:
    table = read_invoice(f"Tracking number,a,b\n{ONE},1.25,10.00\n".encode())
    assert chosen_columns(table, place, "0") is None


def test_of_unknown_columns_somebody_must_say_which_one_it_is() -> None:
    table = read_invoice(f"Tracking number,Wert A,Wert B,Name\n{ONE},1.25,10.00,Ann\n".encode())
    assert table.headings == ["Tracking number", "Wert A", "Wert B"]
    assert known_columns(table) is None


def test_of_two_columns_with_numbers_the_one_that_is_called_so_counts() -> None:
    text = f"Original item,Tracking number,Total\n{TWO},{ONE},12.50\n{TWO},,1.00\n"
    assert [(line.number, line.amount) for line in read(text)] == [(ONE, Decimal("12.50")), ("", Decimal("1.00"))]


def test_a_line_without_an_amount_bills_nothing() -> None:
    first, second = read(f"Tracking number,Total\n{ONE},12.50\n{TWO},free\n")
    assert (first.amount, first.problem) == (Decimal("12.50"), "")
    assert second.amount == 0
    assert "has no amount in this column" in second.problem


def test_without_headings_the_only_column_that_does_not_count_is_the_amount() -> None:
    assert figures(f"{ONE};2;12,50\n{TWO};1;1234,05\n") == WANTED
    assert known_columns(read_invoice(f"{ONE};2,00;12,50\n".encode())) is None


def test_what_a_page_carries_has_no_names_and_comes_back_the_same() -> None:
    table = read_invoice(f"Tracking number,Recipient,Amount\n{ONE},Marie-Ève Côté,12.50\n".encode())
    assert Table.from_carried(table.carried()) == table
    assert "Marie" not in str(table)


@pytest.mark.parametrize("text", ["", "x", "eyJhIjoxfQ:1abc:xyz"])
def test_what_a_page_did_not_carry_is_not_taken(text: str) -> None:
    with pytest.raises(UnreadableFile, match="Choose the file again"):
        Table.from_carried(text)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "There is no parcel in it"),
        (b"name,amount\nAnn,12.50\n", "no tracking number in it"),
        (b"name,amount\n7023210000000011,12.50\n", "no tracking number in it"),
        (f"Tracking number,Name\n{ONE},Ann\n".encode(), "no amount in it"),
    ],
)
def test_a_file_that_is_none_is_answered_with_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        read_invoice(content)


def test_a_file_that_is_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invoice_file, "MOST_LINES", 3)
    assert len(read(f"PIN,Amount\n{ONE},1.00\n{ONE},2.00\n")) == 2
    with pytest.raises(UnreadableFile, match="more than 3 lines"):
        read(f"PIN,Amount\n{ONE},1.00\n{ONE},2.00\n{ONE},3.00\n")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("7.02321E+15,12.50", "rounded the tracking number"),
        ('"7,02321E+15",12.50', "rounded the tracking number"),
        (f"{ONE[:-1]}{(int(ONE[-1]) + 1) % 10},12.50", "not a Canada Post tracking number"),
        (f"{ONE},", "no amount in this column"),
        (f"{ONE},free", "no amount in this column"),
        (f"{ONE},12,50", "not under its heading"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_line_that_cannot_be_read_says_why_and_costs_no_other(line: str, said: str, first: bool) -> None:
    right = f"{TWO},9.95"
    lines = [line, right] if first else [right, line]
    read_lines = read("\n".join(["Tracking number,Amount", *lines, f"{TWO},3.00"]))
    [wrong] = [charge for charge in read_lines if charge.problem]
    assert said in wrong.problem
    assert wrong.line == (2 if first else 3)
    assert [charge.amount for charge in read_lines if not charge.problem] == [Decimal("9.95"), Decimal("3.00")]


def test_a_cell_is_cut_before_anything_is_done_with_it() -> None:
    table = read_invoice(f"Tracking number,Amount\n{ONE},{'1' * 100_000}\n{TWO},1.00\n".encode())
    assert max(len(str(cell)) for row in table.rows for cell in row) == 40


@pytest.mark.parametrize("wide", ["Tracking number,Total" + ",x" * 400, ",x" * 400])
def test_a_file_with_hundreds_of_columns_is_refused_before_each_of_them_is_looked_at(wide: str) -> None:
    with pytest.raises(UnreadableFile, match="more than 300 columns"):
        read_invoice(f"{wide}\n{ONE},12.50\n{TWO},1234.05".encode())


def test_the_empty_columns_that_a_spreadsheet_writes_at_the_end_do_not_count() -> None:
    empty = "," * 16_000
    assert figures(f"Tracking number,Total{empty}\n{ONE},12.50{empty}\n{TWO},1234.05{empty}") == WANTED


def test_commas_in_a_cell_are_no_columns_of_a_file_with_semicolons() -> None:
    assert figures(f"Tracking number;Total;Note\n{ONE};12.50;{',x' * 400}\n{TWO};1234.05;") == WANTED
