"""Code 128 bars: wide enough for every scanner, in the middle, with white beside them."""

from io import BytesIO

import pypdfium2
import pytest
from reportlab.pdfgen.canvas import Canvas

from deliver_to_po.labels.barcode import code128_modules, draw_code128

TEXT = "7023210039414604"
MODULES = len(code128_modules(TEXT))
# Dots that a point is drawn as.
SCALE = 4


def drawn(width: float) -> tuple[float, float, float, set[int]]:
    """Return the module, the white on both sides in points, and the greys of the bars in a box of that width."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(width + 20, 60))
    module = draw_code128(canvas, TEXT, 10, 10, width, 40)
    canvas.save()
    image = pypdfium2.PdfDocument(buffer.getvalue())[0].render(scale=SCALE).to_pil().convert("L")
    row = list(image.crop((0, image.height // 2, image.width, image.height // 2 + 1)).tobytes())
    black = [place for place, grey in enumerate(row) if grey < 128]
    return module, black[0] / SCALE - 10, width + 10 - (black[-1] + 1) / SCALE, set(row)


@pytest.mark.parametrize("width", [120.0, 180.0])
def test_bars_in_a_narrow_box_leave_ten_modules_of_white_on_each_side(width: float) -> None:
    module, left, right, _greys = drawn(width)
    assert module == pytest.approx(width / (MODULES + 20))
    assert left == pytest.approx(10 * module, abs=0.5)
    assert right == pytest.approx(10 * module, abs=0.5)


def test_bars_in_a_wide_box_are_four_dots_of_a_label_printer_and_in_the_middle() -> None:
    module, left, right, _greys = drawn(500)
    assert module == pytest.approx(4 / 203 * 72, abs=0.03)
    assert left == pytest.approx(right, abs=0.5)


def test_bars_are_black_and_not_grey() -> None:
    assert 0 in drawn(500)[3]
