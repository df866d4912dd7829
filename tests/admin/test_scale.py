"""What a scale says: read as people and scales write it, asked about where absurd, refused where it is nonsense."""

from decimal import Decimal

import pytest
from django.utils import translation

from deliver_to_po.admin.scale import LONGEST, NotAWeight, doubt, read_weight


@pytest.mark.parametrize(
    ("text", "kilograms"),
    [
        ("1.25", "1.250"),
        ("1,25 kg", "1.250"),
        ("1250 g", "1.250"),
        ("1250g", "1.250"),
        ("+ 0.5 KG", "0.500"),
        (" .5 ", "0.500"),
        ("1,250 kg", "1.250"),
        ("2 lb", "0.907"),
        ("8 oz", "0.227"),
        ("30", "30.000"),
        ("0.0004 kg", None),
        ("0", None),
        ("-0.02 kg", None),
        ("ERR", None),
        ("1.2.5", None),
        ("1,250.5", None),
        ("12 st", None),
        ("١٢", None),
        ("<b>1</b>", None),
        ("1" * (LONGEST + 1), None),
    ],
)
def test_figures_are_read_and_nonsense_is_refused(text: str, kilograms: str | None) -> None:
    if kilograms is None:
        with pytest.raises(NotAWeight):
            read_weight(text)
    else:
        assert read_weight(text).kilograms == Decimal(kilograms)


def test_a_large_figure_without_a_unit_is_taken_for_grams_and_asked_about() -> None:
    weight = read_weight("1250")
    assert weight.kilograms == Decimal("1.250")
    assert doubt("1250", weight, Decimal("1.25")) == "“1250” has no unit. Is it 1.25 kg?"
    with translation.override("fr"):
        assert doubt("1250", weight, Decimal("1.25")) == "«\u00a01250\u00a0» n’a pas d’unité. Est-ce 1,25\u00a0kg?"


@pytest.mark.parametrize(
    ("figure", "expected", "asked"),
    [
        ("1.3 kg", "1.25", False),
        ("12.5 kg", "1.25", True),
        ("0.2 kg", "1.25", True),
        ("0.2 kg", "0.05", False),
        ("2 g", "0.05", True),
    ],
)
def test_what_is_far_from_what_the_shop_says_is_asked_about(figure: str, expected: str, *, asked: bool) -> None:
    assert bool(doubt(figure, read_weight(figure), Decimal(expected))) is asked
