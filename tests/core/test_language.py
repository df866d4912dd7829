"""French or English."""

import pytest
from django.utils import translation

from deliver_to_po.core.language import current_language, language_of


@pytest.mark.parametrize(("active", "asked"), [("en", "en"), ("fr", "fr"), ("fr-ca", "fr"), ("de", "en"), (None, "en")])
def test_any_french_asks_canada_post_in_french(active: str | None, asked: str) -> None:
    with translation.override(active):
        assert current_language() == asked


@pytest.mark.parametrize(
    ("code", "language"),
    [("fr", "fr"), ("fr_CA", "fr"), ("FR", "fr"), ("en", "en"), ("af", "en"), ("", "en"), (None, "en")],
)
def test_any_spelling_of_french_is_french_and_all_else_english(code: str | None, language: str) -> None:
    assert language_of(code) == language
