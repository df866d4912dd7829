"""What a scale says, or a person reads from it: "1.25", "1,25 kg", "1250 g", "2 lb". Nonsense is refused in words."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import localize
from django.utils.translation import gettext as _

# Longer than any scale's figure; nothing is done with a longer text.
LONGEST = 40
UNITS = {
    "": Decimal(1),
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "lb": Decimal("0.45359237"),
    "lbs": Decimal("0.45359237"),
    "oz": Decimal("0.028349523125"),
}
GRAM = Decimal("0.001")
# No post office takes more, so that a larger figure without a unit is one in grams.
MOST_KG = Decimal(30)
LEAST_KG = Decimal("0.01")
# What is as many times heavier or lighter than the shop says is asked about, unless it is a matter of a few grams.
TIMES_AS_MUCH = 3
MATTERS_KG = Decimal("0.3")
# A comma is a decimal one: what a post office takes is never a thousand of anything but grams.
FIGURE = re.compile(r"(?P<number>[0-9]{1,9}(?:[.,][0-9]{0,9})?|[.,][0-9]{1,9}) ?(?P<unit>[A-Za-z]{0,3})\.?", re.ASCII)


class NotAWeight(ValueError):
    """The text is no weight; its message tells a person what to do."""


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight in kilograms, to the gram; ``guessed`` says that it was taken for grams for want of a unit."""

    kilograms: Decimal
    guessed: bool = False

    @property
    def shown(self) -> str:
        """Return it as people write it."""
        return shown(self.kilograms)


def shown(kilograms: Decimal) -> str:
    """Return a weight as people write it: ``1.25 kg``, ``1,25 kg``."""
    return _("%(weight)s kg") % {"weight": localize(kilograms.normalize() + 0)}


def read_weight(text: str) -> Weight:
    """Return what a scale's figure says; raises NotAWeight for what is none, for nothing and for less than nothing."""
    if len(text) > LONGEST:
        raise NotAWeight(_("This is too long for a weight. Type it as the scale shows it, such as 1.25 kg."))
    figure = " ".join(text.split()).lstrip("+ ")
    if figure.startswith(("-", "−")):
        raise NotAWeight(_("This weight is below zero. Set the scale to zero, and weigh the parcel again."))
    match = FIGURE.fullmatch(figure)
    unit = match["unit"].casefold() if match else ""
    if match is None or unit not in UNITS:
        raise NotAWeight(
            _("“%(text)s” is not a weight. Type it as the scale shows it, such as 1.25 kg or 1250 g.") % {"text": text}
        )
    return _weight(Decimal(match["number"].replace(",", ".")), unit)


def _weight(number: Decimal, unit: str) -> Weight:
    guessed = not unit and number > MOST_KG
    kilograms = (number * UNITS["g" if guessed else unit]).quantize(GRAM, ROUND_HALF_UP)
    if not kilograms:
        raise NotAWeight(_("Nothing lies on the scale. Put the parcel on it, and weigh it again."))
    return Weight(kilograms, guessed)


def doubt(text: str, weight: Weight, expected_kg: Decimal) -> str:
    """Return what a person is asked before this weight counts, ``""`` where there is nothing to ask.

    ``expected_kg`` is what the shop, or a clerk before, says that the parcel weighs.
    """
    words = {"text": text, "weight": weight.shown, "expected": shown(expected_kg)}
    if weight.guessed:
        return _("“%(text)s” has no unit. Is it %(weight)s?") % words
    lighter, heavier = sorted((weight.kilograms, expected_kg))
    differs = heavier > TIMES_AS_MUCH * lighter and heavier - lighter > MATTERS_KG
    if differs or weight.kilograms < LEAST_KG:
        return _("The parcel should weigh about %(expected)s, and the scale says %(weight)s. Is that right?") % words
    return ""
