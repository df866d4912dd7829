"""LANGUAGE_CODE, LANGUAGES, LocaleMiddleware: do people read their language, and times as it writes them."""

from datetime import datetime

import django
from django.conf import global_settings, settings
from django.core.checks import CheckMessage
from django.utils import dateformat
from django.utils.formats import get_format
from django.utils.module_loading import import_string

from deliver_to_po.operations.checks.messages import warning

LOCALE_MIDDLEWARE = "django.middleware.locale.LocaleMiddleware"
FRENCH_TIMES = r'''TIME_FORMAT = "H\xa0\\h\xa0i"
DATETIME_FORMAT = "j F Y, H\xa0\\h\xa0i"
SHORT_DATETIME_FORMAT = "Y-m-d H\xa0\\h\xa0i"'''


def check_middleware(**_kwargs: object) -> list[CheckMessage]:
    """Warn when a buyer's language is never found out, or not spoken."""
    if not settings.USE_I18N:
        message = "USE_I18N is False: everybody reads English, whatever LANGUAGE_CODE says."
        return [warning(56, message, "Set it to True, or silence this if the shop speaks English only.")]
    if any(_is_locale_middleware(path) for path in settings.MIDDLEWARE):
        return []
    message = "No LocaleMiddleware is in MIDDLEWARE: every buyer and every clerk sees LANGUAGE_CODE only."
    fix = f"Add “{LOCALE_MIDDLEWARE}” after the session's middleware, or silence this if the shop speaks one language."
    return [warning(56, message, fix)]


def check_languages(**_kwargs: object) -> list[CheckMessage]:
    """Warn when a browser may ask for any of Django's languages, though no shop has its pages in all of them."""
    named = list(settings.LANGUAGES) != list(global_settings.LANGUAGES)
    if named or not any(_is_locale_middleware(path) for path in settings.MIDDLEWARE):
        return []
    message = (
        "LANGUAGES is not set, so that LocaleMiddleware lets a browser choose any language of Django's: the step then "
        "speaks English or French, Django's messages that language, and the shop's pages LANGUAGE_CODE."
    )
    fix = (
        'Name the languages that the shop\'s own pages speak: LANGUAGES = [("en", "English"), ("fr", "Français")], or '
        'only one of them, such as LANGUAGES = [("fr-ca", "Français")].'
    )
    return [warning(70, message, fix)]


def check_french_times(**_kwargs: object) -> list[CheckMessage]:
    """Warn when the admin would write 13 h 40 as “13 01 40”, as Django 5.2 does in fr-ca."""
    spoken = [settings.LANGUAGE_CODE, *(code for code, _name in settings.LANGUAGES)]
    if "fr-ca" not in spoken or "01" not in _written("fr-ca"):
        return []
    message = f"In “fr-ca” Django {django.get_version()} writes 13:40 as “13 01 40”, also in the admin."
    fix = (
        'Put “fr” in the place of “fr-ca” in LANGUAGE_CODE and LANGUAGES. Or set FORMAT_MODULE_PATH = "mysite.formats" '
        f"and write into mysite/formats/fr_CA/formats.py, beside an empty __init__.py in both folders:\n{FRENCH_TIMES}"
    )
    return [warning(72, message, fix)]


def _written(language: str) -> str:
    """Return a moment as the admin writes it, whose only “01” would be the hour once more."""
    moment = datetime(2026, 12, 31, 13, 40)  # noqa: DTZ001 - it is nobody's
    names = ("TIME_FORMAT", "DATETIME_FORMAT", "SHORT_DATETIME_FORMAT")
    return " ".join(dateformat.format(moment, get_format(name, lang=language)) for name in names)


def _is_locale_middleware(path: str) -> bool:
    """Say whether ``path`` is Django's LocaleMiddleware or a subclass of it."""
    try:
        candidate = import_string(path)
    except ImportError:
        return False
    return isinstance(candidate, type) and issubclass(candidate, import_string(LOCALE_MIDDLEWARE))
