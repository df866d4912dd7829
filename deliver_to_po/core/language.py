"""French or English: the one place that decides it. Any French is French; every other language gets English."""

from contextlib import AbstractContextManager

from django.conf import settings
from django.conf.urls.i18n import is_language_prefix_patterns_used
from django.urls import get_urlconf
from django.utils.translation import get_language, get_supported_language_variant, override

from deliver_to_po.canadapost.types import Language


def language_of(code: str | None) -> Language:
    """Return the language for a code such as ``fr-ca``, ``FR`` or ``en``; English for none and for any other.

    Also for a shop without translations (USE_I18N): French names and hours would stand among English sentences.
    """
    return "fr" if code and code[:2].lower() == "fr" and settings.USE_I18N else "en"


def shop_language() -> Language:
    """Return the language for the shop's LANGUAGE_CODE: of what is kept or written while nobody reads."""
    return language_of(settings.LANGUAGE_CODE)


def current_language() -> Language:
    """Return the language for the one that is active: what people read, and what Canada Post is asked in."""
    return language_of(get_language())


def speaking(code: str | None) -> AbstractContextManager[None]:
    """Activate the language for ``code`` by the shop's own name for it, such as ``fr-ca``, for as long as this lasts.

    Addresses within ``i18n_patterns`` begin with that name, and lead nowhere with another.
    """
    language = language_of(code)
    return override(_in_the_shop(language) or language)


def has_addresses(code: str) -> bool:
    """Say whether the shop has pages in the language for ``code``: within ``i18n_patterns`` if it speaks it."""
    prefixed, _ = is_language_prefix_patterns_used(get_urlconf() or settings.ROOT_URLCONF)
    return not prefixed or _in_the_shop(language_of(code)) is not None


def _in_the_shop(language: Language) -> str | None:
    """Return the shop's name for a language; None if it does not speak it."""
    try:
        return get_supported_language_variant(language)
    except LookupError:
        return None
