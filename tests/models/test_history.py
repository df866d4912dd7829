"""A note is kept as one short line."""

import pytest

from deliver_to_po.models.history import NOTE_LENGTH, as_note


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("  two\n\tlines ", "two lines"),
        ("a\0b\u202ec", "a b c"),
        (None, ""),
        (7, "7"),
        ("é" * 999, "é" * NOTE_LENGTH),
    ],
)
def test_a_note_is_one_line_of_what_every_database_keeps(text: object, note: str) -> None:
    assert as_note(text) == note
