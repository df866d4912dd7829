"""French or English: the one place that decides it. Any French is French; every other language gets English."""

from django.utils.translation import get_language

from deliver_to_po.canadapost.types import Language


def language_of(code: str | None) -> Language:
    """Return the language for a code such as ``fr-ca``, ``FR`` or ``en``; English for none and for any other."""
    return "fr" if code and code[:2].lower() == "fr" else "en"


def current_language() -> Language:
    """Return the language for the one that is active: what people read, and what Canada Post is asked in."""
    return language_of(get_language())
