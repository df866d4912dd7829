"""Labels four on a sheet, against bare pypdf merging the same pages; and the memory that thousands of them take."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader, PdfWriter, Transformation
from reportlab.lib.pagesizes import LETTER

from bench.contest import Contest, Rival, Row, hold
from deliver_to_po.labels.sheet import FOUR, MARGIN_PT, Sheets
from deliver_to_po.labels.specimen import SpecimenWords, render_specimen

LABELS, FEW, MANY = 300, 500, 5_000
# As many different ones as are drawn for the memory: the reader knows none of them from before.
DRAWN = 50
SCALE = 0.875
ROOT = Path(__file__).parents[1]


def labels(count: int) -> list[bytes]:
    """Return specimen labels of different parcels."""
    return [
        render_specimen(
            SpecimenWords(
                sender=("Example Shop", "1 Example St", "Ottawa ON  K1A 0B1"),
                office=("Comptoir du Coin", "Plage Cristal", "3080, av. Carling", "Ottawa ON  K2B 7K0"),
                recipient=f"Marie-Ève Côté {number}",
                service="Expedited Parcel / Colis accélérés",
                tracking_pin=f"70232100{number:08}",
                reference=f"ORDER-{number}",
            )
        )
        for number in range(count)
    ]


def rates() -> Iterator[Row]:
    """Measure 300 labels against bare pypdf."""
    made = labels(LABELS)
    rival = Rival("labels_4up", "bare pypdf, same pages", lambda: _bare(made), 1.5)
    yield from hold(Contest(lambda: _ours(made), [rival], rounds=3, number=1))


def growth() -> Iterator[Row]:
    """Measure the most memory that a process of its own needs for 5,000 labels against for 500."""
    few, many = (_peak_mb(count) for count in (FEW, MANY))
    yield Row("labels_4up_memory", many, many / few, f"{FEW} labels, ours {MANY:,}", 1.2, "MB")


def _peak_mb(count: int) -> float:
    code = f"from bench.imposing import peak; print(peak({count}))"
    made = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)
    return float(made.stdout)


def peak(count: int) -> float:
    """Impose labels into a file and return the most memory that this process has had, in megabytes."""
    made = labels(DRAWN)
    with Path("/dev/null").open("wb") as out:
        sheets = Sheets(out, FOUR)
        for number in range(count):
            sheets.add(made[number % DRAWN])
        sheets.close()
    # Not getrusage, which begins with what the parent had.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _ours(made: list[bytes]) -> bytes:
    out = BytesIO()
    sheets = Sheets(out, FOUR)
    for label in made:
        sheets.add(label)
    sheets.close()
    return out.getvalue()


def _bare(made: list[bytes]) -> bytes:
    writer = PdfWriter()
    for start in range(0, len(made), FOUR.places):
        sheet = writer.add_blank_page(*LETTER)
        for place, label in enumerate(made[start : start + FOUR.places]):
            row, column = divmod(place, 2)
            x = MARGIN_PT + column * (LETTER[0] / 2 - MARGIN_PT)
            y = MARGIN_PT + (1 - row) * (LETTER[1] / 2 - MARGIN_PT)
            where = Transformation().scale(SCALE).translate(x, y)
            sheet.merge_transformed_page(PdfReader(BytesIO(label)).pages[0], where)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


MEASUREMENTS: dict[tuple[str, ...], Callable[[], Iterator[Row]]] = {
    ("labels_4up",): rates,
    ("labels_4up_memory",): growth,
}
