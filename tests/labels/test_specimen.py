"""The specimen label: what stands on it can be read by people and by scanners, whatever the words."""

import pypdfium2
import pytest
import zxingcpp
from PIL import ImageChops, ImageStat

from deliver_to_po.labels.specimen import SpecimenWords, group_digits, render_specimen

WORDS = SpecimenWords(
    sender=("Boutique Exemple inc.", "Entrepôt", "1 rue de l'Exemple", "Québec QC  G1R 4P5"),
    office=("PHARMACIE DES ÉRABLES # 12", "BDP CENTRE", "23 CH DU LAC", "MONTRÉAL QC  H2X 1Y4"),
    recipient="Zoë Lefèvre-Nœl",
    service="Xpresspost",
    tracking_pin="7023210039414604",
    reference="ORDER-1001",
    facts=("1.25 kg", "30 × 20 × 10 cm", "D2PO"),
)


def page(pdf: bytes) -> pypdfium2.PdfPage:
    return pypdfium2.PdfDocument(pdf)[0]


def text_of(pdf: bytes) -> str:
    return str(page(pdf).get_textpage().get_text_bounded()).replace("\r\n", "\n")


def barcodes(pdf: bytes, dpi: int) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(page(pdf).render(scale=dpi / 72).to_pil())]


@pytest.mark.parametrize("dpi", [150, 203, 300])
@pytest.mark.parametrize("pin", ["7023210039414604", "EE001438583CA"])
def test_the_bars_read_as_the_tracking_number(dpi: int, pin: str) -> None:
    assert barcodes(render_specimen(WORDS._replace(tracking_pin=pin)), dpi) == [pin]


def test_a_label_is_one_page_of_four_by_six_inches() -> None:
    document = pypdfium2.PdfDocument(render_specimen(WORDS))
    assert (len(document), document[0].get_size()) == (1, (4 * 72, 6 * 72))


def test_the_same_words_give_the_same_bytes() -> None:
    assert render_specimen(WORDS) == render_specimen(WORDS._replace())


def test_everything_that_was_given_is_printed() -> None:
    printed = text_of(render_specimen(WORDS))
    given = [*WORDS.sender, *WORDS.office, WORDS.recipient, WORDS.service, WORDS.reference, *WORDS.facts]
    missing = [text for text in given if " ".join(text.split()) not in printed]
    assert missing == []
    assert "SPECIMEN" in printed
    assert "Deliver to Post Office / Livrer au bureau de poste" in printed
    assert "7023 2100 3941 4604" in printed
    assert "not valid for mailing" in printed


def test_on_a_letter_page_the_same_label_lies_in_the_middle_half_an_inch_from_the_top() -> None:
    on_letter, alone = (
        page(render_specimen(WORDS, letter=letter)).render(scale=1).to_pil() for letter in (True, False)
    )
    assert on_letter.size == (612, 792)
    cut = on_letter.crop((162, 36, 162 + 288, 36 + 432))
    assert ImageStat.Stat(ImageChops.difference(cut, alone)).mean[0] < 8


@pytest.mark.parametrize("letters", ["àâäçéèêëîïôöùûüÿœæ", "ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ", "«»’–…™ $ °", "ő ě ș Ā Ǫ ŵ"])
def test_every_letter_of_a_name_is_in_an_embedded_font(letters: str) -> None:
    pdf = render_specimen(WORDS._replace(recipient=letters))
    assert letters in text_of(pdf)
    assert b"/FontFile2" in pdf


def test_the_longest_texts_are_printed_whole() -> None:
    longest = "W" * 44
    words = WORDS._replace(
        sender=(longest, longest, longest, longest, "W" * 40 + " ON  K1A 0B1"),
        office=(longest, longest, longest, longest, "W" * 40 + " ON  K1A 0B1"),
        recipient=longest,
        reference="W" * 35,
    )
    printed = text_of(render_specimen(words))
    assert printed.count("W") == 44 * 4 + 40 + 44 * 4 + 40 + 44 + 35
    assert barcodes(render_specimen(words), 203) == [WORDS.tracking_pin]


def test_nothing_is_drawn_beyond_the_edge() -> None:
    words = WORDS._replace(recipient="Ærøskøbing " * 20, reference="W" * 200, service="Service " * 20)
    image = page(render_specimen(words)).render(scale=2).to_pil().convert("L")
    width, height = image.size
    edges = [(0, 0, 8, height), (width - 8, 0, width, height), (0, 0, width, 8), (0, height - 8, width, height)]
    assert all(image.crop(edge).getextrema() == (255, 255) for edge in edges)


@pytest.mark.parametrize(
    ("pin", "grouped"), [("7023210039414604", "7023 2100 3941 4604"), ("EE001438583CA", "EE001438583CA")]
)
def test_figures_are_grouped_as_people_read_them(pin: str, grouped: str) -> None:
    assert group_digits(pin) == grouped
