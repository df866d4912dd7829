"""What a shipping system reports: which body is one, and what is said of any other."""

import base64
import json
from io import BytesIO
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from deliver_to_po.canadapost.identifiers import tracking_number
from deliver_to_po.labels.specimen import SpecimenWords, render_specimen
from deliver_to_po.shipping import Label, Made
from deliver_to_po.shipping.reports import LONGEST_SENTENCE, CannotBeRead, Report, read_report

ID = "ab12cd34" * 4
PIN = "7023210039414604"


def body(**data: Any) -> bytes:
    """Return a report of a shipment that was made, changed by ``data``."""
    made = {"request_id": ID, "outcome": "made", "tracking_number": PIN, **data}
    return json.dumps({"version": 1, "type": "shipment.reported", "data": made}).encode()


def label(content: bytes, media_type: str = "application/zpl") -> dict[str, str]:
    return {"media_type": media_type, "content": base64.b64encode(content).decode()}


def test_a_shipment_without_an_id_of_its_own_has_that_of_its_number() -> None:
    assert read_report(body()) == Report(ID, Made(shipment_id=PIN, tracking_number=PIN))
    told = read_report(body(shipment_id="7", transmitted=True, said="Done.", label=label(b"^XA^XZ")))
    assert told.made == Made(shipment_id="7", tracking_number=PIN, transmitted=True, said="Done.")
    assert told.label == Label(b"^XA^XZ", "application/zpl")


def test_what_was_not_made_says_why_in_one_printable_sentence_of_bounded_length() -> None:
    report = read_report(body(outcome="not_made", said="No\0 box\n" + "x" * 2000))
    assert report.made is None
    assert report.said.startswith("No  box x")
    assert len(report.said) == LONGEST_SENTENCE


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not an object"),
        (b'{"type": "shipment.reported", "data": {}}', "version"),
        (b'{"version": 1, "type": "shipment.requested", "data": {}}', "type"),
        (b'{"version": 1, "type": "shipment.reported"}', "“data” is not an object"),
        (body(request_id="../1"), "request_id"),
        (body(request_id=["x"]), "request_id"),
        (body(outcome="lost"), "outcome"),
        (body(tracking_number=""), "tracking_number"),
        (body(tracking_number=7), "tracking_number"),
        (body(tracking_number=f"{PIN[:-1]}5"), "check digit"),
        (body(tracking_number="12"), "check digit"),
        (body(tracking_number="1" * 41), "check digit"),
        (body(transmitted="yes"), "transmitted"),
        (body(recipient="Marie"), "recipient"),
        (body(label="JVBERi0="), "label"),
        (body(label=label(b"x", "text/html")), "media_type"),
        (body(label={"media_type": "application/pdf", "content": "%%%"}), "base64"),
        (body(label={"media_type": "application/pdf", "content": "é"}), "base64"),
        (body(label={"media_type": "application/pdf", "content": 5}), "base64"),
    ],
)
def test_what_is_no_report_says_what_is_wrong_with_it(wrong: bytes, said: str) -> None:
    with pytest.raises(CannotBeRead, match=said):
        read_report(wrong)


OTHER = tracking_number("7023210", 1)


def zpl(fields: str) -> dict[str, str]:
    return label(f"^XA{fields}^XZ".encode())


def printed(*lines: str) -> dict[str, str]:
    """Return a label as PDF that says these lines."""
    written = BytesIO()
    canvas = Canvas(written)
    for number, line in enumerate(lines):
        canvas.drawString(9, 90 - 20 * number, line)
    canvas.showPage()
    canvas.save()
    return label(written.getvalue(), "application/pdf")


def specimen(pin: str) -> dict[str, str]:
    words = SpecimenWords(("Shop",), ("Office",), "Marie", "Expedited Parcel", pin, facts=("1/2",))
    return label(render_specimen(words), "application/pdf")


@pytest.mark.parametrize(
    "its_own",
    [
        zpl(f"^FO9,9^BCN,90,Y,N,N^FD{PIN}^FS"),
        zpl(f"^BY3^BCN^FD>;>8K1A0B1{PIN}^FS^BCN^FD{OTHER}^FS"),
        zpl(f"^BCN^FD{PIN[:4]} {PIN[4:]}^FS"),
        zpl(f"^BY3^FO9,9^A0N^FD{OTHER}^FS"),
        zpl("^BCN^FDK1A0B1^FS"),
        specimen(PIN),
        printed(f"PIN {PIN}", OTHER),
        printed("no number", "613 555-0100", f"{PIN[:-1]}5"),
        label(b"no PDF", "application/pdf"),
    ],
)
def test_a_label_that_holds_its_number_or_none_is_taken(its_own: dict[str, str]) -> None:
    assert read_report(body(label=its_own)).label is not None


@pytest.mark.parametrize(
    "of_another",
    [
        zpl(f"^FO9,9^BCN,90,Y,N,N^FD{OTHER}^FS"),
        zpl(f"^BCN^FD>;{OTHER}^FS^A0N^FD{PIN}^FS"),
        zpl(f"^BCN,90^FO1,1^FDK1A0B1{OTHER}^FS"),
        zpl("^BCN^FDEE001438583CA^FS"),
        specimen(OTHER),
        printed(f"PIN {OTHER[:4]} {OTHER[4:8]} {OTHER[8:]}", PIN[:-1]),
        printed("Xpresspost", "EE 001 438 583 CA"),
    ],
)
def test_a_label_that_holds_only_another_parcel_s_number_is_no_report(of_another: dict[str, str]) -> None:
    with pytest.raises(CannotBeRead, match="another parcel"):
        read_report(body(label=of_another))
