"""French or English: the one place that decides it. Any French is French; every other language gets English."""

from contextlib import AbstractContextManager, suppress

from django.utils.translation import get_language, get_supported_language_variant, override

from deliver_to_po.canadapost.types import Language


def language_of(code: str | None) -> Language:
    """Return the language for a code such as ``fr-ca``, ``FR`` or ``en``; English for none and for any other."""
    return "fr" if code and code[:2].lower() == "fr" else "en"


def current_language() -> Language:
    """Return the language for the one that is active: what people read, and what Canada Post is asked in."""
    return language_of(get_language())


def speaking(code: str | None) -> AbstractContextManager[None]:
    """Activate the language for ``code`` by the shop's own name for it, such as ``fr-ca``, for as long as this lasts.

    Addresses within ``i18n_patterns`` begin with that name, and lead nowhere with another.
    """
    language: str = language_of(code)
    with suppress(LookupError):  # the shop does not speak it
        language = get_supported_language_variant(language)
    return override(language)
