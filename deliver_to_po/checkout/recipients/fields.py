"""The form's fields: each measures its text first, and refuses what a label cannot print, naming the character."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# A text this many times longer than what fits was not typed: nothing is done with it, and it is not shown again whole.
TOLERANCE = 4
# Also the slash of 514/555-0199.
DASHES = re.compile(r"[‐-―−/]")
PHONE_LABEL = re.compile(r"^\s*(?:t[eé]l(?:[eé]phone)?|phone)[\s.:]+", re.IGNORECASE)
EXTENSION = re.compile(r"(?<=\d)(\s?)[\s,;(]*(?:extension|ext|poste|x|p|#)[\s.:]*(\d+)\)?", re.IGNORECASE)
# Marks of direction: a number copied from a list of contacts may stand between two.
AROUND_A_NUMBER = " \u200e\u200f\u202a\u202c\u202d\u2066\u2068\u2069"
# Beyond Latin-1: dashes, quotation marks and what else people type in names and addresses.
TYPOGRAPHIC = frozenset("‐‑‒–—―‘’‚‛“”„‟†‡•…‰′″‹›⁄€№™−")
# Letters of no alphabet, that stand for a breath, a glottal stop or an apostrophe: Hawaiʻi, Qʼeqchiʼ.
MODIFIERS = frozenset("ʰʲʷʸʹʺʻʼʽˀˁˈ")
# An East Asian keyboard types digits and letters as wide as its own; to the buyer they are what the label prints. So is
# the colon that is a letter, of Kahnawà꞉ke.
AS_PRINTED = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0xA789: ":"}
# Label printers take what follows them for a command.
COMMANDS = "^~"
# Combining marks that are no accents: they join or hide what stands around them.
JOINER = "\N{COMBINING GRAPHEME JOINER}"


class BoundedField(forms.Field):
    """A field that measures its text before anything else: to normalise a long one can take seconds.

    ``longest`` is how many characters fit on the label. ``noun`` names the field in messages.
    """

    default_error_messages = {
        "max_length": _("%(noun)s: %(length)d characters, but only %(longest)d fit on the label. Shorten it.")
    }

    def __init__(self, *, noun: Any, longest: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.noun, self.longest = noun, longest

    def to_python(self, value: Any) -> Any:
        """Return what was typed; raises ValidationError when it is far too long."""
        if self.is_far_too_long(value):
            raise self.too_long(len(value))
        return super().to_python(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what to show again; of a text that is far too long the beginning, one character more than fits."""
        shown = super().bound_data(data, initial)
        return shown[: self.longest + 1] if self.is_far_too_long(shown) else shown

    def is_far_too_long(self, value: Any) -> bool:
        return isinstance(value, str) and len(value) > TOLERANCE * self.longest

    def too_long(self, length: int) -> ValidationError:
        params = {"noun": self.noun, "length": length, "longest": self.longest}
        return ValidationError(self.error_messages["max_length"], code="max_length", params=params)


class BoundedTextField(BoundedField, forms.CharField):
    """A bounded line of text."""


class BoundedChoiceField(BoundedField, forms.ChoiceField):
    """A bounded choice."""


class TickBox(forms.CheckboxInput):
    """A checkbox that is ticked whatever its value says: Django's puts a text of any length into lower case."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return bool(data.get(name))


class LabelField(BoundedTextField):
    """Text for one line of a label.

    Never cut: the browser is told no maxlength, since that cuts what is pasted without a word.
    """

    def __init__(self, *, required_message: Any = "", too_long_message: Any = "", **kwargs: Any):
        messages = {"required": required_message} | ({"max_length": too_long_message} if too_long_message else {})
        super().__init__(error_messages=messages, **kwargs)
        # In place of Django's own null character check, whose message says less.
        self.validators = [self._refuse_unprintable, self._refuse_too_long]

    def to_python(self, value: Any) -> str:
        """Return what was typed with composed letters, and with plain digits and spaces; ``""`` for dashes and dots."""
        composed = unicodedata.normalize("NFC", super().to_python(value) or "").translate(AS_PRINTED)
        text = "".join(" " if unicodedata.category(c) == "Zs" else c for c in composed)
        return "" if all(unicodedata.category(c)[0] in "PZ" for c in text) else text

    def _refuse_unprintable(self, text: str) -> None:
        character = next((c for c in text if not is_printable(c)), "")
        if not character:
            return
        if is_invisible(character):
            message = _(
                "%(noun)s: there is an invisible character (%(name)s) that a label cannot print. Type it again."
            )
        else:
            message = _(
                "%(noun)s: the character “%(character)s” (%(name)s) cannot be printed on a label. Use Latin letters, "
                "with or without accents, digits and punctuation."
            )
        params = {"noun": self.noun, "character": character, "name": name_of(character)}
        raise ValidationError(message, code="unprintable", params=params)

    def _refuse_too_long(self, text: str) -> None:
        if len(text) > self.longest:
            raise self.too_long(len(text))


class PhoneField(LabelField):
    """A phone number in the characters that Canada Post takes; an extension becomes ``x12``."""

    def to_python(self, value: Any) -> str:
        """Return what was typed or pasted with plain digits, dashes and extension, without a "tel:" before it."""
        text = unicodedata.normalize("NFKC", super().to_python(value)).strip(AROUND_A_NUMBER)
        return EXTENSION.sub(r"\1x\2", DASHES.sub("-", PHONE_LABEL.sub("", text)))


def is_printable(character: str) -> bool:
    """Say whether a label can print ``character``: Latin letters with any accents, digits, punctuation."""
    category = unicodedata.category(character)
    if character <= "\N{LATIN SMALL LETTER Y WITH DIAERESIS}":
        return category[0] != "C" and character not in COMMANDS
    if category[0] == "L":
        return unicodedata.name(character, "").startswith("LATIN ") or character in MODIFIERS
    if "\u0300" <= character <= "\u036f":
        return character != JOINER
    return character in TYPOGRAPHIC


def is_invisible(character: str) -> bool:
    """Say whether nothing of ``character`` can be seen on a screen."""
    category = unicodedata.category(character)
    # "Cn" is what this Python does not know yet, such as the newest emoji.
    unseen = category[0] in "CZ" and category != "Cn"
    return unseen or character == JOINER or "\ufe00" <= character <= "\ufe0f"


def name_of(character: str) -> str:
    """Return what Unicode calls ``character``, in words; its number where it has no name, as control characters."""
    name = unicodedata.name(character, "")
    return name.lower() or f"U+{ord(character):04X}"
