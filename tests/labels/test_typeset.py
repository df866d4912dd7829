"""Words in a box: wrapped where a person would, and nowhere else."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from pypdf import PdfReader
from pypdfium2 import PdfDocument
from reportlab.pdfbase.ttfonts import TTFontFace
from reportlab.pdfgen.canvas import Canvas

from deliver_to_po.labels.typeset import REGULAR, draw_box, draw_text, fit, new_canvas, pdf_of, text_width, wrap
from tests.labels.reading import place_of

NBSP = "\u00a0"


def test_what_does_not_break_stays_on_one_line() -> None:
    text = f"sans «{NBSP}ajuster à la page{NBSP}»{NBSP}; oui"
    lines = wrap(text, 60, REGULAR, 8)
    assert len(lines) > 1
    assert not [line for line in lines if line.endswith("«") or line.startswith(("»", ";"))]
    assert " ".join(lines) == text


def test_other_spaces_are_where_lines_end() -> None:
    assert wrap("  one \t two\n three ", 25, REGULAR, 8) == ["one", "two", "three"]


def test_two_spaces_before_a_postal_code_stay_two() -> None:
    """So Canada Post wants the last line of an address."""
    [one], [two] = (wrap(f"QC{gap}H2X 1Y4", 200, REGULAR, 8) for gap in (" ", "  "))
    wider = text_width(two, REGULAR, 8) - text_width(one, REGULAR, 8)
    assert wider == pytest.approx(text_width(" ", REGULAR, 8))


def test_a_word_that_is_wider_than_the_box_is_broken_and_not_cut() -> None:
    assert "".join(wrap("x" * 40, 30, REGULAR, 8)) == "x" * 40


def test_a_mark_that_no_letter_comes_with_stands_at_its_letter_and_not_beside_it() -> None:
    """Names such as Sḵwx̱wú7mesh on a letter of authorization are compared with those on photo ID."""
    canvas = new_canvas((200, 100), "en")
    draw_text(canvas, "x̱w", 50, 50, REGULAR, 10)
    page = PdfDocument(pdf_of(canvas))[0].get_textpage()
    letter, mark = (page.get_charbox(at) for at in range(2))
    assert mark[0] + mark[2] == pytest.approx(letter[0] + letter[2], abs=1)
    assert text_width("x̱w", REGULAR, 10) == pytest.approx(text_width("xw", REGULAR, 10))


@pytest.mark.parametrize(("centred", "left"), [(False, 50.0), (True, (200 - text_width("VVV", REGULAR, 10)) / 2 + 50)])
def test_words_stand_at_the_top_of_a_box_at_its_left_or_in_its_middle(centred: bool, left: float) -> None:
    buffer = BytesIO()
    canvas = Canvas(buffer)
    draw_box(canvas, ["VVV"], (50, 50, 200, 40), centred=centred)
    canvas.save()
    assert place_of(buffer.getvalue(), "VVV") == pytest.approx((left, 50 + 40 - 10), abs=1)


def test_words_that_are_many_are_set_smaller_until_all_of_them_fit() -> None:
    size, lines = fit(["word " * 60], 100, 40, REGULAR, 10)
    assert " ".join(lines).split() == ["word"] * 60
    assert size < 10
    assert len(lines) * size <= 40


@pytest.mark.parametrize(
    ("lines", "width", "height", "set_as"),
    [
        (["VVV VVV"], 45, 12.4, (10, ["VVV VVV"])),
        (["VVV VVV"], 37, 100, (8.25, ["VVV VVV"])),
        (["VVV VVV"], 33.5, 100, (7.5, ["VVV VVV"])),
        (["VVV VVV"], 32, 100, (10, ["VVV", "VVV"])),
        (["VVV", " ", "VVV "], 100, 24.2, (10, ["VVV", "VVV"])),
        (["VVV", "VVV"], 100, 24, (9.75, ["VVV", "VVV"])),
        (["VVV VVV"], 32, 24, (9.75, ["VVV", "VVV"])),
        (["V"], 100, 2, (2, ["V"])),
        ([], 100, 0, (10, [])),
    ],
)
def test_words_are_set_a_little_smaller_before_they_are_wrapped_and_wrapped_before_much_smaller(
    lines: list[str], width: float, height: float, set_as: tuple[float, list[str]]
) -> None:
    assert fit(lines, width, height, REGULAR, 10) == set_as


def test_a_name_is_drawn_in_the_letters_that_some_font_has() -> None:
    """The font for Canada's two languages names Đ and ď, and has an empty box for them; no font here has ễ."""
    canvas = new_canvas((200, 50), "en")
    draw_text(canvas, "Đặng Nguyễn, Ďuriš", 10, 10, REGULAR, 10)
    [page] = PdfReader(BytesIO(pdf_of(canvas))).pages
    assert page.extract_text().replace("\n", "") == "Đặng Nguyên, Ďuriš"
    drawn: dict[str, str] = {}

    def keep(text: str, _cm: object, _tm: object, font: Any, _size: object) -> None:
        drawn.update(dict.fromkeys(text, font and str(font["/BaseFont"]).partition("+")[2]))

    page.extract_text(visitor_text=keep)
    assert {drawn[letter] for letter in "ĐặĎ"} == {"DejaVuSansMono"}
    assert {drawn[letter] for letter in "nguyêš"} == {"BitstreamVeraSans-Roman"}


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("Cafe\u0301 e\u0301quitable", "Café équitable"),
        ("soft\u00adhyphen zero\u200bwidth \u200fmark", "softhyphen zerowidth mark"),
    ],
    ids=["accents of their own", "what is not seen"],
)
def test_what_shops_copied_from_elsewhere_is_drawn_as_people_write_it(typed: str, drawn: str) -> None:
    canvas = new_canvas((400, 50), "en")
    draw_text(canvas, typed, 10, 10, REGULAR, 10)
    [page] = PdfReader(BytesIO(pdf_of(canvas))).pages
    assert page.extract_text().strip() == drawn
    assert text_width(typed, REGULAR, 10) == text_width(drawn, REGULAR, 10)


def test_fonts_of_two_pages_are_never_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """reportlab reads a font at one place for all threads, so that accents would go astray."""
    read, both = TTFontFace.makeSubset, Barrier(2)

    def read_beside_another(face: TTFontFace, subset: Any) -> Any:
        with suppress(BrokenBarrierError):
            both.wait(0.2)
        return read(face, subset)

    def draw(_which: int) -> bool:
        canvas = new_canvas((200, 50), "fr")
        draw_text(canvas, "Côté", 10, 10, REGULAR, 10)
        return bool(pdf_of(canvas))

    monkeypatch.setattr(TTFontFace, "makeSubset", read_beside_another)
    with ThreadPoolExecutor(2) as threads:
        assert all(threads.map(draw, range(2)))
    assert both.broken
