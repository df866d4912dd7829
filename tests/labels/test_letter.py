"""The letter of authorization: one page that is read from top to bottom, whatever is on it."""

from io import BytesIO

from pypdf import PdfReader

from deliver_to_po.labels.letter import MARGIN_PT, LetterWords, render_letter
from tests.labels.reading import place_of

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


def test_a_program_that_reads_it_aloud_knows_title_and_language() -> None:
    reader = PdfReader(BytesIO(render_letter(LONG)))
    assert reader.metadata is not None
    assert reader.metadata.title == "Letter of authorization"
    assert reader.trailer["/Root"]["/Lang"] == "fr-CA"  # type: ignore[index]
    assert render_letter(LONG) == render_letter(LONG)
