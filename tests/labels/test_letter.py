"""The letter of authorization: one page that is read from top to bottom, whatever is on it."""

from io import BytesIO

from pypdf import PdfReader

from deliver_to_po.labels.letter import MARGIN_PT, LetterWords, render_letter
from tests.labels.reading import drawn_on, place_of

LONG = LetterWords(
    heading="Letter of authorization",
    sender=["Ω " + "Wolfeschlegelsteinhausen" * 4, "1 Street", "", "Ottawa ON"],
    facts=["Canada Post", "Counter"],
    body=["I authorize " + "somebody " * 60, "Tracking number: 7023"],
    blanks=["Name", "Signature of " + "Wolfeschlegelsteinhausen" * 4, "Date"],
    notes=["Show ID. " * 30, "Order 7"],
    language="fr-CA",
)


def test_all_of_it_is_on_one_page_in_the_order_in_which_it_is_read() -> None:
    reader = PdfReader(BytesIO(render_letter(LONG)))
    [page] = reader.pages
    text = page.extract_text()
    places = [
        text.index(each) for each in ("Letter", "Ω", "1 Street", "Canada Post", "I auth", "Name", "Date", "Order 7")
    ]
    assert places == sorted(places)
    _, lowest = place_of(render_letter(LONG), "Order 7")
    assert lowest > MARGIN_PT / 2


def test_all_of_it_stands_in_its_place_with_room_to_write() -> None:
    short = LetterWords(
        "Letter", ["Ann", "", "1 Street"], ["Canada Post"], ["I authorize", "Tracking"], ["Name", "Date"], ["ID", "A-7"]
    )
    assert drawn_on(render_letter(short._replace(language="fr-CA"))) == [
        "Letter by django-deliver-to-po in fr-CA",
        "page of 612 x 792",
        "72 698.76 Bold 18: Letter",
        "72 671.78 Roman 11: Ann",
        "72 658.8 Roman 11: 1 Street",
        "72 631.82 Roman 11: Canada Post",
        "72 598.84 Roman 11: I authorize",
        "72 577.86 Roman 11: Tracking",
        ".7 n 72 523.86 m 423 523.86 l S",
        "72 510.24 Roman 9: Name",
        ".7 n 72 464.24 m 423 464.24 l S",
        "72 450.62 Roman 9: Date",
        "72 416 Roman 9: ID",
        "72 401.38 Roman 9: A-7",
    ]
