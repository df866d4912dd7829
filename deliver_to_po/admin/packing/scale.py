"""What a scale says about a parcel: refused in words if it is nonsense, asked about if it is far from the expected."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from deliver_to_po.admin.weights_and_money import LONGEST, kilograms_shown, read_weight

GRAM = Decimal("0.001")
# No post office takes more, so that a larger figure without a unit is one in grams.
MOST_KG = Decimal(30)
LEAST_KG = Decimal("0.01")
# A person is asked about a weight so many times the shop's, or so small a part of it, unless they differ by few grams.
TIMES_AS_MUCH = 3
MATTERS_KG = Decimal("0.3")


class NotAWeight(ValueError):
    """The text is no weight; its message tells a person what to do."""


class Weighed(NamedTuple):
    """A weight in kilograms, to the gram; ``guessed`` says that it was taken for grams for want of a unit."""

    kilograms: Decimal
    guessed: bool = False


def weigh(text: str) -> Weighed:
    """Return what a scale's figure says. Raises NotAWeight for what is none, for nothing and for less than nothing."""
    weight = read_weight(text)
    if weight is None:
        told = _("“%(text)s” is not a weight. Type it as the scale shows it, such as 1.25 kg or 1250 g.")
        raise NotAWeight(told % {"text": text[:LONGEST]})
    if weight.figure < 0:
        raise NotAWeight(_("This weight is below zero. Set the scale to zero, and weigh the parcel again."))
    guessed = not weight.unit and weight.figure > MOST_KG
    kilograms = weight.kilograms("g" if guessed else "kg").quantize(GRAM, ROUND_HALF_UP)
    if not kilograms:
        raise NotAWeight(_("There is nothing on the scale. Put the parcel on it and weigh it again."))
    return Weighed(kilograms, guessed)


def doubt(text: str, weighed: Weighed, expected_kg: Decimal) -> str:
    """Return what a person is asked before this weight counts, ``""`` if there is nothing to ask.

    ``expected_kg`` is the weight that the shop, or a clerk before, has named for the parcel.
    """
    weight, expected = kilograms_shown(weighed.kilograms), kilograms_shown(expected_kg)
    if weighed.guessed:
        return _("“%(text)s” has no unit. Is it %(weight)s?") % {"text": text, "weight": weight}
    lighter, heavier = sorted((weighed.kilograms, expected_kg))
    differs = heavier > TIMES_AS_MUCH * lighter and heavier - lighter > MATTERS_KG
    if differs or weighed.kilograms < LEAST_KG:
        words = {"weight": weight, "expected": expected}
        return _("The parcel should weigh about %(expected)s, but the scale says %(weight)s. Is that correct?") % words
    return ""
