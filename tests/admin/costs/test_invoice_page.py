"""The page on which Canada Post's invoice is compared: a file or pasted lines in, each number out, nothing stored."""

import csv
from collections.abc import Mapping
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from deliver_to_po.admin.costs import compare_invoice, invoice_file
from deliver_to_po.admin.costs.compare_invoice import BilledAs
from deliver_to_po.admin.costs.invoice_page import WHAT_TO_DO
from deliver_to_po.core.choices import ShipmentState
from deliver_to_po.labels.specimen import group_digits
from deliver_to_po.models import Shipment
from deliver_to_po.shipping.files.table_file import MOST_PASTED
from tests.admin.costs.test_compare_invoice import number, parcel
from tests.factories import make_delivery

pytestmark = pytest.mark.django_db
PAGE = "admin:deliver_to_po_invoice"
DAY = "Nov. 3, 2026"


def sent(client: Client, content: str | bytes | None = None, **data: Any) -> Any:
    if content is not None:
        raw = content.encode() if isinstance(content, str) else content
        data["file"] = SimpleUploadedFile("invoice.csv", raw)
    return client.post(reverse(PAGE), data)


def by_title(response: Any) -> dict[str, int]:
    return {str(group["title"]): group["count"] for group in response.context["groups"]}


def test_a_clerk_sends_the_file_and_sees_what_came_of_each(client: Client) -> None:
    parcel(1)
    parcel(2)
    parcel(3)
    parcel(4, state=ShipmentState.VOIDED)
    lines = [f"{number(1)},1.25,11.30", f"{number(2)},2.4,15.00", f"{number(4)},1,11.30", f"{number(5)},1,2.00"]
    text = "\n".join(["Tracking number,Weight (kg),Total", *lines, ",,4.00", "7.02E+15,1,1.00"])
    before = list(Shipment.objects.order_by("pk").values())
    response = sent(client, text)
    assert by_title(response) == {
        "Another amount": 1,
        "Billed though voided or refunded": 1,
        "Billed, and not known here": 1,
        "Lines that could not be read": 1,
        "Not billed, or not yet": 1,
        "The same amount": 1,
    }
    amounts = {"billed": "$15.00", "kept": "$11.30", "difference": "+$3.70"}
    row = {
        "number": group_digits(number(2)),
        "delivery": Shipment.objects.get(tracking_pin=number(2)).delivery_id,
        "reference": "ORD-2",
        "why": "Billed for 2.4 kg; the shop said 1.25 kg.",
    }
    first, *others = response.context["groups"]
    group = {"name": "other_amount", "title": "Another amount", "count": 1, "more": 0, "open": True, **amounts}
    assert first == {**group, "what_to_do": str(WHAT_TO_DO[BilledAs.OTHER_AMOUNT]), "rows": [{**row, **amounts}]}
    assert [each["name"] for each in others if not each["open"]] == ["not_billed", "same"]
    names = ("compared", "first_day", "last_day", "others_billed", "columns")
    columns = [(1, "Weight (kg)", "1.25"), (2, "Total", "11.30")]
    assert [response.context[name] for name in names] == ["Total", DAY, DAY, "$4.00", columns]
    assert response.context["total"] == {"count": 4, "billed": "$39.60", "kept": "$22.60", "difference": "+$17.00"}
    page = response.content.decode()
    # What must be looked for in the file is said with its line, and nothing else.
    lines_told = {group["title"]: "Line: " in group["rows"][0]["why"] for group in response.context["groups"]}
    assert [title for title, told in lines_told.items() if told] == [
        "Billed, and not known here",
        "Lines that could not be read",
    ]
    assert "Lines without a tracking number" in page
    assert "with taxes, as its heading says" in page
    assert "no-store" in response.headers["Cache-Control"]
    assert list(Shipment.objects.order_by("pk").values()) == before


def test_a_difference_says_in_which_direction(client: Client) -> None:
    for sequence in (1, 2, 3):
        parcel(sequence)
    billed = "\n".join(f"{number(at)} {amount}" for at, amount in ((1, "11.80"), (2, "10.80"), (3, "11.30")))
    groups = sent(client, lines=billed).context["groups"]
    differences = {row["number"][-4:]: row["difference"] for group in groups for row in group["rows"]}
    assert differences == {number(1)[-4:]: "+$0.50", number(2)[-4:]: "−$0.50", number(3)[-4:]: "$0.00"}


def test_lines_that_are_pasted_do_as_well_in_french(client: Client) -> None:
    parcel(1)
    client.cookies["django_language"] = "fr"
    pasted = f"{number(1)} 11,30 $"
    response = client.post(reverse(PAGE), {"lines": pasted}, headers={"accept-language": "fr"})
    assert by_title(response) == {"Même montant": 1}
    assert "11,30\N{NO-BREAK SPACE}$" in response.content.decode()


