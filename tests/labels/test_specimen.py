"""The specimen label: what stands on it can be read by people and by scanners, whatever the words."""

import pypdfium2
import pytest
import zxingcpp
from PIL import ImageChops, ImageStat

from deliver_to_po.labels.specimen import SpecimenWords, group_digits, render_specimen
from tests.labels.reading import crossing, drawn_on

WORDS = SpecimenWords(
    sender=("Boutique Exemple inc.", "Entrepôt", "1 rue de l'Exemple", "Québec QC  G1R 4P5"),
    office=("PHARMACIE DES ÉRABLES # 12", "BDP CENTRE", "23 CH DU LAC", "MONTRÉAL QC  H2X 1Y4"),
    recipient="Zoë Lefèvre-Nœl",
    service="Xpresspost",
    tracking_pin="7023210039414604",
    reference="ORDER-1001",
    facts=("1.25 kg", "30 × 20 × 10 cm", "D2PO"),
)

DRAWN = """\
SPECIMEN by django-deliver-to-po in fr-CA
page of 288 x 432
.9 .857167 .515038 -0.515038 .857167 144 281 cm grey .88, lines 0
-136 -17.0079 Bold 47.24417 grey .88, lines 0: SPECIMEN
12.96 402.36 Bold 17: Xpresspost
175.4496 410.64 Roman 8: 1.25 kg
175.4496 401.2 Roman 8: 30 ? 20 ? 10 cm
175.4496 391.76 Roman 8: D2PO
.8 n 12.96 374 m 275.04 374 l S
12.96 363.02 Bold 6.5: From / Exp?diteur
12.96 351.18 Roman 8.5: Boutique Exemple inc.
12.96 341.15 Roman 8.5: Entrep?t
12.96 331.12 Roman 8.5: 1 rue de l'Exemple
12.96 321.09 Roman 8.5: Qu?bec QC  G1R 4P5
.8 n 12.96 300 m 275.04 300 l S
.8 n 12.96 274 262.08 20 re f*
19.23706 282.72 Bold 9 grey 1, lines 0: Deliver to Post Office / Livre
12.96 258.96 Bold 12: PHARMACIE DES ?RABLES # 12
12.96 244.8 Bold 12: BDP CENTRE
12.96 230.64 Bold 12: 23 CH DU LAC
12.96 216.48 Bold 12: MONTR?AL QC  H2X 1Y4
12.96 191.02 Bold 6.5: To be picked up by / Sera rama
12.96 174.04 Roman 13: Zo? Lef?vre-N?l
.8 n 12.96 151 m 275.04 151 l S
12.96 141.02 Bold 6.5: Tracking number / Num?ro de re
34 bars, 55.44 80 54 to 229.68 80 54
64.8479 66.04 Bold 13: 7023 2100 3941 4604
.8 n 12.96 56 m 275.04 56 l S
12.96 46.18 Roman 8.5: Reference / R?f?rence : ORDER-
12.96 22.48 Bold 6: Test label, not valid for mail"""


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


def test_all_of_it_stands_in_its_place() -> None:
    assert drawn_on(render_specimen(WORDS._replace(language="fr-CA"))) == DRAWN.splitlines()
    assert not [line for line in drawn_on(render_specimen(WORDS._replace(reference=""))) if "Reference" in line]


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
    assert crossing(render_specimen(words._replace(mark="", service=longest, facts=(longest,) * 3)), margin=12) == []


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
