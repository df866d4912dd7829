"""What a scale says: read as people and scales write it, asked about where absurd, refused where it is nonsense."""

from decimal import Decimal

import pytest
from django.utils import translation

from deliver_to_po.admin.packing.scale import NotAWeight, Weighed, doubt, weigh
from deliver_to_po.admin.weights_and_money import LONGEST


@pytest.mark.parametrize(
    ("text", "kilograms"),
    [("1,25 kg", "1.250"), ("1250 g", "1.250"), ("2 lb", "0.907"), ("0.0005 kg", "0.001"), ("30", "30.000")],
)
def test_a_weight_is_taken_to_the_gram(text: str, kilograms: str) -> None:
    assert weigh(text) == Weighed(Decimal(kilograms))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0.0004 kg", "There is nothing on the scale"),
        ("0", "There is nothing on the scale"),
        ("-0.02 kg", "below zero"),
        ("ERR", "“ERR” is not a weight"),
        ("1" * (LONGEST + 1), f"“{'1' * LONGEST}” is not a weight"),
    ],
)
def test_nonsense_is_refused_with_what_to_do(text: str, said: str) -> None:
    with pytest.raises(NotAWeight, match=said):
        weigh(text)


def test_a_large_figure_without_a_unit_is_taken_for_grams_and_asked_about() -> None:
    assert weigh("31") == Weighed(Decimal("0.031"), guessed=True)
    weight = weigh("1250")
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
    assert bool(doubt(figure, weigh(figure), Decimal(expected))) is asked