ONE = f"PIN,Total\n{number(1)},11.30\n"
MISTAKES: Mapping[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "Choose a file first, or paste its lines."),
    "a file of a spreadsheet": ({"content": b"PK\x03\x04"}, "save it as CSV, and choose that file"),
    "200 MB": ({"content": b"7023210000000019,1.00\n" * 500_000}, "It is larger than 10 MB"),
    "pasted lines that a browser may have cut": ({"lines": "x" * MOST_PASTED}, "may have been cut"),
    "no number": ({"lines": "Ann <b> 12.50"}, "There is no tracking number in it."),
    "lines that stay in their field": ({"lines": "Ann <b> 12.50"}, "Ann &lt;b&gt; 12.50</textarea>"),
    "no day": ({"content": ONE, "first": "tomorrow"}, "Enter a valid date."),
    "a day of another century": ({"content": ONE, "first": "9999-12-31"}, "less than or equal to 2099-12-31"),
    "days in the wrong order": ({"content": ONE, "last": "2026-10-31"}, "The first day is after the last one."),
    "another shop's": ({"content": ONE}, "Is this the invoice of another shop, or of another time?"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_answered_with_what_to_do_and_what_was_typed_stays(client: Client, mistake: str) -> None:
    typed, told = MISTAKES[mistake]
    typed = {"first": "2026-11-01", **typed}
    page = sent(client, **typed).content.decode()
    assert told in page
    assert f'value="{typed["first"]}"' in page
    assert f'maxlength="{MOST_PASTED}"' in page


def test_the_result_is_saved_without_sending_the_file_again(client: Client) -> None:
    parcel(1, delivery=make_delivery(live=True, reference="=1+1"))
    parcel(2)
    page = sent(client, f"Tracking number,Total\n{number(1)},11.30\n{number(2)},1.30\n")
    carried = page.context["carried"]
    response = sent(client, carried=carried, amount="1", weight="0", do="csv")
    content = b"".join(response.streaming_content).decode()
    headings, different, same = csv.reader(StringIO(content.removeprefix("\ufeff")))
    spaced = f"{number(1)[:4]} {number(1)[4:8]} {number(1)[8:12]} {number(1)[12:]}"
    assert headings[:3] == ["result", "tracking number", "reference"]
    assert same == ["The same amount", spaced, "'=1+1", "11.30", "11.30", "0.00", "", "2"]
    assert different[2:6] == ["ORD-2", "1.30", "11.30", "-10.00"]
    assert "no-store" in response["Cache-Control"]
    # What was saved can be read again, with the numbers whole.
    assert by_title(sent(client, content, amount="1")) == {"Another amount": 1, "The same amount": 1}


def test_a_clerk_says_which_column_has_the_amounts(client: Client) -> None:
    parcel(1)
    page = sent(client, f"Tracking number,Wert A,Wert B\n{number(1)},1.25,11.30\n", first="2026-11-01")
    assert "Say which column has the amounts." in page.content.decode()
    assert [heading for _at, heading, _first in page.context["columns"]] == ["Wert A", "Wert B"]
    response = sent(client, carried=page.context["carried"], amount="2", weight="1", first="2026-11-01")
    assert by_title(response) == {"The same amount": 1}
    assert response.context["result"].first == date(2026, 11, 1)


def test_a_file_too_long_for_the_page_is_asked_for_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invoice_file, "MOST_CARRIED", 10)
    parcel(1)
    page = sent(client, f"Tracking number,Total\n{number(1)},11.30\n").content.decode()
    assert "Choose it again." in page
    assert 'name="carried"' not in page


def test_a_long_group_is_shown_in_part_and_saved_whole(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deliver_to_po.admin.costs.invoice_page.SHOWN_AT_MOST", 2)
    lines = "\n".join(f"{number(at)},1.00" for at in range(1, 6))
    response = sent(client, f"PIN,Total\n{lines}\n")
    [group] = response.context["groups"]
    assert (len(group["rows"]), group["more"], group["count"]) == (2, 3, 5)


def test_the_costs_page_leads_to_it(client: Client) -> None:
    page = client.get(reverse("admin:deliver_to_po_costs")).content.decode()
    assert f'href="{reverse(PAGE)}"' in page


def test_days_with_too_many_parcels_are_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare_invoice, "MOST_PARCELS", 2)
    for sequence in (1, 2, 3):
        parcel(sequence)
        page = sent(client, f"PIN,Total\n{number(1)},11.30\n").content.decode()
        assert ("only the first were looked at" in page) == (sequence == 3)


def test_a_column_without_a_heading_is_called_by_where_it_stands_in_the_file(client: Client) -> None:
    lines = f"D,Ann,{number(1)},1.25,10.00\nD,Bob,{number(2)},1.5,11.00\n"
    page = sent(client, lines)
    assert page.context["columns"] == [(1, "Column 4", "1.25"), (2, "Column 5", "10.00")]
    assert "Column 5 (10.00…)" in page.content.decode()
