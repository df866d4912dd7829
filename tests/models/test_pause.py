"""The reason of a pause, in the language of its reader."""

import pytest

from deliver_to_po.canadapost.types import Language
from deliver_to_po.models import Pause


@pytest.mark.parametrize(
    ("english", "french", "language", "told"),
    [
        ("A strike.", "Une grève.", "en", "A strike."),
        ("A strike.", "Une grève.", "fr", "Une grève."),
        ("A strike.", "", "fr", "A strike."),
        ("", "Une grève.", "en", "Une grève."),
    ],
)
def test_a_reason_is_told_in_the_language_asked_for_else_in_the_other(
    english: str, french: str, language: Language, told: str
) -> None:
    assert Pause(reason_en=english, reason_fr=french).reason(language) == told
