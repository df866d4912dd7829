"""A shop whose buyers or clerks would read another language than theirs, or wrong times, is warned."""

from typing import Any

import pytest
from django.conf import global_settings
from django.middleware.locale import LocaleMiddleware
from django.utils import formats as django_formats

from deliver_to_po.operations.checks import languages
from tests.operations.checks.told import assert_told

LOCALE = languages.LOCALE_MIDDLEWARE
AS_DJANGO_5_2 = {
    "TIME_FORMAT": "H\xa0h\xa0i",
    "DATETIME_FORMAT": "j F Y, H\xa0h\xa0i",
    "SHORT_DATETIME_FORMAT": "Y-m-d H\xa0h\xa0i",
}


def test_without_a_locale_middleware_there_is_a_warning(settings: Any) -> None:
    settings.MIDDLEWARE = [path for path in settings.MIDDLEWARE if "locale" not in path]
    assert_told(languages.check_middleware(), "W056", LOCALE)


def test_a_french_shop_whose_step_can_only_speak_english_is_warned(settings: Any) -> None:
    settings.USE_I18N, settings.LANGUAGE_CODE = False, "fr-ca"
    assert_told(languages.check_middleware(), "W056", "USE_I18N is False: everybody reads English")


class TheShopsOwn(LocaleMiddleware):
    """Django's, as a shop may change it."""


@pytest.mark.parametrize("language_code", ["en-us", "fr-ca", "fr"])
@pytest.mark.parametrize("middleware", [LOCALE, f"{__name__}.TheShopsOwn"])
def test_a_browser_that_may_choose_any_of_djangos_languages_is_warned_of(
    middleware: str, language_code: str, settings: Any
) -> None:
    settings.MIDDLEWARE, settings.LANGUAGE_CODE = [middleware], language_code
    settings.LANGUAGES = global_settings.LANGUAGES
    assert_told(languages.check_languages(), "W070", 'LANGUAGES = [("fr-ca", "Français")]')


def _write_french_times(formats: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in formats.items():
        monkeypatch.setattr("django.conf.locale.fr_CA.formats." + name, value)
    # Django keeps what it has read.
    monkeypatch.setattr(django_formats, "_format_cache", {})
    monkeypatch.setattr(django_formats, "_format_modules_cache", {})


@pytest.mark.parametrize("wrong", AS_DJANGO_5_2)
def test_times_that_django_writes_wrong_in_canadian_french_are_warned_of(
    wrong: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Django 5.2 does."""
    settings.LANGUAGES = [("fr-ca", "Français")]
    mended: dict[str, str] = {}
    exec(languages.FRENCH_TIMES, mended)  # noqa: S102 - it is our own hint
    right = {name: mended[name] for name in AS_DJANGO_5_2}
    _write_french_times({**right, wrong: AS_DJANGO_5_2[wrong]}, monkeypatch)
    assert_told(languages.check_french_times(), "W072")
    _write_french_times(right, monkeypatch)
    assert languages.check_french_times() == []


def test_a_shop_whose_french_is_fr_is_not_warned_of_the_times_of_another(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LANGUAGES, settings.LANGUAGE_CODE = [("fr", "Français")], "fr"
    _write_french_times(AS_DJANGO_5_2, monkeypatch)
    assert languages.check_french_times() == []


@pytest.mark.parametrize(
    ("middleware", "named"),
    [
        ([LOCALE], [("fr-ca", "Français")]),
        ([LOCALE], [("en", "English"), ("fr", "Français")]),
        ([LOCALE], global_settings.LANGUAGES[:-1]),
        # Everybody sees LANGUAGE_CODE: the shop's pages and the step speak the same.
        ([], global_settings.LANGUAGES),
        (["django.middleware.common.CommonMiddleware"], global_settings.LANGUAGES),
    ],
)
def test_a_shop_that_names_its_languages_or_has_only_one_is_left_alone(
    middleware: list[str], named: Any, settings: Any
) -> None:
    settings.MIDDLEWARE, settings.LANGUAGES = middleware, named
    assert languages.check_languages() == []
