"""A plot of two bars a month, as numbers for SVG: widths in per cent of the page, heights and words in pixels.

So it fills the page and its words stay as high as the page's, on a telephone too. It has neither script nor style of
its own, which a strict CSP allows (decision record 0048).
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _

HEIGHT, TOP, FLOOR = 234, 34, 208
LINES = 4
# In dollars or days, and tens, hundreds and so on of them.
DOLLARS, DAYS = (10, 20, 25, 50), (1, 2, 5)


class Bar(NamedTuple):
    """One month: where its two bars and its words are, and what is written above it."""

    name: str
    middle: str
    first_x: str
    second_x: str
    first_y: str
    first_height: str
    second_y: str
    second_height: str
    above_y: str
    difference: str
    less: bool


class Plot(NamedTuple):
    """The bars of some months, and the lines behind them, each with its height and its amount.

    What stands above a month is how much more its first bar is than its second; ``less`` says that it is less.
    """

    bars: Sequence[Bar]
    lines: Sequence[tuple[str, str]]
    width: str
    height: int = HEIGHT


def plot_of(months: Sequence[tuple[str, Decimal, Decimal]], *, in_days: bool = False) -> Plot | None:
    """Return the plot of (name, first, second) in CAD, or in days; None if there is nothing to compare."""
    most = max((max(first, second) for _name, first, second in months), default=Decimal(0))
    if not most:
        return None
    step, written = _step(most, DAYS if in_days else DOLLARS), number_format if in_days else _dollars
    share, width = 100 / len(months), min(2.6 * 12 / len(months), 8.0)
    bars = [_bar(place * share + share / 2, width, month, step * LINES) for place, month in enumerate(months)]
    lines = [(_px(_y(step * n, step * LINES)), written(step * n)) for n in range(LINES + 1)]
    return Plot(bars, lines, _percent(width))


def _dollars(amount: Decimal) -> str:
    return _("$%(amount)s") % {"amount": number_format(amount, decimal_pos=0, force_grouping=True)}


def _step(most: Decimal, steps: Sequence[int]) -> Decimal:
    """Return the round amount between two lines, such that LINES of them hold the most."""
    scale = Decimal(1)
    while True:
        for step in steps:
            if step * scale * LINES >= most:
                return step * scale
        scale *= 10


def _bar(middle: float, width: float, month: tuple[str, Decimal, Decimal], top: Decimal) -> Bar:
    name, first, second = month
    higher = _y(max(first, second), top)
    difference = round(first - second)
    sign = "+" if difference > 0 else "−" if difference < 0 else ""
    return Bar(
        name,
        _percent(middle),
        _percent(middle - width - 0.15),
        _percent(middle + 0.15),
        _px(_y(first, top)),
        _px(FLOOR - _y(first, top)),
        _px(_y(second, top)),
        _px(FLOOR - _y(second, top)),
        _px(higher - 7),
        f"{sign}{number_format(abs(difference), force_grouping=True)}",
        difference < 0,
    )


def _y(amount: Decimal, top: Decimal) -> float:
    return FLOOR - float(amount / top) * (FLOOR - TOP)


def _px(number: float) -> str:
    return f"{number:.1f}"


def _percent(number: float) -> str:
    return f"{number:.2f}%"
